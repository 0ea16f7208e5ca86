// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
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
        let open = administrator.store.snapshot.exceptions.count { time < $0.until }
        let plainTrunks = administrator.store.snapshot.outside.usableTrunks.count { $0.trunk.mayBePlain(at: time) }
        return Control.allCases.map { control in
            let own = proofs.filter { $0.control == control }
            let exceptions =
                control.knowsListenerExceptions ? open : control == .trunkEncryption ? plainTrunks : 0
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
    /// Whether a listener without encryption, opened by leave, is an exception to it.
    fileprivate var knowsListenerExceptions: Bool {
        switch self {
        case .signallingEncryption, .openPorts: true
        case .sipPasswords, .credentialDelivery, .mediaEncryption, .mediaSource, .intrusionDetection, .floodProtection,
            .roles, .journal, .trunkEncryption, .providerAllowlist, .callerTrust:
            false
        }
    }
}
