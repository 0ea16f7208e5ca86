// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// Who is told at once that somebody calls for help, so that the door is open when the ambulance comes.
extension CallTable {
    /// Tells it as the call leaves: an event of the highest level, and a message to every phone of those that the owner named.
    mutating func tellOfHelp(_ placement: Placement, over trunk: TrunkName, _ desk: inout Desk) {
        guard let device = placement.payer.device, let outside = placement.outside else { return }
        let name = desk.snapshot.extensions[device.number]?.name ?? ""
        let number = if case .emergency(let number) = placement.target { number.text } else { "" }
        let place = outside.address.map { "at \($0)" } ?? "nobody has said where the phone stands"
        let callback = outside.shownNumber.map { "call back \($0)" } ?? "no number to call back"
        let who = "extension \(device.number) (\(name)), phone \(device.label)"
        let detail = "\(who) calls \(number) for help: \(place); \(callback); over trunk \(trunk)"
        let event = SecurityEvent(
            at: desk.now.wall,
            kind: .emergencyCall,
            source: .machine,
            subject: EventSubject(device),
            detail: detail
        )
        desk.turn.actions.append(.report(event))
        let text = Array("Call for help: \(detail)".utf8.prefix(Limits.textBytes))
        for number in desk.snapshot.outside.emergency.told {
            let phones = desk.snapshot.devices(of: number).flatMap { desk.registrar.bindings.ways(to: $0.username) }
            desk.write(text, at: phones, of: number.text, from: "Emergency", isUrgent: true)
        }
    }
}
