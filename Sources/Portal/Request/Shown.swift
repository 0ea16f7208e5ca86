// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// How values stand in a page.
enum Shown {
    /// Text from outside: cut, and what cannot be seen or turns the line around is shown as a sign.
    static func text(_ text: String, most: Int = Limits.shownText) -> String {
        var result = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            guard index < most else { return result + "…" }
            result.unicodeScalars.append(isSeen(scalar) ? scalar : sign(for: scalar))
        }
        return result
    }

    /// `Firefox on Windows`, of what a browser calls itself (RFC 9110 §10.1.5); the beginning of it where nobody knows it.
    static func browser(_ agent: String) -> String {
        let names = [
            ("Firefox/", "Firefox"), ("Edg/", "Edge"), ("OPR/", "Opera"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
        ]
        let systems = [
            ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Mac OS X", "macOS"),
            ("Linux", "Linux"),
        ]
        guard let name = names.first(where: { agent.contains($0.0) })?.1 else { return text(agent, most: 40) }
        return systems.first { agent.contains($0.0) }.map { "\(name) on \($0.1)" } ?? name
    }

    private static func isSeen(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }

    /// The control pictures of Unicode, where there is one.
    private static func sign(for scalar: UnicodeScalar) -> UnicodeScalar {
        scalar.value < 0x20 ? UnicodeScalar(0x2400 + scalar.value) ?? "\u{FFFD}" : "\u{FFFD}"
    }

    /// `2026-11-21 06:40`.
    static func moment(_ time: WallTime) -> String {
        String(time.description.prefix(16).map { $0 == "T" ? " " : $0 })
    }

    /// `06:40:07`.
    static func clock(_ time: WallTime) -> String { String(time.description.dropFirst(11).prefix(8)) }

    /// `12.50 EUR`, to the hundredth above.
    static func money(_ amount: Money, _ currency: Currency?) -> String {
        let hundredths = (amount.micros + 9_999) / 10_000
        let cents = hundredths % 100
        return "\(hundredths / 100).\(cents < 10 ? "0" : "")\(cents)" + (currency.map { " \($0)" } ?? "")
    }

    /// `1 call`, `2 calls`.
    static func count(_ count: Int, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }

    /// How long ago: `4 minutes ago`, `3 days ago`.
    static func age(_ time: WallTime, at now: WallTime) -> String {
        let seconds = max(0, (now - time).components.seconds)
        switch seconds {
        case ..<120: return "just now"
        case ..<7_200: return "\(seconds / 60) minutes ago"
        case ..<172_800: return "\(seconds / 3_600) hours ago"
        default: return "\(seconds / 86_400) days ago"
        }
    }
}
