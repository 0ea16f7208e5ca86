// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP
import Testing

@Suite("RFC 3261 §17.2.1 and RFC 6026 §7.1: the server transaction of an INVITE")
struct InviteServerTransactionTests {
    private func call(isReliable: Bool = false) -> Rig<InviteServerTransaction> {
        Rig { InviteServerTransaction(isReliable: isReliable, at: $0) }
    }

    @Test func `a repeat before any answer is absorbed, later it gets the latest provisional one`() {
        var call = call()
        #expect(call.takes(.repeated) == [])
        #expect(call.takes(.answer(.trying)) == [.send(Answer.trying.bytes)])
        #expect(call.takes(.repeated) == [.send(Answer.trying.bytes)])
        #expect(call.takes(.answer(.ringing)) == [.send(Answer.ringing.bytes)])
        #expect(call.takes(.repeated) == [.send(Answer.ringing.bytes)])
    }

    @Test func `nothing limits how long a call may ring`() {
        var call = call()
        call.takes(.answer(.ringing))
        #expect(call.subject.deadline == nil)
        #expect(call.waits(.seconds(3_600)) == [])
        #expect(call.takes(.answer(.ok)) == [.send(Answer.ok.bytes)])
    }

    @Test func `timer G: over UDP a refusal is repeated at 0.5, 1.5, 3.5, 7.5 s and then every 4 s; timer H ends it`() {
        var call = call()
        #expect(call.takes(.answer(.busy)) == [.send(Answer.busy.bytes)])
        let repeats: [Int64] = [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]
        #expect(
            call.waits(.seconds(60)) == repeats.map { .at($0, .send(Answer.busy.bytes)) }
                + [.at(32_000, .timedOut), .at(32_000, .end)]
        )
    }

    @Test func `timer H: over TLS a refusal is sent once and its ACK awaited for 32 s`() {
        var call = call(isReliable: true)
        #expect(call.takes(.answer(.busy)) == [.send(Answer.busy.bytes)])
        #expect(call.waits(.seconds(60)) == [.at(32_000, .timedOut), .at(32_000, .end)])
    }

    @Test func `a repeat after the refusal gets the same refusal`() {
        var call = call()
        call.takes(.answer(.busy))
        #expect(call.takes(.repeated) == [.send(Answer.busy.bytes)])
    }

    @Test func `timer I: after the ACK nothing is repeated, and over UDP further ACKs are absorbed for 5 s`() {
        var call = call()
        call.takes(.answer(.busy))
        #expect(call.takes(.ack) == [])
        #expect(call.takes(.repeated) == [])
        #expect(call.takes(.ack) == [])
        #expect(call.waits(.seconds(60)) == [.at(5_000, .end)])

        var reliable = self.call(isReliable: true)
        reliable.takes(.answer(.busy))
        reliable.takes(.ack)
        #expect(reliable.waits(.zero) == [.at(0, .end)])
    }

    @Test(arguments: [false, true])
    func `timer L: after a 2xx repeats of the INVITE are absorbed and ACKs reported for 32 s`(isReliable: Bool) {
        var call = call(isReliable: isReliable)
        #expect(call.takes(.answer(.ok)) == [.send(Answer.ok.bytes)])
        #expect(call.takes(.repeated) == [])
        #expect(call.takes(.ack) == [.acknowledged])
        #expect(call.takes(.ack) == [.acknowledged])
        #expect(call.waits(.seconds(60)) == [.at(32_000, .end)])
        #expect(call.takes(.ack) == [])
    }

    @Test func `the phone system may send its 2xx again, but no other final answer after it`() {
        var call = call()
        call.takes(.answer(.ok))
        #expect(call.takes(.answer(.ok)) == [.send(Answer.ok.bytes)])
        #expect(call.takes(.answer(.busy)) == [])
        #expect(call.takes(.answer(Answer(status: 200, bytes: Array("other".utf8)))) == [])
    }

    @Test func `after a refusal no other answer goes out`() {
        var call = call()
        call.takes(.answer(.busy))
        for answer in [Answer.trying, .ringing, .ok, .busy] { #expect(call.takes(.answer(answer)) == []) }
    }

    @Test func `a failed delivery does not end it, or the next repeat would be a new call`() {
        var call = call()
        call.takes(.answer(.ringing))
        #expect(call.takes(.transportFailed) == [])
        #expect(call.takes(.repeated) == [.send(Answer.ringing.bytes)])
        call.takes(.answer(.busy))
        #expect(call.takes(.transportFailed) == [])
        #expect(call.takes(.repeated) == [.send(Answer.busy.bytes)])
    }

    @Test func `a clock that comes late repeats once, not once for everything it missed`() {
        var call = call()
        call.takes(.answer(.busy))
        call.sleeps(.seconds(10))
        #expect(call.takes(.clock) == [.send(Answer.busy.bytes)])
        #expect(call.takes(.clock) == [])
        call.sleeps(.seconds(50))
        #expect(call.takes(.clock) == [.timedOut, .end])
    }
}
