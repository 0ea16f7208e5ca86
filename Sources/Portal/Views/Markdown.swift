// SPDX-License-Identifier: Apache-2.0

/// The part of Markdown that the pages of the controls are written in: headings, paragraphs, lists, tables, code and bold.
enum Markdown {
    static func html(of text: String) -> String {
        var html: [String] = []
        // The first heading is the name, which the page has already.
        for block in blocks(text) where !block[0].hasPrefix("# ") { html.append(element(block)) }
        return html.joined(separator: "\n")
    }

    private static func blocks(_ text: String) -> [[Substring]] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .split { $0.allSatisfy(\.isWhitespace) }.map(Array.init)
    }

    private static func element(_ lines: [Substring]) -> String {
        let first = lines[0]
        if first.hasPrefix("## ") { return "<h2>\(inline(first.dropFirst(3)))</h2>" }
        if first.hasPrefix("### ") { return "<h3>\(inline(first.dropFirst(4)))</h3>" }
        if first.hasPrefix("|") { return table(lines) }
        if first.hasPrefix("- ") { return list(lines) }
        if first.hasPrefix("```") || first.hasPrefix("    ") {
            let code = lines.filter { !$0.hasPrefix("```") }.map(String.init).joined(separator: "\n")
            return "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Example\">"
                + "<code>\(PageText.escaped(code))</code></div>"
        }
        return "<p>\(inline(lines.joined(separator: " ")))</p>"
    }

    /// An item goes on in lines that do not begin one.
    private static func list(_ lines: [Substring]) -> String {
        var items: [String] = []
        for line in lines {
            if line.hasPrefix("- ") {
                items.append(String(line.dropFirst(2)))
            } else if let last = items.popLast() {
                items.append(last + " " + line.drop(while: \.isWhitespace))
            }
        }
        return "<ul>\n" + items.map { "<li>\(inline($0))</li>\n" }.joined() + "</ul>"
    }

    private static func table(_ lines: [Substring]) -> String {
        let rows = lines.map { line in
            line.trimmed(of: "|").split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmed(of: " ") }
        }
        guard let head = rows.first else { return "" }
        let columns = head.map { "<th scope=\"col\">\(inline($0))</th>" }.joined()
        let body = rows.dropFirst(2).map { row in
            let cells = row.enumerated().map { index, cell in
                index == 0 ? "<th scope=\"row\">\(inline(cell))</th>" : "<td>\(inline(cell))</td>"
            }
            return "<tr>\(cells.joined())</tr>\n"
        }
        let name = "\(head[0]) and \(head.dropFirst().joined(separator: ", "))"
        return
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(PageText.escaped(name)), table\"><table>"
            + "<caption>\(inline(name))</caption><thead><tr>\(columns)</tr></thead>\n<tbody>\n\(body.joined())</tbody></table></div>"
    }

    /// Code, bold, and links, of which the text is shown.
    private static func inline(_ text: some StringProtocol) -> String {
        var html = ""
        for (index, part) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
            if index % 2 == 1 {
                html += "<code>\(PageText.escaped(String(part)))</code>"
            } else {
                for (index, piece) in String(part).split(separator: "**", omittingEmptySubsequences: false).enumerated()
                {
                    let text = PageText.escaped(String(piece))
                    html += index % 2 == 1 ? "<strong>\(text)</strong>" : text
                }
            }
        }
        return html
    }
}

extension Substring {
    fileprivate func trimmed(of character: Character) -> Substring {
        var rest = self
        while rest.first == character { rest = rest.dropFirst() }
        while rest.last == character { rest = rest.dropLast() }
        return rest
    }
}
