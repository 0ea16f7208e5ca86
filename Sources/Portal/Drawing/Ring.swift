// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard

/// The score as a fence around its number: a line for each control.
struct Ring {
    private let standings: [ScoreRules.Standing]

    init(_ standings: [ScoreRules.Standing]) { self.standings = standings }

    /// As `line` elements in a box of 240 by 240 show them.
    var lines: [Templates.Values] {
        standings.enumerated().map { index, standing in
            let angle = (Double(index) + 0.5) / Double(max(1, standings.count)) * 2 * Double.pi - Double.pi / 2
            let (inner, outer, name) = standing.stroke
            return [
                "x1": Self.place(cos(angle), inner), "y1": Self.place(sin(angle), inner),
                "x2": Self.place(cos(angle), outer), "y2": Self.place(sin(angle), outer), "name": Part.given(name),
            ]
        }
    }

    private static func place(_ direction: Double, _ radius: Double) -> String {
        let tenths = Int(((120 + direction * radius) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension ScoreRules.Standing {
    /// Where a line begins and ends, and its class: shape first, then colour.
    fileprivate var stroke: (inner: Double, outer: Double, name: String?) {
        switch self {
        case .proven: (78, 108, nil)
        case .old: (84, 98, "stale")
        case .accepted: (78, 108, "held")
        case .gap: (78, 84, "gap")
        case .notProven, .notApplicable: (90, 94, "none")
        }
    }

    var words: String {
        switch self {
        case .proven: "Proven"
        case .old: "Old or half a proof"
        case .accepted: "Accepted risk"
        case .gap: "Gap"
        case .notProven: "Not proven yet"
        case .notApplicable: "Not there"
        }
    }

    var tone: Tone {
        switch self {
        case .proven: .good
        case .old: .warn
        case .accepted, .notProven, .notApplicable: .plain
        case .gap: .bad
        }
    }

    var icon: String {
        switch self {
        case .proven: "check"
        case .old: "clock"
        case .accepted: "flag"
        case .gap: "bad"
        case .notProven, .notApplicable: "none"
        }
    }
}
