// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP
import TestKit
import Testing

@testable import Calls

@Suite("ATTACKS F09: calls tell how a provider's server does")
struct TrunkBreakerTests {
    /// The state of one trunk with two servers that are up.
    private struct Bench {
        var state: TrunkState
        var effects: TrunkEffects
        var now = MonotonicTime(nanoseconds: 1_000_000_000)

        var moment: Moment { Moment(monotonic: now, wall: WallTime(milliseconds: 1_000_000)) }

        init(registers: Bool = false) throws {
            let settings = SwitchboardSettings(
                hostNames: ["pbx.office.example"],
                sipPort: 5061,
                mediaAddress: try #require(IPAddress(parsing: "192.0.2.1")),
                mediaPort: 40_000,
                nonceKey: Array(repeating: 7, count: 32)
            )
            effects = TrunkEffects(settings: settings, entropy: .repeatable())
            state = TrunkState(try TrunkScene.access(registers: registers), using: effects.entropy)
            for (number, address) in [TrunkScene.primary, TrunkScene.secondary].enumerated() {
                let remote = try #require(SocketAddress(parsing: address))
                let flow = Flow(
                    id: FlowID(rawValue: UInt64(number + 1)),
                    transport: .tls,
                    remote: remote,
                    local: remote
                )
                var line = TrunkLine(TrunkServer(host: "a", address: remote), at: now)
                line.phase = .open(
                    TrunkLine.Open(flow: flow, health: .up, upSince: now, heard: now, answersOptions: true)
                )
                state.lines.append(line)
            }
            state.lookup = .known(at: now)
        }

        mutating func answered(_ status: Int?, on flow: UInt64 = 1) {
            state.answered(status, on: FlowID(rawValue: flow), at: moment, using: effects.entropy)
        }

        /// What is asked over the connections now.
        mutating func review() -> [TrunkRequest] {
            var turn = Turn(at: moment)
            state.review(&effects, &turn)
            defer { effects.requests = [] }
            return effects.requests
        }

        var best: UInt64? { state.best(at: moment.wall)?.open.flow.id.rawValue }
    }

    @Test func `silence moves the next call to the other server before anything else happens`() throws {
        var bench = try Bench()
        #expect(bench.best == 1)
        bench.answered(nil)
        #expect(bench.best == 2)
        // It is asked before its calls lose their connection.
        #expect(bench.review().map(\.method) == [.options])
        for _ in 0..<2 {
            bench.now = bench.now + .seconds(6)
            #expect(bench.review().contains { $0.flow.id.rawValue == 1 && $0.method == .options })
            #expect(bench.best == 2)
        }
        bench.now = bench.now + .seconds(6)
        _ = bench.review()
        #expect(bench.state.lines[0].open == nil)
    }

    @Test func `a server that answers after all is used again`() throws {
        var bench = try Bench()
        bench.answered(nil)
        _ = bench.review()
        let serial = try #require(bench.state.lines[0].open?.asked?.serial)
        let text = "SIP/2.0 200 OK\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
        let response = try Message(parsing: Array(text.utf8).span)
        let isTaken = bench.state.checked(serial, response, at: bench.moment, using: bench.effects.entropy)
        #expect(isTaken)
        #expect(bench.best == 1)
    }

    @Test func `three broken answers in a row open the breaker, two and a good one do not`() throws {
        var bench = try Bench()
        for status in [503, 500, 486, 503, 504, 200, 503, 408] { bench.answered(status) }
        #expect(bench.best == 1)
        bench.answered(500)
        #expect(bench.best == 2)
        #expect(bench.state.lines[0].open != nil)
    }

    @Test(arguments: [403, 404, 480, 486, 487, 488, 501, 505, 600, 603])
    func `what somebody who was called says opens no breaker`(status: Int) throws {
        var bench = try Bench()
        for _ in 0..<20 { bench.answered(status) }
        #expect(bench.best == 1)
    }

    @Test func `the breaker lets one question through after a rest, and the next rest is longer`() throws {
        var bench = try Bench()
        for _ in 0..<3 { bench.answered(503) }
        _ = bench.review()
        guard case .blocked(let first)? = bench.state.lines[0].open?.health else {
            Issue.record("not blocked")
            return
        }
        #expect(first - bench.now <= .seconds(2))
        bench.now = first
        let asked = bench.review().filter { $0.flow.id.rawValue == 1 }
        #expect(asked.map(\.method) == [.options])
        #expect(bench.best == 2)
    }

    @Test func `a call for help goes by what is up, then broken, then silent, and without a registration`() throws {
        var bench = try Bench()
        for _ in 0..<3 { bench.answered(503, on: 2) }
        bench.answered(nil, on: 1)
        #expect(bench.best == nil)
        #expect(bench.state.lastResort(at: bench.moment.wall)?.flow.id.rawValue == 2)
        let second = FlowID(rawValue: 2)
        #expect(bench.state.lastResort(at: bench.moment.wall, except: [second])?.flow.id.rawValue == 1)
        #expect(bench.state.lastResort(at: bench.moment.wall, except: [second, FlowID(rawValue: 1)]) == nil)
        let unregistered = try Bench(registers: true)
        #expect(unregistered.best == nil)
        #expect(unregistered.state.lastResort(at: unregistered.moment.wall)?.flow.id.rawValue == 1)
    }

    @Test func `what is said of a connection that is no trunk's changes nothing`() throws {
        var bench = try Bench()
        bench.answered(nil, on: 99)
        for _ in 0..<10 { bench.answered(503, on: 99) }
        #expect(bench.best == 1)
    }
}
