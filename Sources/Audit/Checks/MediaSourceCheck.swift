// SPDX-License-Identifier: Apache-2.0

import Guard
import Model

extension Check {
    /// Looks at every leg of the relay: whoever sent audio must have proved itself, and nobody may be knocking in numbers.
    static let mediaSource = Check(.mediaSource) { system in
        let legs = system.media.legs
        let sockets = await system.sockets()
        var findings = legs.filter { $0.packets > 0 && $0.locked == nil }.map(Finding.unproven)
        findings += legs.filter { $0.authenticationFailures > Limits.tolerableFailures }.map(Finding.injected)
        findings += declaredMedia(system, sockets)
        let drops = system.media.drops.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        let examined = [
            "\(legs.count) legs: \(legs.count { $0.locked != nil }) locked to a source that proved itself, "
                + "\(legs.reduce(0) { $0 &+ $1.replays }) repeated packets dropped",
            "dropped since the start: \(drops.isEmpty ? "nothing" : drops.joined(separator: ", "))",
        ]
        return CheckReport(control: .mediaSource, examined: examined, findings: findings)
    }

    /// All calls share the declared ports; another UDP socket would take media past the relay's checks.
    private static func declaredMedia(_ system: LiveSystem, _ sockets: [OpenSocket]) -> [Finding] {
        let declared = system.declared.filter { $0.purpose == .media }.map(\.address)
        let found = sockets.filter { $0.network == .udp }.map(\.address)
        return declared.filter { !found.contains($0) }.map(Finding.closedPort)
    }
}

extension Finding {
    fileprivate static func unproven(_ leg: MediaFacts.Leg) -> Self {
        Finding(
            "unproven",
            .mediaSource,
            .critical,
            "Audio was taken from somebody who never proved to be the caller.",
            evidence: "leg \(leg.name): \(leg.packets) packets passed on, no source locked",
            remedy: "end the call (ringfence call end) and report the bug"
        )
    }

    fileprivate static func injected(_ leg: MediaFacts.Leg) -> Self {
        Finding(
            "injected",
            .mediaSource,
            .warning,
            "Somebody is sending forged audio into a call. It is dropped; the call goes on.",
            evidence: "leg \(leg.name): \(leg.authenticationFailures) packets failed authentication",
            remedy: "find the sender in: ringfence journal list"
        )
    }

    fileprivate static func closedPort(_ address: String) -> Self {
        Finding(
            "closed-port",
            .mediaSource,
            .warning,
            "The port for audio is not open, so calls are silent.",
            evidence: "\(address) was declared and no socket of the server is bound to it",
            remedy: "restart the server and see what it says: ringfence doctor"
        )
    }
}
