// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives

extension RouteReport {
    var text: String {
        let table = trunks.isEmpty ? "" : Table(["trunk", "a call costs", "state"], trunks.map(row)).text
        let parts = [[what, decides, shows].filter { !$0.isEmpty }.joined(separator: "\n"), table, outcome]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private var who: String { caller.map { "extension \($0)" } ?? "somebody" }

    private var what: String {
        if let help { return "\(dialled) is a call for help: the network is asked for \(help)." }
        guard let number else { return "\(dialled) is no number that can be called." }
        let place = region.map { " in \($0.name)" } ?? ""
        let kind = numberClass.map { ", one of the \($0.plural)\(place)" } ?? ""
        return "\(dialled), dialled by \(who), is \(number)\(kind)."
    }

    private var decides: String {
        guard help == nil else { return "No route is asked: it takes whatever trunk there is, first choice first." }
        guard number != nil else { return "" }
        guard let route else { return "No route is for it: it takes every trunk, first choice first." }
        let time = route.hours == .always ? "" : ", and it is \(isOpen ? "open" : "closed") at \(at.seconds)"
        return "Route \(route.name) decides, for \(route.words)\(time): \(route.trunkWords)."
    }

    private var shows: String {
        guard number != nil || help != nil else { return "" }
        if isWithheld { return "It shows no number: \(who) withholds it." }
        return shown.map { "It shows \($0)." } ?? "It shows what the provider has for its account."
    }

    private func row(_ line: Line) -> [String] {
        let state = line.isUsable.map { $0 ? "up" : "cannot be reached" } ?? "not known"
        let isChosen = line.trunk == chosen
        return [line.trunk.text, line.price.map { "\($0)" } ?? "-", isChosen ? "\(state): takes it" : state]
    }

    private var outcome: String {
        if let refusal { return "It does not leave: \(refusal)." }
        guard let chosen else { return "It does not leave: there is no trunk that may be used." }
        guard let price = trunks.first(where: { $0.trunk == chosen })?.price, let currency else {
            return "It leaves by trunk \(chosen)."
        }
        return "It leaves by trunk \(chosen), at \(price) (\(currency)), as long as there is money for it."
    }
}

extension String {
    /// As the first word of a sentence.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
