// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives

/// Transfers that leave something behind: somebody who still listens, or a relay that nobody closes.
enum TransferAttacks {
    static let listening = Attack(
        .mediaSource,
        "M02t",
        "Listen on after transferring",
        attempted:
            "a phone with two calls connects the two others by REFER with Replaces, hangs up neither, and goes on speaking and listening on both lines",
        expected:
            "from the answer to the REFER on it hears nothing and nobody hears it, whether or not the others answer",
        run: { (wire, target) async throws(WireError) in
            let first = try await TestCall.connect(wire, target)
            let second = try await TestCall.connect(wire, target)
            let observation = try? await listenOn(first, second, target)
            if let asked = try? await second.callee.nextRequest("INVITE") {
                try? await second.callee.reply("603 Decline", to: asked)
            }
            await second.end()
            await first.end()
            return observation ?? .notRun("a call broke off")
        }
    )

    private static func listenOn(
        _ first: TestCall,
        _ second: TestCall,
        _ target: Target
    ) async throws(WireError) -> Observation {
        for call in [first, second] {
            let heard = try await MediaSourceAttack.converse(call)
            guard heard.toCallee > 15, heard.toCaller > 15 else {
                return .notRun(
                    "the phones do not hear each other: \(heard.toCallee) and \(heard.toCaller) of 20 packets"
                )
            }
        }
        let status = try await first.refer(to: second, target) ?? 0
        guard status == 202 else { return .notRun("the transfer got \(status)") }
        var (said, heard) = (0, 0)
        for call in [first, second] {
            try await call.callerMedia.speak(20)
            try await call.calleeMedia.speak(20)
        }
        for call in [first, second] {
            said += await call.calleeMedia.listen().authentic
            let caller = await call.callerMedia.listen()
            heard += caller.authentic + caller.foreign
        }
        // What the two others hear of each other is theirs.
        let text =
            "who transferred heard \(heard) of 40 packets; the two others heard \(said), of each other 40 at most"
        return heard == 0 && said <= 40 ? .held(text) : .broken(text)
    }

    static let leaking = Attack(
        .floodProtection,
        "D15r",
        "Use the relays up by transfers",
        attempted:
            "a phone calls without an offer, holds its ACK back, so that this call has no audio yet, and transfers it to another call of its own",
        expected: "the transfer is refused, and both calls end as others do",
        run: { (wire, target) async throws(WireError) in
            let call = try await TestCall.connect(wire, target)
            let status = try? await transferUnsettled(call, wire, target)
            let own = await call.hangUp()
            guard let status else { return .notRun("the call without an offer was not answered") }
            let text = "the transfer got \(status); the other call's own BYE got \(own ?? 0)"
            return (400..<500).contains(status) && own == 200 ? .held(text) : .broken(text)
        }
    )

    private static func transferUnsettled(
        _ call: TestCall,
        _ wire: Wire,
        _ target: Target
    ) async throws(WireError) -> Int {
        let (caller, callee) = (call.caller, call.callee)
        let invite = try await caller.call(caller.draft("INVITE", to: callee.account.number.text))
        let ringing = try await callee.nextRequest("INVITE")
        guard let heard = HeardMedia(ringing.body) else { throw WireError(.local, "the target offered no key") }
        let local = try await callee.line().local
        let key = TestCall.key(heard.key.suite, wire)
        try await callee.accept(ringing, with: TestCall.description(heard.tag, key, local))
        guard let answer = try await caller.finalAnswer(to: invite), answer.status == 200 else {
            throw WireError(.local, "the call was not answered")
        }
        let number = callee.account.number
        let status = try await caller.refer(answer, of: invite, to: number, at: target, replacing: call.dialog) ?? 0
        // An ACK without the answer that is owed ends this call.
        try await caller.confirm(answer, to: invite)
        if let bye = try? await callee.nextRequest("BYE") { try await callee.accept(bye, with: []) }
        return status
    }
}
