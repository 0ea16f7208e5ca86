// SPDX-License-Identifier: Apache-2.0

public import Model

/// One attack: what is tried, what must come of it, and the trying.
public struct Attack: Sendable {
    public let control: Control
    /// The row of the attack catalogue: `R02`.
    public let id: String
    public let name: String
    public let attempted: String
    public let expected: String
    /// Bounded in time and traffic; leaves nothing behind on the target.
    public let run: @Sendable (Wire, Target) async throws(WireError) -> Observation

    init(
        _ control: Control,
        _ id: String,
        _ name: String,
        attempted: String,
        expected: String,
        run: @escaping @Sendable (Wire, Target) async throws(WireError) -> Observation
    ) {
        (self.control, self.id, self.name) = (control, id, name)
        (self.attempted, self.expected, self.run) = (attempted, expected, run)
    }

    /// An attack from inside: with the first `phones` accounts registered, which are taken off again afterwards.
    init(
        _ control: Control,
        _ id: String,
        _ name: String,
        attempted: String,
        expected: String,
        phones count: Int,
        run: @escaping @Sendable ([TestPhone], Wire, Target) async throws(WireError) -> Observation
    ) {
        self.init(control, id, name, attempted: attempted, expected: expected) {
            (wire, target) async throws(WireError) in
            guard target.accounts.count >= count else { return .needsAccount }
            let phones = try await TestPhone.registered(count, wire, target)
            let observation = try await run(phones, wire, target)
            do throws(WireError) {
                for phone in phones { try await phone.unregister() }
            } catch {
                // What an attack got stands, whether or not its phones could be taken off.
                if observation.outcome == .held { throw error }
            }
            return observation
        }
    }
}

/// Attacks the running server from the attacker's own process.
public enum AttackSuite {
    /// In the order of `Control.allCases`.
    public static let attacks: [Attack] =
        SIPPasswordsAttack.all + CredentialDeliveryAttack.all + SignallingEncryptionAttack.all
        + MediaEncryptionAttack.all + MediaSourceAttack.all + IntrusionDetectionAttack.all
        + FloodProtectionAttack.all + OpenPortsAttack.all + RolesAttack.all
        + OperatorPasswordsAttack.all + SecondFactorAttack.all + LoginProtectionAttack.all
        + AdminNetworksAttack.all + NoDefaultsAttack.all + JournalAttack.all
        + CountryDialingAttack.all + PremiumNumbersAttack.all + SpendLimitAttack.all
        + CallLimitsAttack.all + CallPatternsAttack.all + AfterHoursAttack.all
        + TrunkEncryptionAttack.all + ProviderAllowlistAttack.all + CallerTrustAttack.all
        + EmergencyCallsAttack.all
        + DormantExtensionsAttack.all + DISAAttack.all + ForwardingRulesAttack.all
        + RegistrationAlertsAttack.all + FraudAlertsAttack.all + ServiceAlertsAttack.all
        + VoicemailPinsAttack.all + StoredAudioAttack.all + RecordsRetentionAttack.all

    /// - Parameter control: Only the attacks of this control; all when `nil`.
    /// - Parameter progress: Called after each attack.
    public static func run(
        control: Control?,
        wire: Wire,
        target: Target,
        progress: @Sendable (AttackResult) -> Void = { _ in }
    ) async -> AttackReport {
        let started = wire.wallClock()
        var target = target
        target.begunAt = started
        var results: [AttackResult] = []
        for attack in attacks where control == nil || attack.control == control {
            let result = AttackResult(attack, await observe(attack, wire, target))
            results.append(result)
            progress(result)
        }
        return AttackReport(at: started, target: "\(target.host):\(target.tlsPort)", results: results)
    }

    private static func observe(_ attack: Attack, _ wire: Wire, _ target: Target) async -> Observation {
        do {
            return try await attack.run(wire, target)
        } catch {
            return .notRun("could not be carried out: \(error)")
        }
    }
}

extension Observation {
    static let needsAccount = Observation.notRun(
        "this attack starts from an enrolled phone, and there is none: run it beside the running server, with --data"
    )
}
