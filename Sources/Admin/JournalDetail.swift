// SPDX-License-Identifier: Apache-2.0

import Crypto
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

    static func of<Value: JournalValue>(_ value: Value?, became new: Value?) -> String {
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

    /// What somebody has an extension call.
    static func ofErasure(_ records: Int, _ reason: String) -> String {
        encode(["records": "\(records)", "reason": reason])
    }

    static func ofDialling(_ dialled: String) -> String { encode(["new": dialled]) }

    /// Who is told of something.
    static func ofTold(_ old: [ExtensionNumber], became new: [ExtensionNumber]) -> String {
        encode(["old": old.map(\.text), "new": new.map(\.text)])
    }

    /// Names, such as those of keys and folders.
    static func ofName(_ old: String?, became new: String?) -> String {
        encode(["old": old ?? "", "new": new ?? ""])
    }

    static func test(of channel: AlertChannel) -> String { encode(["to": channel.place]) }

    static func ended(_ sessions: [PortalSession]) -> String { encode(["sessions": sessions.map(\.id)]) }

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

/// What may stand in the journal as it is, because no secret is in it.
protocol JournalValue: Encodable {}

extension Extension: JournalValue {}
extension TraceOrder: JournalValue {}
extension RetentionSettings: JournalValue {}
extension Reservation: JournalValue {}
extension DeviceSummary: JournalValue {}
extension ListenerException: JournalValue {}
extension Operator: JournalValue {}
extension TokenReport: JournalValue {}
extension Ban: JournalValue {}
extension IPPrefix: JournalValue {}
extension SocketAddress: JournalValue {}
extension WebOrigin: JournalValue {}
extension MediaPorts: JournalValue {}
extension Array: JournalValue where Element: JournalValue {}
extension EncryptedListener: JournalValue {}
extension OpeningHours: JournalValue {}
extension Trunk: JournalValue {}
extension OutsideRoute: JournalValue {}
extension OwnedNumber: JournalValue {}
extension CallerNumbers: JournalValue {}
extension NumberingSettings: JournalValue {}
extension DialingRelease: JournalValue {}
extension PremiumApproval: JournalValue {}
extension DialingProfile: JournalValue {}
extension HotSpot: JournalValue {}
extension SpendLimits: JournalValue {}
extension SpendPrices: JournalValue {}
extension CeilingRaise: JournalValue {}
extension RateSummary: JournalValue {}
extension FittedLimits: JournalValue {}
extension PatternThreshold: JournalValue {}
extension PatternSettings: JournalValue {}
extension CallLimitSettings.Limit: JournalValue {}
extension AbroadLimit: JournalValue {}
extension AfterHoursSettings: JournalValue {}
extension GoLive.Word: JournalValue {}
extension EmergencySettings.Place: JournalValue {}
extension EmergencySettings.Way: JournalValue {}
extension RingGroup: JournalValue {}
extension VoiceMenu: JournalValue {}
extension ConferenceRoom: JournalValue {}
extension MusicSettings: JournalValue {}
extension ForwardSettings: JournalValue {}
extension BlockList: JournalValue {}
extension NightMode: JournalValue {}
extension ParkingSettings: JournalValue {}
extension SpeedDials: JournalValue {}
extension IntercomOpening: JournalValue {}
extension Mailbox: JournalValue {}
extension ExtensionNumber: JournalValue {}
extension AlertChannel: JournalValue {}

extension AlertChannel {
    /// For whoever looks: the path of a webhook, which often is its secret, and the roots of the other side only as what they hash to.
    var masked: Self {
        var shown = self
        if case .webhook(let webhook) = way,
            let address = webhook.address.hiding("not-shown-\(Self.digest(webhook.address.path))")
        {
            shown.way = .webhook(WebhookWay(address: address))
        }
        shown.authority = authority.map { "sha256 \(Self.digest($0))" }
        return shown
    }

    private static func digest(_ text: String) -> String {
        Hex.encode(SHA256.hash(data: Array(text.utf8)).prefix(8))
    }
}
