// SPDX-License-Identifier: Apache-2.0

/// Writes XML in which names and numbers of people cannot become markup.
///
/// Elements and attributes are named by our own source only. Every other byte goes through one place that escapes what
/// means something to XML and replaces what may not be in it, so there is nothing to forget (row D16 turned around: what
/// we send is as harmless as what we would take).
///
/// Source: XML 1.0 §2.2, §2.4.
struct XMLWriter: Sendable {
    private(set) var bytes: [UInt8] = Array(#"<?xml version="1.0" encoding="UTF-8"?>"#.utf8)
    private var open: [StaticString] = []

    /// Starts an element. What is written until ``end()`` is inside of it.
    mutating func start(_ name: StaticString, _ attributes: (name: StaticString, value: String)...) {
        append(tag: name, attributes)
        bytes.append(UInt8(ascii: ">"))
        open.append(name)
    }

    /// Ends the element that was started last.
    mutating func end() {
        guard let name = open.popLast() else { return }
        append(raw: "</")
        append(raw: name)
        bytes.append(UInt8(ascii: ">"))
    }

    /// An element without content.
    mutating func element(_ name: StaticString, _ attributes: (name: StaticString, value: String)...) {
        append(tag: name, attributes)
        append(raw: "/>")
    }

    /// An element that holds text.
    mutating func element(
        _ name: StaticString,
        _ attributes: (name: StaticString, value: String)...,
        text: String
    ) {
        append(tag: name, attributes)
        bytes.append(UInt8(ascii: ">"))
        append(escaped: text)
        append(raw: "</")
        append(raw: name)
        bytes.append(UInt8(ascii: ">"))
    }

    private mutating func append(tag name: StaticString, _ attributes: [(name: StaticString, value: String)]) {
        bytes.append(UInt8(ascii: "<"))
        append(raw: name)
        for attribute in attributes {
            bytes.append(UInt8(ascii: " "))
            append(raw: attribute.name)
            append(raw: "=\"")
            append(escaped: attribute.value)
            bytes.append(UInt8(ascii: "\""))
        }
    }

    private mutating func append(raw text: StaticString) {
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    private mutating func append(escaped text: String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": append(raw: "&amp;")
            case "<": append(raw: "&lt;")
            case ">": append(raw: "&gt;")
            case "\"": append(raw: "&quot;")
            case "'": append(raw: "&apos;")
            case "\u{20}"..."\u{7E}", "\u{A0}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            default: bytes.append(UInt8(ascii: "?"))
            }
        }
    }
}
