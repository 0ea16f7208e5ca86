// SPDX-License-Identifier: Apache-2.0

public import Model

/// One look at the live system under one control.
public struct Check: Sendable {
    public let control: Control
    public let run: @Sendable (LiveSystem) async -> CheckReport

    init(_ control: Control, _ run: @escaping @Sendable (LiveSystem) async -> CheckReport) {
        (self.control, self.run) = (control, run)
    }
}

/// Looks at the live system: every check, one after the other.
public enum Auditor {
    /// In the order of `Control.allCases`; a test holds them to it.
    public static let checks: [Check] = [
        .sipPasswords, .credentialDelivery, .signallingEncryption, .mediaEncryption,
        .mediaSource, .intrusionDetection, .floodProtection, .openPorts, .roles,
        .operatorPasswords, .secondFactor, .loginProtection, .adminNetworks, .noDefaults, .journal,
        .countryDialing, .premiumNumbers, .spendLimit, .callLimits, .callPatterns, .afterHours,
        .trunkEncryption, .providerAllowlist, .callerTrust, .emergencyCalls, .dormantExtensions, .disa,
        .forwardingRules, .registrationAlerts, .fraudAlerts, .serviceAlerts,
        .voicemailPins, .storedAudio, .recordsRetention,
    ]

    /// Takes seconds: it tries passwords, reads the database and makes handshakes. Changes nothing.
    public static func run(_ system: LiveSystem) async -> AuditReport {
        var reports: [CheckReport] = []
        for check in checks { reports.append(await check.run(system)) }
        return AuditReport(at: system.now, checks: reports)
    }
}
