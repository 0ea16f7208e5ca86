// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Store

/// Old and new values as the journal keeps them: JSON with sorted keys, and never a secret.
enum JournalDetail {
    private struct Values<Value: Encodable>: Encodable {
        let old: Value?
        let new: Value?
    }

    static func of(_ value: Extension?, became new: Extension?) -> String { encode(Values(old: value, new: new)) }

    static func of(_ value: DeviceSummary?, became new: DeviceSummary?) -> String {
        encode(Values(old: value, new: new))
    }

    static func of(_ value: ListenerException?, became new: ListenerException?) -> String {
        encode(Values(old: value, new: new))
    }

    static func of(_ value: Operator?, became new: Operator?) -> String { encode(Values(old: value, new: new)) }

    static func of(_ value: Ban?, became new: Ban?) -> String { encode(Values(old: value, new: new)) }

    static func of(_ value: IPPrefix?, became new: IPPrefix?) -> String { encode(Values(old: value, new: new)) }

    static func of(_ value: WebOrigin?, became new: WebOrigin?) -> String { encode(Values(old: value, new: new)) }

    static func of(_ value: [MediaPorts]?, became new: [MediaPorts]?) -> String { encode(Values(old: value, new: new)) }

    static func of(_ value: EncryptedListener?, became new: EncryptedListener?) -> String {
        encode(Values(old: value, new: new))
    }

    static func of(_ value: OpeningHours?, became new: OpeningHours?) -> String { encode(Values(old: value, new: new)) }

    static func of(_ value: Trunk?, became new: Trunk?) -> String { encode(Values(old: value, new: new)) }

    static func of(_ value: OwnedNumber?, became new: OwnedNumber?) -> String { encode(Values(old: value, new: new)) }

    static func of(_ value: CallerNumbers?, became new: CallerNumbers?) -> String {
        encode(Values(old: value, new: new))
    }

    static func of(_ value: NumberingSettings?, became new: NumberingSettings?) -> String {
        encode(Values(old: value, new: new))
    }

    static func of(_ value: DialingRelease?, became new: DialingRelease?) -> String {
        encode(Values(old: value, new: new))
    }

    static func of(_ value: PremiumApproval?, became new: PremiumApproval?) -> String {
        encode(Values(old: value, new: new))
    }

    static func of(_ value: DialingProfile?, became new: DialingProfile?) -> String {
        encode(Values(old: value, new: new))
    }

    static func of(_ value: HotSpot?, became new: HotSpot?) -> String { encode(Values(old: value, new: new)) }

    static func of(_ value: SpendLimits?, became new: SpendLimits?) -> String { encode(Values(old: value, new: new)) }

    static func of(_ value: SpendPrices, became new: SpendPrices) -> String { encode(Values(old: value, new: new)) }

    static func of(_ value: CeilingRaise?, became new: CeilingRaise?) -> String {
        encode(Values(old: value, new: new))
    }

    static func of(_ value: RateSummary?, became new: RateSummary?) -> String { encode(Values(old: value, new: new)) }

    static func of(_ value: PatternThreshold?, became new: PatternThreshold?) -> String {
        encode(Values(old: value, new: new))
    }

    static func of(_ value: PatternSettings, became new: PatternSettings) -> String {
        encode(Values(old: value, new: new))
    }

    static func of(_ value: CallLimitSettings.Limit?, became new: CallLimitSettings.Limit?) -> String {
        encode(Values(old: value, new: new))
    }

    static func of(_ value: AfterHoursSettings, became new: AfterHoursSettings) -> String {
        encode(Values(old: value, new: new))
    }

    static func of(_ change: DialingChange) -> String { encode(change) }

    /// Certificates, which are public.
    static func ofAuthority(_ value: String?, became new: String?) -> String { encode(Values(old: value, new: new)) }

    static func of(_ value: CertificateReport?, became new: CertificateReport) -> String {
        encode(Values(old: value.map(Shown.init), new: Shown(new)))
    }

    /// What tells one certificate from another.
    private struct Shown: Encodable {
        let fingerprint: String
        let names: [String]
        let notAfter: String

        init(_ report: CertificateReport) {
            (fingerprint, names, notAfter) = (report.fingerprint, report.names, "\(report.notAfter)")
        }
    }

    /// - Parameter unwritten: How many refusals of the same actor have no line of their own.
    static func refusal(_ refusal: Refusal, unwritten: Int = 0) -> String {
        var values = ["problem": refusal.problem, "control": refusal.control?.rawValue ?? ""]
        if unwritten > 0 { values["unwritten"] = "\(unwritten)" }
        return encode(values)
    }

    static func release(of stop: StopReport, because reason: String) -> String {
        encode(["rule": stop.rule.name, "value": "\(stop.value)", "threshold": "\(stop.threshold)", "reason": reason])
    }

    static func outcomes(_ outcomes: [ControlOutcome]) -> String {
        encode(Dictionary(outcomes.map { ($0.control.rawValue, $0.passed) }, uniquingKeysWith: { $0 && $1 }))
    }

    private static func encode(_ value: some Encodable) -> String {
        guard let text = try? JournalDraft.json(value) else {
            preconditionFailure("a value of the model that is no JSON")
        }
        return text
    }
}
