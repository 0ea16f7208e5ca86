// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP
import Testing

@Suite("RFC 3261 §17.1.2: the client transaction of every request but INVITE")
struct NonInviteClientTransactionTests {
    private static let options = Array("OPTIONS".utf8)

    private func request(isReliable: Bool = false) -> Rig<NonInviteClientTransaction> {
        Rig { NonInviteClientTransaction(request: Self.options, isReliable: isReliable, at: $0) }
    }

    @Test func `timers E and F: over UDP repeated at 0.5, 1.5, 3.5, 7.5 s and then every 4 s, until 32 s`() {
        var request = request()
        let repeats: [Int64] = [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]
        #expect(
            request.waits(.seconds(60)) == repeats.map { .at($0, .send(Self.options)) }
                + [.at(32_000, .timedOut), .at(32_000, .end)]
        )
    }

    @Test func `timer F: over TLS nothing is repeated`() {
        var request = request(isReliable: true)
        #expect(request.waits(.seconds(60)) == [.at(32_000, .timedOut), .at(32_000, .end)])
    }

    @Test func `after a provisional response it is repeated every 4 s, and timer F still runs`() {
        var request = request()
        #expect(request.takes(.response(status: 100)) == [.deliver])
        let repeats: [Int64] = [500, 4_500, 8_500, 12_500, 16_500, 20_500, 24_500, 28_500]
        #expect(
            request.waits(.seconds(60)) == repeats.map { .at($0, .send(Self.options)) }
                + [.at(32_000, .timedOut), .at(32_000, .end)]
        )
    }

    @Test(arguments: [200, 401, 503])
    func `timer K: a final response is handed up once, and over UDP its repeats are absorbed for 5 s`(status: Int) {
        var request = request()
        #expect(request.takes(.response(status: status)) == [.deliver])
        #expect(request.takes(.response(status: status)) == [])
        #expect(request.takes(.response(status: 100)) == [])
        #expect(request.waits(.seconds(60)) == [.at(5_000, .end)])

        var reliable = self.request(isReliable: true)
        reliable.takes(.response(status: status))
        #expect(reliable.waits(.zero) == [.at(0, .end)])
    }

    @Test func `a request that cannot be delivered has no answer, but one that was answered keeps it`() {
        var waiting = request()
        #expect(waiting.takes(.transportFailed) == [.timedOut, .end])
        var answered = request()
        answered.takes(.response(status: 200))
        #expect(answered.takes(.transportFailed) == [])
    }
}
