// SPDX-License-Identifier: Apache-2.0

import Calls
import SIP
import Testing

/// `Docs/decisions/0021-no-peers-of-rfc-2543.md`
@Suite("RFC 3261 §12.1.1 and §17.2.3: systems older than the standard")
struct OldPeerTests {
    private func refusal(_ change: (String) -> String) throws -> (status: Int?, isOpen: Bool) {
        var (office, caller, callee) = try Office.withPhones()
        let target = "sip:102@\(Office.domain)"
        let extra = ["Contact: <\(caller.contact)>"]
        let first = caller.request("INVITE", to: target, extra: extra, body: SDP.offer())
        office.deliver(first, on: caller.flow)
        let challenge = try #require(office.received(on: caller.flow).last)
        let proof = try caller.authorization(for: challenge, method: "INVITE", uri: target)
        let second = caller.request("INVITE", to: target, extra: extra + [proof], body: SDP.offer())
        office.deliver(change(second), on: caller.flow)
        let status = office.received(on: caller.flow).last?.status
        #expect(office.received(on: callee.flow).isEmpty)
        office.deliver(caller.request("OPTIONS", to: target), on: caller.flow)
        return (status, !office.received(on: caller.flow).isEmpty)
    }

    @Test func `an INVITE without a tag of the caller is refused, and the connection stays`() throws {
        let seen = try refusal { $0.replacing(";tag=phone-tag", with: "") }
        #expect(seen.status == 400 && seen.isOpen)
    }

    @Test func `an INVITE without a branch is refused, and the connection stays`() throws {
        let seen = try refusal { text in
            let start = text.firstRange(of: ";branch=")?.lowerBound ?? text.startIndex
            let end = text[start...].dropFirst().firstIndex { $0 == ";" } ?? text.endIndex
            return String(text[..<start] + text[end...])
        }
        #expect(seen.status == 400 && seen.isOpen)
    }

    @Test func `an answer without a tag of the phone is taken and confirmed`() throws {
        var scene = try RingingScene()
        let answer = scene.callee.answer(scene.invite, 200, tag: nil, sdp: SDP.answer(to: scene.invite))
        scene.office.deliver(answer, on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.ack])
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [200])
    }
}
