// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Model
public import Primitives

/// What a courier carries: the same id, text and bytes at every try.
public struct AlertLetter: Sendable {
    /// 32 hexadecimal digits.
    public let id: String
    public let at: WallTime
    public let business: DomainName
    public let severity: Finding.Severity
    public let text: AlertText
    /// The JSON of a webhook.
    public let body: [UInt8]
    /// The same for a log, one record for each alert.
    public let records: [LogRecord]

    /// One alert for a collector of logs.
    public struct LogRecord: Sendable {
        public let at: WallTime
        public let severity: Finding.Severity
        /// The code of the finding: `event.banned`; `test` for a test.
        public let kind: String
        /// JSON without the end of a line in it.
        public let text: [UInt8]
    }

    public init(_ message: AlertMessage, of business: DomainName) {
        (id, at, severity, self.business) = (message.id, message.createdAt, message.severity, business)
        text = AlertText(message, of: business)
        body = Self.json(WebhookBody(message, of: business))
        records = message.items.map { item in
            LogRecord(
                at: item.at,
                severity: item.finding.severity,
                kind: AlertText.harmless(message.code.rawValue),
                text: Self.json(LoggedAlert(id: message.id, business: business.text, .init(item)))
            )
        }
    }

    /// A test, with the code that proves that somebody got it.
    public init(test id: String, of channel: ShortName, code: String, of business: DomainName, at now: WallTime) {
        (self.id, at, severity, self.business) = (id, now, .notice, business)
        text = AlertText(
            subject: "Ringfence \(business): Test of the alert channel \(channel)",
            title: "This is a test. Alerts of \(business) come here.",
            lines: [
                "The code is \(code)",
                "Say that it arrived within an hour: ringfence alert channel confirm \(channel) \(code)",
                "Nothing can be changed by answering.",
            ]
        )
        let body = WebhookBody(
            id: id,
            business: business.text,
            kind: "test",
            group: nil,
            severity: .notice,
            at: now.description,
            title: "Test of the alert channel \(channel)",
            code: code,
            alerts: [],
            more: 0
        )
        self.body = Self.json(body)
        records = [LogRecord(at: now, severity: .notice, kind: "test", text: self.body)]
    }

    private static func json(_ body: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(body) else { preconditionFailure("a letter that is no JSON") }
        return Array(data)
    }
}

/// What a record of a log says. Fields are only ever added.
private struct LoggedAlert: Encodable {
    /// Of the letter, the same at every try.
    let id: String
    let business: String
    let alert: WebhookBody.Alert

    init(id: String, business: String, _ alert: WebhookBody.Alert) {
        (self.id, self.business, self.alert) = (id, business, alert)
    }
}

/// What a webhook says. Fields are only ever added.
struct WebhookBody: Encodable {
    /// The same at every try, so that whoever has it twice sees that.
    let id: String
    let business: String
    /// The code of the finding: `event.banned`; `test` for a test.
    let kind: String
    let group: AlertGroup?
    let severity: Finding.Severity
    /// ISO 8601 in UTC.
    let at: String
    let title: String
    /// Of a test.
    let code: String?
    let alerts: [Alert]
    /// How many more of the same there are in the list of events.
    let more: Int

    struct Alert: Encodable {
        let at: String
        let severity: Finding.Severity
        let control: Control?
        let title: String
        let evidence: String
        let remedy: String

        init(_ item: AlertMessage.Item) {
            (at, severity, control) = (item.at.description, item.finding.severity, item.finding.control)
            title = AlertText.harmless(item.finding.title)
            evidence = AlertText.harmless(item.finding.evidence)
            remedy = AlertText.harmless(item.finding.remedy)
        }
    }
}

extension WebhookBody {
    init(_ message: AlertMessage, of business: DomainName) {
        self.init(
            id: message.id,
            business: business.text,
            kind: AlertText.harmless(message.code.rawValue),
            group: message.code.group,
            severity: message.severity,
            at: message.createdAt.description,
            title: AlertText.harmless(message.items[0].finding.title),
            code: nil,
            alerts: message.items.map(Alert.init),
            more: message.more
        )
    }
}
