// SPDX-License-Identifier: Apache-2.0

public import Admin
public import Calls
public import Guard
public import Model
import Primitives
import Store

extension RingfenceServer: TrunkTester {
    /// How every trunk is at this moment, by name.
    public func trunks() async -> [TrunkSummary] { await hop.ask { $0.trunks() } ?? [] }

    /// Tries a trunk and says in plain words what was found: its name, each of its servers, the login, and what to ask the provider
    /// for. Takes up to half a minute.
    ///
    /// - Returns: `nil` when there is no such trunk.
    public func tryTrunk(_ name: TrunkName) async -> [Finding]? {
        guard let access = store.snapshot.outside.trunks[name] else { return nil }
        return await TrunkTrial(access.trunk, hop).run()
    }

    public func tryHelp(over name: TrunkName) async throws(Refusal) -> HelpTest {
        guard let start = await hop.ask({ $0.tryHelp(over: name) }) else { throw .noTrial(over: name) }
        switch start {
        case .refused(let refusal): throw refusal
        case .noNumber: throw .noTrial(over: name)
        case .noWay(let number):
            return HelpTest(at: SystemClock.wall, number: number, passed: false, words: "no call can go over the trunk")
        case .began(let serial, let number):
            let (passed, words) = await outcome(of: serial)
            return HelpTest(at: SystemClock.wall, number: number, passed: passed, words: words)
        }
    }

    private func outcome(of serial: UInt64) async -> (Bool, String) {
        let start = SystemClock.monotonic
        while SystemClock.monotonic < start + Limits.helpTrial {
            try? await Task.sleep(for: .milliseconds(100))
            if case .over(let passed, let words)? = await hop.ask({ $0.loop.switchboard.helpTrial(serial) }) {
                return (passed, words)
            }
        }
        return (false, "it did not end in time")
    }
}
