// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP
import Testing

@Suite("RFC 3261 §17.1.1 and RFC 6026 §7.2: the client transaction of an INVITE")
struct InviteClientTransactionTests {
    private static let invite = Array("INVITE".utf8)
    private static let ack = Array("ACK".utf8)

    private func call(isReliable: Bool = false) -> Rig<InviteClientTransaction> {
        Rig { InviteClientTransaction(request: Self.invite, isReliable: isReliable, at: $0) }
    }

    @Test func `timers A and B: over UDP repeated after 0.5 s and twice as long each time, until 32 s`() {
        var call = call()
        let repeats: [Int64] = [500, 1_500, 3_500, 7_500, 15_500, 31_500]
        #expect(
            call.waits(.seconds(60)) == repeats.map { .at($0, .send(Self.invite)) }
                + [.at(32_000, .timedOut), .at(32_000, .end)]
        )
    }

    @Test func `timer B: over TLS nothing is repeated`() {
        var call = call(isReliable: true)
        #expect(call.waits(.seconds(60)) == [.at(32_000, .timedOut), .at(32_000, .end)])
    }

    @Test func `a provisional response stops the repeats, and the phone may ring as long as it likes`() {
        var call = call()
        #expect(call.takes(.response(status: 180, ack: nil)) == [.deliver])
        #expect(call.subject.deadline == nil)
        #expect(call.waits(.seconds(3_600)) == [])
        #expect(call.takes(.response(status: 180, ack: nil)) == [.deliver])
        #expect(call.takes(.response(status: 200, ack: nil)) == [.deliver])
    }

    @Test(arguments: [false, true])
    func `timer M: for 32 s after a 2xx every further 2xx is handed up and nothing else`(isReliable: Bool) {
        var call = call(isReliable: isReliable)
        #expect(call.takes(.response(status: 200, ack: nil)) == [.deliver])
        #expect(call.takes(.response(status: 200, ack: nil)) == [.deliver])
        #expect(call.takes(.response(status: 180, ack: nil)) == [])
        #expect(call.takes(.response(status: 486, ack: Self.ack)) == [])
        #expect(call.waits(.seconds(60)) == [.at(32_000, .end)])
        #expect(call.takes(.response(status: 200, ack: nil)) == [])
    }

    @Test func `timer D: a refusal is acknowledged each time it comes and handed up once, for 32 s over UDP`() {
        var call = call()
        #expect(call.takes(.response(status: 486, ack: Self.ack)) == [.send(Self.ack), .deliver])
        #expect(call.takes(.response(status: 486, ack: Self.ack)) == [.send(Self.ack)])
        #expect(call.takes(.response(status: 180, ack: nil)) == [])
        #expect(call.takes(.response(status: 200, ack: nil)) == [])
        #expect(call.waits(.seconds(60)) == [.at(32_000, .end)])

        var reliable = self.call(isReliable: true)
        reliable.takes(.response(status: 486, ack: Self.ack))
        #expect(reliable.waits(.zero) == [.at(0, .end)])
    }

    @Test func `timer D stays at 32 s where T1 is short`() {
        var call = Rig {
            InviteClientTransaction(request: Self.invite, isReliable: false, at: $0, t1: .milliseconds(10))
        }
        call.takes(.response(status: 486, ack: Self.ack))
        #expect(call.waits(.seconds(60)) == [.at(32_000, .end)])
    }

    @Test func `an INVITE that cannot be delivered has no answer`() {
        var calling = call()
        #expect(calling.takes(.transportFailed) == [.timedOut, .end])
        var ringing = call()
        ringing.takes(.response(status: 180, ack: nil))
        #expect(ringing.takes(.transportFailed) == [.timedOut, .end])
    }

    @Test func `an ACK that cannot be delivered ends it without a second result`() {
        var call = call()
        call.takes(.response(status: 486, ack: Self.ack))
        #expect(call.takes(.transportFailed) == [.end])
    }
}
