// SPDX-License-Identifier: Apache-2.0

import Primitives

/// A table for people: cards on a phone. The first cell of a row names it.
struct Table {
    struct Column {
        let name: String
        var isNumber = false
        /// Told to screen readers only: a column of buttons.
        var isSilent = false

        static func text(_ name: String) -> Column { Column(name: name) }
        static func number(_ name: String) -> Column { Column(name: name, isNumber: true) }
        static func buttons(_ name: String) -> Column { Column(name: name, isSilent: true) }
    }

    struct Button {
        let verb: String
        /// What the row is of, for screen readers.
        let object: String
        let address: String
        var isDangerous = false
    }

    struct Cell {
        var words = ""
        /// Whether the words stay on one line.
        var isWhole = false
        var more: String?
        var address: String?
        var badge: (tone: Tone, icon: String, text: String)?
        /// Of a hundred.
        var share: Int?
        var buttons: [Button] = []

        static func text(_ words: String, more: String? = nil) -> Cell { Cell(words: words, more: more) }

        static func link(_ words: String, _ address: String, more: String? = nil) -> Cell {
            Cell(words: words, more: more, address: address)
        }

        static func moment(_ time: WallTime, more: String? = nil) -> Cell {
            Cell(words: "\(Shown.moment(time)) UTC", isWhole: true, more: more)
        }

        static func badge(_ tone: Tone, _ text: String, icon: String? = nil, more: String? = nil) -> Cell {
            Cell(more: more, badge: (tone, icon ?? tone.icon, text))
        }

        static func gauge(_ share: Int) -> Cell { Cell(share: share) }
        static func buttons(_ buttons: [Button]) -> Cell { Cell(buttons: buttons) }
    }

    private let caption: String
    private let isBare: Bool
    private let isDense: Bool
    private let columns: [Column]
    private let rows: [[Cell]]

    /// - Parameters:
    ///   - isBare: Whether a heading says already what the caption does.
    init(_ caption: String, isBare: Bool = true, isDense: Bool = false, _ columns: [Column], _ rows: [[Cell]]) {
        (self.caption, self.isBare, self.isDense) = (caption, isBare, isDense)
        (self.columns, self.rows) = (columns, rows)
    }

    var values: Templates.Values {
        [
            "caption": caption, "isBare": isBare, "isDense": isDense,
            "heads": columns.map { column -> Templates.Values in
                ["name": column.name, "isNumber": column.isNumber, "isSilent": column.isSilent]
            },
            "rows": rows.map { row -> Templates.Values in
                ["cells": zip(columns, row).enumerated().map { cell($1.1, in: $1.0, isFirst: $0 == 0) }]
            },
        ]
    }

    private func cell(_ cell: Cell, in column: Column, isFirst: Bool) -> Templates.Values {
        var values: Templates.Values = [
            "isFirst": isFirst, "words": cell.words, "isWhole": cell.isWhole, "more": Part.given(cell.more),
            "address": Part.given(cell.address),
            "badge": false, "gauge": false, "head": Part.given(column.isSilent ? nil : column.name),
            "style": Part.given(column.isSilent ? "act" : column.isNumber ? "num" : nil),
            "links": cell.buttons.map { button -> Templates.Values in
                [
                    "verb": button.verb, "object": button.object, "target": button.address,
                    "isDangerous": button.isDangerous,
                ]
            },
        ]
        if let badge = cell.badge {
            values["badge"] =
                ["tone": Part.given(badge.tone.style), "icon": badge.icon, "text": badge.text] as Templates.Values
        }
        if let share = cell.share {
            let tone = share >= 100 ? "no" : share >= 80 ? "mid" : nil
            values["gauge"] = ["share": min(100, share), "tone": Part.given(tone)] as Templates.Values
        }
        return values
    }
}
