// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP
import Testing

@Suite("RFC 3261 §17.2.2, RFC 4320 §4 and RFC 4321: the server transaction of every request but INVITE")
struct NonInviteServerTransactionTests {
    private func phone(isReliable: Bool = false) -> Rig<NonInviteServerTransaction> {
        Rig { NonInviteServerTransaction(isReliable: isReliable, at: $0) }
    }

    @Test func `a repeat before the answer is absorbed`() {
        var phone = phone()
        #expect(phone.takes(.repeated) == [])
    }

    @Test func `a repeat after the answer gets the same answer`() {
        var phone = phone()
        #expect(phone.takes(.answer(.ok)) == [.send(Answer.ok.bytes)])
        #expect(phone.takes(.repeated) == [.send(Answer.ok.bytes)])
        #expect(phone.takes(.repeated) == [.send(Answer.ok.bytes)])
    }

    @Test func `only the first final answer goes out`() {
        var phone = phone()
        phone.takes(.answer(.ok))
        #expect(phone.takes(.answer(.busy)) == [])
        #expect(phone.takes(.repeated) == [.send(Answer.ok.bytes)])
    }

    @Test func `timer J: over UDP repeats are absorbed for 32 s, over TLS not at all`() {
        var phone = phone()
        phone.takes(.answer(.ok))
        #expect(phone.waits(.seconds(60)) == [.at(32_000, .end)])
        #expect(phone.takes(.repeated) == [])

        var reliable = self.phone(isReliable: true)
        reliable.takes(.answer(.ok))
        #expect(reliable.waits(.zero) == [.at(0, .end)])
    }

    @Test(arguments: [false, true])
    func `without an answer it gives up when the other side does`(isReliable: Bool) {
        var phone = phone(isReliable: isReliable)
        #expect(phone.waits(.seconds(60)) == [.at(32_000, .timedOut), .at(32_000, .end)])
        #expect(phone.takes(.answer(.ok)) == [])
    }

    @Test func `an answer that comes too late is not sent, even when the clock was slow`() {
        var phone = phone()
        phone.sleeps(.seconds(32))
        #expect(phone.takes(.answer(.ok)) == [.timedOut, .end])
    }

    @Test func `408 is never sent`() {
        var phone = phone()
        #expect(phone.takes(.answer(Answer(status: 408, bytes: [1]))) == [.timedOut, .end])
    }

    @Test func `of the provisional answers only 100 is sent, over UDP only after 3.5 s`() {
        var phone = phone()
        #expect(phone.takes(.answer(.ringing)) == [])
        #expect(phone.takes(.answer(.trying)) == [])
        #expect(phone.waits(.milliseconds(3_499)) == [])
        #expect(phone.takes(.answer(.trying)) == [])
        #expect(phone.waits(.milliseconds(1)) == [])
        #expect(phone.takes(.answer(.ringing)) == [])
        #expect(phone.takes(.answer(.trying)) == [.send(Answer.trying.bytes)])
        #expect(phone.takes(.repeated) == [.send(Answer.trying.bytes)])
        #expect(phone.takes(.answer(.ok)) == [.send(Answer.ok.bytes)])

        var reliable = self.phone(isReliable: true)
        #expect(reliable.takes(.answer(.ringing)) == [])
        #expect(reliable.takes(.answer(.trying)) == [.send(Answer.trying.bytes)])
    }

    @Test func `a connection that dies takes its requests with it`() {
        var working = phone(isReliable: true)
        #expect(working.takes(.transportFailed) == [.timedOut, .end])
        var answered = phone()
        answered.takes(.answer(.ok))
        #expect(answered.takes(.transportFailed) == [.end])
    }
}
