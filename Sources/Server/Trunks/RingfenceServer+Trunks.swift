// SPDX-License-Identifier: Apache-2.0

public import Admin
public import Calls
public import Model
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
}
