// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import Logging
import Primitives

/// Looks at each request before any page does, and at each answer after it: no page can forget what stands here.
struct Gatekeeper: RouterMiddleware {
    typealias Context = PortalContext

    let office: PortalOffice

    func handle(
        _ request: Request,
        context: PortalContext,
        next: (Request, PortalContext) async throws -> Response
    ) async throws -> Response {
        var response = try await answer(request, context, next)
        for (name, value) in Self.always where response.headers[name] == nil { response.headers[name] = value }
        if let authority = request.head.authority, Self.isDomain(authority) {
            response.headers[.strictTransportSecurity] = "max-age=31536000"
        }
        if request.method == .head { response.body = ResponseBody() }
        return response
    }

    private func answer(
        _ request: Request,
        _ context: PortalContext,
        _ next: (Request, PortalContext) async throws -> Response
    ) async throws -> Response {
        guard request.uri.string.utf8.count <= Limits.path else { return Self.plain(.uriTooLong) }
        // RFC 9112 §3.2: with none, or with several, others on the way may take it for another one's.
        guard request.head.authority != nil, request.headers[Self.host] == nil else { return Self.plain(.badRequest) }
        // A name that is none of ours may be an attacker's that leads here (DNS rebinding).
        guard let authority = request.head.authority, let site = office.site(named: authority),
            let address = context.address, site.admits(address)
        else { return Self.plain(.misdirectedRequest) }
        guard [.get, .head, .post].contains(request.method) else { return Self.plain(.methodNotAllowed) }
        let isProgram = request.uri.path.hasPrefix(APIRoutes.root)
        if request.method == .post, !isProgram, let refusal = Self.refusal(ofPost: request, authority) {
            return refusal
        }
        do {
            return try await next(request, context)
        } catch let answer as Answer {
            return answer.response
        } catch let error as any HTTPResponseError {
            return error.status == .notFound ? site.notFound() : Self.plain(error.status)
        } catch {
            context.logger.error("a page of the portal failed: \(error)")
            return Self.plain(.internalServerError)
        }
    }

    /// Only our own pages post, and the browser says that it is one of them: by Fetch Metadata, and by the origin. That is `null` where
    /// a page sends no referrer, as ours do (Fetch §3.1), and then the former has to say it.
    private static func refusal(ofPost request: Request, _ authority: String) -> Response? {
        let site = HTTPField.Name("Sec-Fetch-Site").flatMap { request.headers[$0] }
        let isOwn =
            switch (site, request.headers[.origin]) {
            case ("same-origin", nil), ("same-origin", "null"): true
            case (nil, let origin?), ("same-origin", let origin?): origin == "https://\(authority)"
            default: false
            }
        guard isOwn else { return plain(.forbidden) }
        guard request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") == true else {
            return plain(.unsupportedMediaType)
        }
        return nil
    }

    static func plain(_ status: HTTPResponse.Status) -> Response {
        let text = "\(status.code) \(status.reasonPhrase)\n"
        return Response(
            status: status,
            headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: .init(string: text))
        )
    }

    /// Whether browsers may ask for it by HTTPS only from now on. What else runs on a developer's own machine is not ours to decide.
    private static func isDomain(_ authority: String) -> Bool {
        let host = authority.prefix { $0 != ":" }
        return host != "localhost" && host.contains(".") && IPAddress(parsing: host) == nil && authority.first != "["
    }

    /// A second field of that name: the first one is the authority.
    private static let host = field("Host")

    private static func field(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is a header field") }
        return field
    }

    /// OWASP ASVS 5, 3.4: nothing of others, nothing in the line, nobody around us.
    private static let always: [(HTTPField.Name, String)] = [
        ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Embedder-Policy", "require-corp"), ("X-Frame-Options", "DENY"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"), ("Cache-Control", "no-store"),
    ].map { name, value in (field(name), value) }

    private static let policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

/// An answer that a page gives instead of itself.
struct Answer: Error {
    let response: Response

    /// For a session that asks as no person does.
    static var tooFast: Answer { Answer(response: Gatekeeper.plain(.tooManyRequests)) }
}
