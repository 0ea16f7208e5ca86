// SPDX-License-Identifier: Apache-2.0

import Guard
import Hummingbird

/// A form: what is asked, and where it goes. Whatever somebody typed stands in it again when it was refused.
struct FormPart {
    struct Option {
        let value: String
        let words: String

        init(_ value: String, _ words: String) { (self.value, self.words) = (value, words) }
    }

    struct Field {
        fileprivate enum Kind {
            case text(inputmode: String?, most: Int)
            case date
            case secret
            case area(most: Int)
            case select([Option])
            case choice([Option])
            case tick
        }

        fileprivate let name: String
        fileprivate let label: String
        fileprivate let hint: String?
        fileprivate let value: String
        fileprivate let isRequired: Bool
        fileprivate let kind: Kind

        static func text(
            _ name: String,
            _ label: String,
            hint: String? = nil,
            value: String = "",
            isRequired: Bool = true,
            inputmode: String? = nil,
            most: Int = 64
        ) -> Field {
            Field(
                name: name,
                label: label,
                hint: hint,
                value: value,
                isRequired: isRequired,
                kind: .text(inputmode: inputmode, most: most)
            )
        }

        static func date(_ name: String, _ label: String, value: String = "") -> Field {
            Field(name: name, label: label, hint: nil, value: value, isRequired: false, kind: .date)
        }

        static func secret(_ name: String, _ label: String, hint: String? = nil) -> Field {
            Field(name: name, label: label, hint: hint, value: "", isRequired: false, kind: .secret)
        }

        static func area(
            _ name: String,
            _ label: String,
            hint: String? = nil,
            value: String = "",
            isRequired: Bool = false,
            most: Int = 4_000
        ) -> Field {
            Field(name: name, label: label, hint: hint, value: value, isRequired: isRequired, kind: .area(most: most))
        }

        static func select(
            _ name: String,
            _ label: String,
            hint: String? = nil,
            value: String = "",
            _ options: [Option]
        ) -> Field {
            Field(name: name, label: label, hint: hint, value: value, isRequired: false, kind: .select(options))
        }

        /// One of a few, all of them seen.
        static func choice(
            _ name: String,
            _ label: String,
            hint: String? = nil,
            value: String,
            _ options: [Option]
        ) -> Field {
            Field(name: name, label: label, hint: hint, value: value, isRequired: true, kind: .choice(options))
        }

        static func tick(_ name: String, _ label: String, isChosen: Bool = false, isRequired: Bool = false) -> Field {
            Field(
                name: name,
                label: label,
                hint: nil,
                value: isChosen ? "yes" : "",
                isRequired: isRequired,
                kind: .tick
            )
        }
    }

    private let action: String
    private let verb: String
    private let isGet: Bool
    private let heading: String?
    private let style: String?
    private let button: String
    private let fields: [Field]
    private let hidden: [(name: String, value: String)]
    private let rights: [Right]
    private let back: (address: String, keep: String)?
    /// Tells forms of one page apart.
    private let id: String

    /// What changes something.
    ///
    /// - Parameter rights: Of the command that it sends: a code is asked for where they are dangerous.
    init(
        _ action: String,
        _ verb: String,
        id: String,
        for rights: [Right],
        heading: String? = nil,
        tone: Tone? = nil,
        button: String = "primary",
        hidden: [(name: String, value: String)] = [],
        back: (address: String, keep: String)? = nil,
        _ fields: [Field]
    ) {
        (self.action, self.verb, self.id, self.rights) = (action, verb, id, rights)
        (self.heading, self.button, self.hidden, self.back) = (heading, button, hidden, back)
        (self.fields, isGet) = (fields, false)
        style = tone.map { $0 == .info ? "task info" : "task \($0.style)" }
    }

    /// What only looks: a row of fields.
    init(lookingAt action: String, _ verb: String, _ fields: [Field]) {
        (self.action, self.verb, self.fields) = (action, verb, fields)
        (id, rights, heading, button, hidden, back) = ("look", [], nil, "", [], nil)
        (isGet, style) = (true, "bar")
    }

    func values(_ visit: Visit?) -> Templates.Values {
        [
            "action": action, "method": isGet ? "get" : "post", "isPost": !isGet, "token": visit?.token ?? "",
            "style": Part.given(style), "heading": Part.given(heading), "verb": verb, "button": Part.given(button),
            "back": Part.given(back?.address), "keep": back?.keep ?? "",
            "hidden": hidden.map { ["name": $0.name, "value": $0.value] },
            "needsCode": !isGet && visit?.needsCode(for: rights) ?? true, "codeID": "\(id)-code",
            "hasPasskeys": visit?.hasPasskeys ?? false, "passkeyAddress": Visit.passkeyAddress,
            "fields": fields.map(values),
        ]
    }

    private func values(_ field: Field) -> Templates.Values {
        var values: Templates.Values = [
            "id": "\(id)-\(field.name)", "name": field.name, "group": field.name, "label": field.label,
            "hint": Part.given(isGet ? nil : field.hint), "value": field.value, "isRequired": field.isRequired,
            "isChosen": !field.value.isEmpty, "options": [Templates.Values](), "type": "text", "inputmode": false,
            "maxlength": 64,
        ]
        for key in ["isBar", "isField", "isChoice", "isTick", "isText", "isArea", "isSelect"] { values[key] = false }
        switch field.kind {
        case .text(let inputmode, let most):
            (values["isText"], values["inputmode"], values["maxlength"]) = (true, Part.given(inputmode), most)
        case .date: (values["isText"], values["type"], values["maxlength"]) = (true, "date", 10)
        case .secret: (values["isText"], values["type"], values["maxlength"]) = (true, "password", 256)
        case .area(let most): (values["isArea"], values["maxlength"]) = (true, most)
        case .select(let options): (values["isSelect"], values["options"]) = (true, chosen(options, field.value))
        case .choice(let options): (values["isChoice"], values["options"]) = (true, chosen(options, field.value))
        case .tick: values["isTick"] = true
        }
        let isLine = values["isChoice"] as? Bool == false && values["isTick"] as? Bool == false
        values[isGet ? "isBar" : "isField"] = isLine
        return values
    }

    private func chosen(_ options: [Option], _ value: String) -> [Templates.Values] {
        options.map { ["value": $0.value, "words": $0.words, "isChosen": $0.value == value] }
    }
}

/// Does what a page asks when somebody confirms: takes the code, and shows the page again with what was wrong.
extension Visit {
    /// - Parameters:
    ///   - work: What is done, with where to go afterwards.
    ///   - again: The page with the refusal on it.
    func carryOut(
        _ form: Form,
        for rights: [Right],
        again: (Refusal) async throws -> Response,
        _ work: () async throws(Refusal) -> Response
    ) async throws -> Response {
        if let refusal = await prove(by: form, for: rights) { return try await again(refusal) }
        do throws(Refusal) {
            return try await work()
        } catch {
            return try await again(error)
        }
    }
}
