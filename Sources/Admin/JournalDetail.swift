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
