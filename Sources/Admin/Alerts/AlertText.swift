// SPDX-License-Identifier: Apache-2.0

public import Model
import Primitives

/// A message in words: what happened, what was seen, what to do. For mail, and for whoever shows it.
///
/// Names in it were chosen by phones and strangers, so nothing in it ends a line, turns its direction or hides.
public struct AlertText: Hashable, Sendable {
    /// One line: `Ringfence example.com: critical: Somebody has altered the journal.`
    public let subject: String
    public let paragraphs: [Paragraph]

    /// Its first line, and what stands below it.
    public struct Paragraph: Hashable, Sendable {
        public let title: String
        public let lines: [String]
    }

    public init(_ message: AlertMessage, of business: DomainName) {
        let first = message.items[0].finding
        let title = Self.harmless(first.title)
        let count = message.count > 1 ? " (\(message.count) of them)" : ""
        subject = "Ringfence \(business): \(message.severity.word): \(title)\(count)"
        var paragraphs = message.items.map(Self.paragraph)
        if message.more > 0 {
            let more = Paragraph(
                title: "\(message.more) more of the same",
                lines: ["They are in the list of events: ringfence event list"]
            )
            paragraphs.append(more)
        }
        let end = Paragraph(
            title: "Ringfence of \(business)",
            lines: ["Nothing can be changed by answering. Ask the system itself: ringfence alert list"]
        )
        self.paragraphs = paragraphs + [end]
    }

    /// Says something that is no alert.
    public init(subject: String, title: String, lines: [String]) {
        self.subject = Self.harmless(subject)
        paragraphs = [Paragraph(title: Self.harmless(title), lines: lines.map(Self.harmless))]
    }

    private static func paragraph(_ item: AlertMessage.Item) -> Paragraph {
        let finding = item.finding
        let time = "\(item.at.description.prefix(19).replacing("T", with: " ")) UTC"
        let control = finding.control.map { " (\($0.rawValue))" } ?? ""
        let lines = [finding.evidence, finding.remedy.isEmpty ? "" : "What to do: \(finding.remedy)"]
        return Paragraph(
            title: "\(finding.severity.word) at \(time): \(harmless(finding.title))\(control)",
            lines: lines.filter { !$0.isEmpty }.map(harmless)
        )
    }

    /// As plain text, lines ended by a line feed.
    public var plain: String {
        paragraphs.map { ([$0.title] + $0.lines.map { "  \($0)" }).joined(separator: "\n") }.joined(separator: "\n\n")
            + "\n"
    }

    /// In place of what commands whoever shows it instead of being shown, a dot.
    public static func harmless(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            shown.append(scalar.deceivesReaders || scalar.properties.isDefaultIgnorableCodePoint ? "·" : scalar)
        }
        return String(shown)
    }
}

extension Finding.Severity {
    fileprivate var word: String {
        switch self {
        case .good: "Good"
        case .notice: "Notice"
        case .warning: "Warning"
        case .critical: "Critical"
        }
    }
}
