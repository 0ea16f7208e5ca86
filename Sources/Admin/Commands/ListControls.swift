// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Every control with its state and its last proofs.
public struct ListControls: Command {
    public static let name = "control.list"
    public static let rights: [Right] = [.seeControls]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> [ControlReport] {
        let proofs = try await administrator.reading { try $0.lastProofs() }
        let time = administrator.now()
        let snapshot = administrator.store.snapshot
        return Control.allCases.map { control in
            let own = proofs.filter { $0.control == control }
            let exceptions = control.openExceptions(in: snapshot, at: time)
            return ControlReport(
                control: control,
                title: control.title,
                state: own.allSatisfy(\.passed) ? (exceptions > 0 ? .excepted : .enforced) : .fallsShort,
                openExceptions: exceptions,
                lastAudit: own.last { $0.kind == .audit },
                lastAttack: own.last { $0.kind == .attack }
            )
        }
    }
}

extension Control {
    /// What weakens it now by leave of somebody, each with its end.
    func openExceptions(in snapshot: Snapshot, at now: WallTime) -> Int {
        switch self {
        case .signallingEncryption, .openPorts: snapshot.exceptions.count { now < $0.until }
        case .countryDialing: snapshot.outside.dialing.releases.count { now < $0.until }
        case .trunkEncryption: snapshot.outside.usableTrunks.count { $0.trunk.mayBePlain(at: now) }
        case .dormantExtensions:
            snapshot.extensions.values.count { value in value.reservation.map { now < $0.until } ?? false }
        case .noDefaults: snapshot.outside.goLive.waiting(at: now).count
        case .serviceAlerts: snapshot.outside.alerts.sorted.count { $0.channel.mayReachInside(at: now) }
        case .premiumNumbers: snapshot.outside.dialing.approvals.count { now < $0.until }
        case .sipPasswords, .credentialDelivery, .mediaEncryption, .mediaSource, .intrusionDetection, .floodProtection,
            .roles, .operatorPasswords, .secondFactor, .loginProtection, .adminNetworks, .journal, .spendLimit,
            .callLimits, .callPatterns, .afterHours, .providerAllowlist, .callerTrust,
            .disa, .forwardingRules, .emergencyCalls, .registrationAlerts, .fraudAlerts, .voicemailPins,
            .storedAudio, .recordsRetention:
            0
        }
    }
}
