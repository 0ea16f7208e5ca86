// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Primitives

/// A piece of a page, drawn by a template of its own. A page is a list of them.
struct Part {
    let html: String

    private init(_ template: String, _ values: Templates.Values) { html = Templates.render("part-" + template, values) }

    init(markup: String) { html = markup }

    /// What templates take for nothing: a text that is empty counts as one.
    static func given(_ text: String?) -> Any {
        guard let text, !text.isEmpty else { return false }
        return text
    }

    static func section(_ heading: String, id: String, _ parts: [Part]) -> Part {
        Part("section", ["id": id, "heading": heading, "content": parts.map(\.html).joined()])
    }

    static func text(_ text: String, style: String? = nil) -> Part {
        Part("text", ["text": text, "style": given(style)])
    }

    /// A secret, on the one page that shows it.
    static func once(_ secret: Redacted<String>, id: String) -> Part {
        Part("once", ["text": secret.reveal { copy $0 }, "id": id])
    }

    /// - Parameter style: `danger` for what takes something away.
    static func link(_ address: String, _ name: String, style: String? = nil) -> Part {
        Part("link", ["address": address, "name": name, "style": given(style)])
    }

    /// What is folded away until somebody wants it.
    static func details(_ summary: String, isOpen: Bool = false, _ parts: [Part]) -> Part {
        Part("details", ["summary": summary, "isOpen": isOpen, "content": parts.map(\.html).joined()])
    }

    /// - Parameter lines: Of strangers only what went through `Shown.text`.
    static func note(
        _ tone: Tone,
        _ heading: String,
        _ lines: [String] = [],
        link: (address: String, name: String)? = nil
    ) -> Part {
        Part(
            "note",
            [
                "tone": tone.style, "icon": tone.icon, "alert": tone == .bad, "heading": heading, "lines": lines,
                "link": link != nil, "linkAddress": link?.address ?? "", "linkName": link?.name ?? "",
            ]
        )
    }

    static func empty(_ heading: String, _ text: String, link: (address: String, name: String)? = nil) -> Part {
        Part(
            "empty",
            [
                "heading": heading, "text": text, "link": link != nil, "linkAddress": link?.address ?? "",
                "linkName": link?.name ?? "",
            ]
        )
    }

    struct Fact {
        let name: String
        let value: String
        let more: String?

        init(_ name: String, _ value: String, more: String? = nil) {
            (self.name, self.value, self.more) = (name, value, more)
        }
    }

    /// Names with values, one below the other; or at most four big ones beside each other.
    static func facts(_ facts: [Fact], isBig: Bool = false) -> Part {
        Part(
            "facts",
            [
                "kind": isBig ? "trio fact" : "kv",
                "facts": facts.map { fact -> Templates.Values in
                    ["name": fact.name, "value": fact.value, "more": given(fact.more), "isBig": isBig]
                },
            ]
        )
    }

    static func list(_ items: [String], style: String = "small") -> Part {
        Part("list", ["items": items, "style": given(style)])
    }

    /// Text as it is, with its lines.
    static func preformatted(_ text: String, label: String) -> Part { Part("pre", ["text": text, "label": label]) }

    /// Bars with what is under them. A table beside it says the same.
    static func chart(_ pickets: Pickets, label: String, first: String, last: String) -> Part {
        Part(
            "chart",
            ["width": pickets.totalWidth, "bars": pickets.bars, "label": label, "first": first, "last": last]
        )
    }

    /// The score with what is said of it beside it.
    static func score(_ score: SecurityScore, _ parts: [Part]) -> Part {
        let keys = ScoreRules.Standing.allCases.map { standing -> Templates.Values in
            [
                "tone": given(standing.tone.style), "icon": standing.icon, "words": standing.words,
                "count": score.count(standing),
            ]
        }
        return Part(
            "score",
            [
                "content": parts.map(\.html).joined(), "value": score.value,
                "lines": Ring(score.items.map(\.standing)).lines,
                "label": "Score \(score.value) of 100. The list beside it says how many rules are how.", "keys": keys,
            ]
        )
    }

    struct Moment {
        let time: String
        let text: String
        let more: String?
        /// `ok` where it is ours, `no` where it is an attacker's or a fault.
        let style: String?

        init(_ time: String, _ text: String, more: String? = nil, style: String? = nil) {
            (self.time, self.text, self.more, self.style) = (time, text, more, style)
        }
    }

    static func timeline(_ moments: [Moment]) -> Part {
        Part(
            "timeline",
            [
                "steps": moments.map { moment -> Templates.Values in
                    [
                        "time": moment.time, "text": moment.text, "more": given(moment.more),
                        "style": given(moment.style),
                    ]
                }
            ]
        )
    }

    /// - Parameter address: Of another page of the list.
    static func pager(_ pager: Pager, _ address: (Int) -> String) -> Part? {
        guard let values = pager.values else { return nil }
        return Part(
            "pager",
            [
                "first": values["first"] ?? 0, "last": values["last"] ?? 0, "all": values["all"] ?? 0,
                "previous": given((values["previous"] as? Int).map(address)),
                "next": given((values["next"] as? Int).map(address)),
            ]
        )
    }

    static func table(_ table: Table) -> Part { Part("table", table.values) }
    /// - Parameter visit: Of whoever may send it; `nil` for one that only looks.
    static func form(_ form: FormPart, _ visit: Visit? = nil) -> Part { Part("form", form.values(visit)) }
}

/// How something is: shape and colour; the word is said beside it.
enum Tone {
    case plain, info, good, warn, bad

    var style: String {
        switch self {
        case .plain, .info: ""
        case .good: "good"
        case .warn: "warn"
        case .bad: "bad"
        }
    }

    var icon: String {
        switch self {
        case .plain: "none"
        case .info: "info"
        case .good: "check"
        case .warn: "warn"
        case .bad: "bad"
        }
    }
}

extension Visit {
    /// A page of parts.
    ///
    /// - Parameters:
    ///   - crumb: The page that it belongs to.
    ///   - stream: Where its live parts come from.
    func page(
        title: String,
        at here: String,
        lede: String = "",
        crumb: (address: String, name: String)? = nil,
        actions: [(address: String, name: String)] = [],
        refusal: Refusal? = nil,
        stream: String? = nil,
        _ parts: [Part]
    ) -> Response {
        var values = refusal?.values ?? [:]
        if let stream { values["stream"] = stream }
        values["lede"] = Part.given(lede)
        values["crumb"] = crumb != nil
        values["crumbAddress"] = crumb?.address ?? ""
        values["crumbName"] = crumb?.name ?? ""
        values["headActions"] = actions.map { ["address": $0.address, "name": $0.name] }
        values["body"] = parts.map(\.html).joined(separator: "\n")
        return page("page", title: title, at: here, values, status: refusal == nil ? .ok : .unprocessableContent)
    }
}
