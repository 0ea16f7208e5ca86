// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives
import Store

struct ControlNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "control",
        abstract: "The security practices that Ringfence enforces.",
        subcommands: [ControlList.self, ControlScore.self]
    )
}

struct ControlList: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show every control with its state and its last proofs.",
        discussion: "Exits 1 when the last audit or attack found one that falls short."
    )

    @OptionGroup var options: ServerOptions

    var command: ListControls { ListControls() }

    func output(of controls: ListControls.Reply) throws -> Output {
        let rows = controls.map {
            [$0.control.rawValue, $0.state.words, $0.lastAudit.words, $0.lastAttack.words, $0.title]
        }
        let isUnproven = controls.contains { $0.lastAudit == nil || $0.lastAttack == nil }
        return try Output(
            Table(["control", "state", "last audit", "last attack", "what it says"], rows).text,
            json: controls,
            hint: isUnproven ? "Prove them: ringfence audit run; ringfence attack run" : nil,
            fellShort: controls.contains { $0.state == .fallsShort }
        )
    }
}

extension ControlReport.State {
    fileprivate var words: String {
        switch self {
        case .enforced: "enforced"
        case .excepted: "exception open"
        case .fallsShort: "FALLS SHORT"
        }
    }
}

extension Proof? {
    fileprivate var words: String {
        guard let self else { return "never" }
        return "\(self.passed ? "held" : "FAILED") \(self.at.seconds)"
    }
}
