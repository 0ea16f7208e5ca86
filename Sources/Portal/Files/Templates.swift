// SPDX-License-Identifier: Apache-2.0

import Mustache

/// The pages, compiled once.
enum Templates {
    /// What a page is filled with: texts, numbers, lists and more of the same.
    typealias Values = [String: Any]

    private static let library: MustacheLibrary = {
        MustacheContentTypes.register(PageText(), named: "PAGE")
        var library = MustacheLibrary()
        for (name, bytes) in PortalFiles.templates {
            do {
                try library.register("{{% CONTENT_TYPE:PAGE}}" + String(decoding: bytes, as: UTF8.self), named: name)
            } catch {
                preconditionFailure("the page \(name) cannot be read: \(error)")
            }
        }
        return library
    }()

    static func render(_ name: String, _ values: Values) -> String {
        guard let text = library.render(values, withTemplate: name) else {
            preconditionFailure("there is no page \(name)")
        }
        return text
    }
}

/// Text in a page: no part of it is markup, whatever it is put together with. (Mustache's own way looks at characters, and a quote
/// with an accent on it is another character than a quote.)
struct PageText: MustacheContentType {
    func escapeText(_ text: String) -> String { Self.escaped(text) }

    static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
