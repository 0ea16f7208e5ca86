// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import NIOCore
import Primitives

/// Tries a trunk and says in plain words what is wrong and what to ask the provider for: its name, each of its servers, our login,
/// and what no program can see from here.
///
/// The servers are reached over connections of their own, over which nothing is said. The login is that of the trunk itself, tried
/// anew: a second registration would take calls away from the first.
struct TrunkTrial: Sendable {
    private let trunk: Trunk
    private let hop: SignallingHop

    init(_ trunk: Trunk, _ hop: SignallingHop) { (self.trunk, self.hop) = (trunk, hop) }

    /// What was found, in the order in which it was tried; takes up to half a minute.
    func run() async -> [Finding] {
        let lookup = await hop.future { [trunk] in $0.connector.find(TrunkLookup(trying: trunk)) }
        guard let lookup else { return [] }
        var findings: [Finding] = []
        switch lookup {
        case .failure(let failure):
            findings.append(TrunkAdvice.finding(failure, of: trunk, at: nil))
        case .success(let servers):
            findings.append(TrunkAdvice.found(servers, of: trunk))
            for server in servers { findings.append(await reach(server)) }
            if findings.contains(where: { $0.severity == .good && $0.code == .trunkServer }) {
                findings.append(await login())
            }
        }
        return findings + [TrunkAdvice.settings(of: trunk)]
    }

    private func reach(_ server: TrunkServer) async -> Finding {
        // Nothing tells whether somebody listens behind a datagram: the login does.
        guard trunk.transport != .udp else { return TrunkAdvice.reached(server, of: trunk, nil) }
        let wanted = TrunkConnect(trying: trunk, at: server)
        switch await hop.future({ $0.connector.reach(wanted) }) {
        case .success(let reach)?: return TrunkAdvice.reached(server, of: trunk, reach)
        case .failure(let failure)?: return TrunkAdvice.finding(failure, of: trunk, at: server)
        case nil: return TrunkAdvice.finding(.closed, of: trunk, at: server)
        }
    }

    private func login() async -> Finding {
        let start = SystemClock.monotonic
        var summary = await hop.ask { [name = trunk.name] in $0.retry(name) } ?? nil
        while let now = summary, now.isTrying || now.state == .trying, SystemClock.monotonic < start + Limits.trunkTrial
        {
            try? await Task.sleep(for: .milliseconds(100))
            summary = await hop.ask { [name = trunk.name] in $0.trunk(name) } ?? nil
        }
        guard let summary else { return TrunkAdvice.off(trunk) }
        return TrunkAdvice.login(summary, of: trunk)
    }
}

/// A server that was reached, and how.
struct TrunkReach: Sendable {
    let version: String?
    let cipher: String?
    let took: Duration
}

extension SignallingHop {
    /// Asks for something that takes a while.
    fileprivate func future<Answer: Sendable>(
        _ question: @escaping @Sendable (Signalling) -> EventLoopFuture<Answer>
    ) async -> Answer? {
        guard let future = await ask(question) else { return nil }
        return try? await future.get()
    }
}
