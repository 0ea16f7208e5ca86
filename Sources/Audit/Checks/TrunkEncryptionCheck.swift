// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives

extension Check {
    /// Looks at every connection of a provider and at every leg of a call over one, and at the exceptions that stand.
    static let trunkEncryption = Check(.trunkEncryption) { system in
        let (outside, now) = (system.snapshot.outside, system.now)
        let accepted = Set(SRTPSuite.allCases.map(\.rawValue))
        let legs = system.connections.filter { $0.carriesAudio && $0.trunk != nil }
        var findings = outside.usableTrunks.compactMap { exception(of: $0.trunk, at: now) }
        findings += system.trunks.compactMap { connection in
            unprotected(connection, outside.trunks[connection.trunk]?.trunk, at: now)
        }
        findings += legs.compactMap { leg in
            let trunk = leg.trunk.flatMap { outside.trunks[$0]?.trunk }
            let isEncrypted =
                Check.isEncrypted(leg.protection, accepted) && leg.protection.isSignalledSecurely
            guard !isEncrypted, trunk?.mayBePlain(at: now) != true else { return nil }
            return .readableLeg(leg)
        }
        let readable = system.records.count { $0.legs.contains(where: \.isReadableOutside) }
        let examined = [
            "\(outside.usableTrunks.count) trunks in use, \(system.trunks.count) connections of their providers",
            "\(legs.count) legs of calls in progress to the outside",
            "\(readable) calls in the records went over a provider without encryption",
        ]
        return CheckReport(control: .trunkEncryption, examined: examined, findings: findings)
    }

    private static func exception(of trunk: Trunk, at now: WallTime) -> Finding? {
        guard let exception = trunk.exception else {
            return trunk.transport == .tls ? nil : .unexcused(trunk)
        }
        return trunk.mayBePlain(at: now) ? .excused(trunk, exception) : .ended(trunk, exception)
    }

    private static func unprotected(
        _ connection: TrunkConnectionFacts,
        _ trunk: Trunk?,
        at now: WallTime
    ) -> Finding? {
        guard let trunk else { return .strangeConnection(connection, "no trunk of that name is in the settings") }
        guard trunk.transport == .tls else {
            return trunk.mayBePlain(at: now) ? nil : .strangeConnection(connection, "no exception stands for it")
        }
        guard connection.protection.isSignalledSecurely else {
            return .strangeConnection(connection, "it is not over TLS of today")
        }
        guard connection.isOurs, connection.verified != trunk.domain else { return nil }
        let shown = connection.verified?.text ?? "nobody"
        return .strangeConnection(connection, "its certificate was verified for \(shown), not for \(trunk.domain)")
    }
}

extension Finding {
    fileprivate static func excused(_ trunk: Trunk, _ exception: Trunk.PlainException) -> Self {
        Finding(
            "excused",
            .trunkEncryption,
            .notice,
            "Calls over trunk \(trunk.name) can be read and heard on the way until \(exception.until).",
            evidence: "exception of \(exception.grantedBy): \(exception.reason)",
            remedy: "ask the provider for TLS and SRTP before that day, or change the provider"
        )
    }

    fileprivate static func ended(_ trunk: Trunk, _ exception: Trunk.PlainException) -> Self {
        Finding(
            "ended",
            .trunkEncryption,
            trunk.transport == .tls ? .notice : .warning,
            "The exception of trunk \(trunk.name) to go without encryption ended at \(exception.until).",
            evidence: "it goes over \(trunk.transport.rawValue.uppercased())",
            remedy: "ask the provider for TLS and SRTP, or decide anew: ringfence trunk except \(trunk.name)"
        )
    }

    fileprivate static func unexcused(_ trunk: Trunk) -> Self {
        Finding(
            "unexcused",
            .trunkEncryption,
            .warning,
            "Trunk \(trunk.name) has no encryption and no exception, so that no call goes over it.",
            evidence: "it goes over \(trunk.transport.rawValue.uppercased())",
            remedy: "ask the provider for TLS and SRTP, or decide: ringfence trunk except \(trunk.name)"
        )
    }

    fileprivate static func strangeConnection(_ connection: TrunkConnectionFacts, _ why: String) -> Self {
        let protection = connection.protection
        let parts = [protection.transport, protection.tlsVersion, protection.cipher].compactMap { $0 }
        return Finding(
            "connection",
            .trunkEncryption,
            .critical,
            "Somebody on the way to the provider of trunk \(connection.trunk) could read and change its calls.",
            evidence: "\(connection.remote) over \(parts.joined(separator: " ")): \(why)",
            remedy: "disable the trunk (ringfence trunk disable \(connection.trunk)) and report the bug"
        )
    }

    fileprivate static func readableLeg(_ leg: ConnectionFacts) -> Self {
        Finding(
            "readable-leg",
            .trunkEncryption,
            .critical,
            "\(leg.subject) can be listened to now, and no exception allows it.",
            evidence: "over \(leg.protection.transport), SRTP suite: \(leg.protection.srtpSuite ?? "none")",
            remedy: "end the call (ringfence call end) and report the bug"
        )
    }
}
