// SPDX-License-Identifier: Apache-2.0

/// The calls of one business without control, a line each with tabs: what a replay through a real server needs.
struct CallList {
    let lines: [String]

    init(seed: Int, business: Int) {
        let scenario = World(seed: seed).scenario(business)
        var simulation = Simulation(scenario, NoControl())
        simulation.run()
        lines = simulation.calls.map { Self.line($0, attack: scenario.attack) }
    }

    private static func line(_ call: SimulatedCall, attack: Attack?) -> String {
        let planned = call.planned
        let fields: [String] = [
            String(planned.start), String(planned.payer), "+" + planned.destination.digits,
            planned.destination.numberClass.rawValue, String(planned.destination.price.minute.euros),
            planned.route.rawValue, "\(planned.origin.country)/\(planned.origin.address)", String(planned.ringing),
            String(planned.isAnswered ? planned.talk : 0), call.line == nil ? "-" : attack?.kind.rawValue ?? "-",
        ]
        return fields.joined(separator: "\t")
    }
}
