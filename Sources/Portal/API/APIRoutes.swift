// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import HTTPTypes
import Hummingbird
import Logging
import Model
import NIOCore
import Primitives

/// The commands of the system for programs: `POST /api/v1/call.list` with the fields of the command as JSON, and a token in
/// `Authorization: Bearer`. Commands without fields that change nothing may be asked for by GET.
///
/// It is described for programs in `GET /api/v1/openapi.json`.
struct APIRoutes: Sendable {
    static let root = "/api/v1/"

    let office: PortalOffice
    private let answers = AnswerMemory()
    private let pace = RequestPace()

    init(office: PortalOffice) { self.office = office }

    func add(to router: Router<PortalContext>) {
        router.get("/api/v1/openapi.json") { request, context in
            await answered(request, context) { _, _ in
                Response(
                    status: .ok,
                    headers: [.contentType: "application/json"],
                    body: ResponseBody(byteBuffer: APIDescription.document)
                )
            }
        }
        router.get("/api/v1/:command") { request, context in
            await answered(request, context) { business, token in
                try await ask(context.parameters.get("command") ?? "", business, token)
            }
        }
        router.post("/api/v1/:command") { request, context in
            await answered(request, context) { business, token in
                try await give(context.parameters.get("command") ?? "", request, business, token)
            }
        }
        router.get("/metrics") { request, context in
            await answered(request, context) { business, token in
                .metrics(try await Metrics.text(of: business, for: token))
            }
        }
    }

    /// A program that shows a good token, or an answer that says why not.
    private func answered(
        _ request: Request,
        _ context: PortalContext,
        _ work: (PortalBusiness, APIToken) async throws -> Response
    ) async -> Response {
        do {
            guard let business = request.head.authority.flatMap(office.site), let address = context.address else {
                throw APIProblem(.misdirectedRequest, "No business is here by that name.")
            }
            guard pace.admits(.source(address.accountable)) else { throw APIProblem.tooFast }
            let administrator = business.site.administrator
            let shown = Self.bearer(request)
            guard let token = shown.flatMap({ business.site.snapshot().token(shown: $0, at: .present) }) else {
                pace.punish(.source(address.accountable))
                if shown != nil { await administrator.noteBadToken(from: EventSource(BanSource(address))) }
                throw APIProblem(.unauthorized, Refusal.badToken)
            }
            guard pace.admits(.token(token.hash)) else { throw APIProblem.tooFast }
            office.handshakes.forget(address)
            return try await work(business, token)
        } catch let problem as APIProblem {
            return problem.response
        } catch let refusal as Refusal {
            return APIProblem(refusal).response
        } catch {
            context.logger.error("a command of the API failed: \(error)")
            return APIProblem(.internalServerError, "The command failed.").response
        }
    }

    private static func bearer(_ request: Request) -> String? {
        guard let value = request.headers[.authorization], value.utf8.count <= 256 else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    private func ask(_ name: String, _ business: PortalBusiness, _ token: APIToken) async throws -> Response {
        guard let type = CommandRegistry.command(named: name) else { throw APIProblem.noCommand }
        guard !type.changesSomething else {
            throw APIProblem(.methodNotAllowed, "This command changes something, so it is given by POST.")
        }
        return .json(try await perform(type, Data("{}".utf8), business, token))
    }

    private func give(
        _ name: String,
        _ request: Request,
        _ business: PortalBusiness,
        _ token: APIToken
    ) async throws -> Response {
        guard let type = CommandRegistry.command(named: name) else { throw APIProblem.noCommand }
        var body = Data()
        do {
            body = Data((try await request.body.collect(upTo: Limits.apiBody)).readableBytesView)
        } catch {
            throw APIProblem(.contentTooLarge, "A command has at most \(Limits.apiBody) bytes.")
        }
        if body.isEmpty { body = Data("{}".utf8) }
        guard let key = try idempotencyKey(request) else {
            return .json(try await perform(type, body, business, token))
        }
        let asked = AnswerMemory.Asked(token: token.hash, key: key, command: name, body: body)
        switch answers.begin(asked, at: .present) {
        case .new: break
        case .answered(let answer): return .json(answer)
        case .other: throw APIProblem(.unprocessableContent, "That Idempotency-Key was used for another command.")
        case .running: throw APIProblem(.conflict, "The command with that Idempotency-Key is being carried out.")
        case .full: throw APIProblem.tooFast
        }
        do {
            let answer = try await perform(type, body, business, token)
            answers.end(asked, with: answer, at: .present)
            return .json(answer)
        } catch {
            // What was refused changed nothing, so it may be tried again.
            answers.forget(asked)
            throw error
        }
    }

    private func idempotencyKey(_ request: Request) throws -> String? {
        guard let name = HTTPField.Name("Idempotency-Key"), let key = request.headers[name] else { return nil }
        guard (1...Limits.idempotencyKey).contains(key.utf8.count) else {
            throw APIProblem(.badRequest, "An Idempotency-Key has 1 to \(Limits.idempotencyKey) bytes.")
        }
        return key
    }

    private func perform<Asked: Command>(
        _: Asked.Type,
        _ body: Data,
        _ business: PortalBusiness,
        _ token: APIToken
    ) async throws -> Data {
        let command: Asked
        do {
            command = try JSONDecoder().decode(Asked.self, from: body)
        } catch {
            throw APIProblem(error, of: Asked.name)
        }
        let reply = try await business.site.administrator.perform(command, showing: token)
        let answer = try Self.encoder.encode(reply)
        guard answer.count <= Limits.apiAnswer else {
            throw APIProblem(.unprocessableContent, "The answer is too long: ask for fewer.")
        }
        return answer
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

extension Response {
    fileprivate static func json(_ data: Data) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: .init(bytes: data))
        )
    }

    fileprivate static func metrics(_ text: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: .init(string: text))
        )
    }
}
