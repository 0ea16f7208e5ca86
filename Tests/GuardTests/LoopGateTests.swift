// SPDX-License-Identifier: Apache-2.0

import Guard
import Primitives
import Testing

@Suite("Control flood-protection: what the businesses of one loop have together")
struct LoopGateTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)

    @Test func `strangers take their places and no more, and give them back as phones or by leaving`() {
        var gate = LoopGate(connections: 3, strangers: 2)
        #expect(admitted(3, by: &gate) == 2)
        gate.authenticated()
        #expect(admitted(1, by: &gate) == 1)
        #expect(gate.connections == 3 && gate.strangers == 2)
        gate.authenticated()
        // A place for strangers is free, and none in all.
        #expect(admitted(1, by: &gate) == 0)
        gate.closed(wasAuthenticated: true)
        #expect(admitted(1, by: &gate) == 1)
        for _ in 0..<2 { gate.closed(wasAuthenticated: false) }
        gate.closed(wasAuthenticated: true)
        #expect(gate.connections == 0 && gate.strangers == 0)
    }

    @Test func `what was never let in takes nothing away`() {
        var gate = LoopGate(connections: 1, strangers: 1)
        gate.closed(wasAuthenticated: false)
        gate.authenticated()
        #expect(gate.connections == 0 && gate.strangers == 0)
        #expect(admitted(2, by: &gate) == 1)
    }

    @Test func `strangers of all businesses leave places for where phones are expected from`() {
        var gate = LoopGate(connections: 10, strangers: 8, reserved: 2)
        #expect(admitted(10, by: &gate) == 6)
        let expected = (0..<10).count { _ in gate.admit(isExpected: true) }
        #expect(expected == 2)
        gate.closed(wasAuthenticated: false)
        #expect(gate.outsiders == 5 && admitted(10, by: &gate) == 1)
    }

    /// How many of so many are let in.
    private func admitted(_ count: Int, by gate: inout LoopGate) -> Int { (0..<count).count { _ in gate.admit() } }

    @Test func `strangers of all together say so much a second`() {
        var gate = LoopGate(connections: 1, strangers: 1, messages: Rate(perSecond: 10, burst: 20))
        for _ in 0..<20 {
            #expect(gate.hears(.message, at: start))
            gate.heard(.message, at: start)
        }
        #expect(!gate.hears(.message, at: start))
        #expect(gate.hears(.message, at: start + .milliseconds(100)))
        #expect(!gate.hears(.connection, at: start + .milliseconds(100)))
        #expect(gate.hears(.connection, at: start + .seconds(1)))
    }
}
