// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Compares what the sockets have with what the settings allow: who speaks as a provider, and whose audio is taken.
    static let providerAllowlist = Check(.providerAllowlist) { system in
        let (outside, now) = (system.snapshot.outside, system.now)
        let trunks = outside.usableTrunks
        let came = system.trunks.filter { !$0.isOurs }
        let heard = system.connections.filter { $0.trunk != nil && $0.source != nil }
        var findings = came.compactMap { connection -> Finding? in
            let trunk = outside.trunks[connection.trunk]?.trunk
            let transport = Trunk.Transport(rawValue: connection.protection.transport)
            let isTheirs =
                trunk.map { ProviderRules.speaks(for: $0, from: connection.remote.ip, over: transport, at: now) }
                ?? false
            return isTheirs ? nil : .stranger(connection)
        }
        findings += heard.compactMap { leg in
            guard let trunk = leg.trunk.flatMap({ outside.trunks[$0]?.trunk }), let source = leg.source,
                leg.protection.isReadable, !trunk.mediaPrefixes.contains(where: { $0.contains(source) })
            else { return nil }
            return .strangeAudio(leg, source, trunk)
        }
        findings += trunks.compactMap { access in
            let refusal = TrunkSettingRules.refusal(of: access, in: outside, at: now)
            return refusal?.control == .providerAllowlist ? refusal.map(Finding.loose) : nil
        }
        let networks = trunks.reduce(0) { $0 + $1.trunk.prefixes.count + $1.trunk.mediaPrefixes.count }
        let examined = [
            "\(trunks.count) trunks with \(networks) networks of their providers",
            "\(came.count) connections that came from such networks, \(system.trunks.count - came.count) that we opened",
            "\(heard.count) legs of calls in progress that audio of a provider comes on",
        ]
        return CheckReport(control: .providerAllowlist, examined: examined, findings: findings)
    }
}

extension Finding {
    fileprivate static func stranger(_ connection: TrunkConnectionFacts) -> Self {
        Finding(
            "stranger",
            .providerAllowlist,
            .critical,
            "Somebody who is not at an address of trunk \(connection.trunk) is taken for its provider.",
            evidence: "\(connection.remote) over \(connection.protection.transport)",
            remedy: "disable the trunk (ringfence trunk disable \(connection.trunk)) and report the bug"
        )
    }

    fileprivate static func strangeAudio(_ leg: ConnectionFacts, _ source: IPAddress, _ trunk: Trunk) -> Self {
        Finding(
            "audio",
            .providerAllowlist,
            .critical,
            "Audio is taken from outside of the provider's networks on \(leg.subject).",
            evidence:
                "from \(source), and trunk \(trunk.name) names \(trunk.mediaPrefixes.map { "\($0)" }.joined(separator: ", "))",
            remedy: "end the call (ringfence call end) and report the bug"
        )
    }

    fileprivate static func loose(_ refusal: Refusal) -> Self {
        Finding(
            "loose",
            .providerAllowlist,
            .warning,
            refusal.problem,
            evidence: refusal.reason,
            remedy: refusal.remedy
        )
    }
}
