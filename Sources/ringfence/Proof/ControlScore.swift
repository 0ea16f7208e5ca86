// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct ControlScore: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Show how much of what is enforced is proven, as one number.",
        discussion: """
            Points come from 'audit run' and 'attack run' only, and go with their age.
            While something is open by which somebody could come in, the score is 39 at
            most.

              ringfence control score
            """
    )

    @OptionGroup var options: ServerOptions

    var command: ShowScore { ShowScore() }

    func output(of score: ShowScore.Reply) throws -> Output {
        let rows = score.items.map { item in
            [item.control.rawValue, item.standing.rawValue, "\(item.points)", "\(item.openExceptions)"]
        }
        let head = ["Score: \(score.value) of 100." + (score.isExposed ? " Exposed: somebody could come in." : "")]
        return try Output(
            (head + ["", Table(["control", "state", "points", "exceptions"], rows).text]).joined(separator: "\n"),
            json: score,
            hint: "Prove more: ringfence audit run; ringfence attack run"
        )
    }
}
