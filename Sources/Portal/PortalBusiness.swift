// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Primitives

/// The portal of one business.
final class PortalBusiness: Sendable {
    let site: PortalSite
    let desk: SignInDesk
    let overview: Overview
    let streams = StreamBudget()
    let proofs = ProofDesk()
    /// Of sessions.
    let pace = RequestPace(Limits.visits)
    let callPicture = SharedPicture<LiveStream.Parts>()
    let proofPicture = SharedPicture<LiveStream.Parts>()
    private let sessions = SharedPicture<Set<[UInt8]>>()

    init(_ site: PortalSite, _ hasher: any PasswordHasher) {
        self.site = site
        desk = SignInDesk(for: site.administrator, hasher: hasher) {
            MonotonicTime(nanoseconds: NIODeadline.now().uptimeNanoseconds)
        }
        overview = Overview(site.administrator)
    }

    var name: String { site.snapshot().domain.text }

    func isNamed(_ authority: String) -> Bool { site.isNamed(authority) }

    func admits(_ address: IPAddress) -> Bool { site.admits(address) }

    /// Whether a session is good still, for what goes on for long: all of them are looked at once a beat, whoever asks.
    func holds(_ session: PortalSession) async -> Bool {
        // One picture for all: no role sees it.
        let good = await sessions.value(for: .owner) { [desk] in await desk.goodSessions() }
        return good?.contains(session.token) ?? false
    }

    /// A page for somebody who is not signed in.
    func door(
        _ template: String,
        title: String,
        _ values: Templates.Values,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        var values = values
        values["title"] = title
        values["business"] = name
        values["style"] = Assets.style.path
        return .page(Templates.render(template, values), status: status)
    }

    func notFound() -> Response {
        door(
            "closed",
            title: "Nothing here",
            [
                "problem": "There is no such page.",
                "reason": "it never was there, or it is not for you",
                "remedy": "begin on the first page",
            ],
            status: .notFound
        )
    }
}

extension Response {
    static func page(_ html: String, status: HTTPResponse.Status = .ok, cookies: [String] = []) -> Response {
        var headers: HTTPFields = [.contentType: "text/html; charset=utf-8"]
        for cookie in cookies { headers.append(HTTPField(name: .setCookie, value: cookie)) }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: .init(string: html)))
    }

    /// To another page, which the browser asks for anew: nothing is posted twice by going back.
    static func going(to path: String, cookies: [String] = []) -> Response {
        var headers: HTTPFields = [.location: path]
        for cookie in cookies { headers.append(HTTPField(name: .setCookie, value: cookie)) }
        return Response(status: .seeOther, headers: headers)
    }
}

extension Refusal {
    /// What `problem.mustache` shows.
    var values: Templates.Values {
        ["problem": problem, "reason": reason, "remedy": remedy]
    }
}
