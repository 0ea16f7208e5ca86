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
        for number in desk.snapshot.outside.emergency.told { desk.write(text, to: number) }
    }
}

extension Desk {
    /// A message of the system itself to every phone of an extension (RFC 3428).
    fileprivate mutating func write(_ text: [UInt8], to number: ExtensionNumber) {
        let phones = snapshot.devices(of: number).flatMap { registrar.bindings.ways(to: $0.username) }
        for phone in phones.filter({ $0.flow.transport.isEncrypted }).prefix(Limits.forks) {
            let key = BranchKey(using: entropy)
            var writer = MessageWriter()
            writer.request(.message, uri: phone.contact)
            writeVia(key, over: phone.flow, into: &writer)
            writer.field(.maxForwards, 70)
            writer.field(.from, "\"Emergency\" <sip:\(snapshot.domain.text)>;tag=\(entropy.tag())")
            writer.field(.to, "<sip:\(number.text)@\(snapshot.domain.text)>")
            writer.field(.callID, entropy.token())
            writer.field(.cseq, "1 MESSAGE")
            writer.field(named: "Priority", "emergency".utf8)
            writer.finish(contentType: "text/plain;charset=UTF-8", body: MessageText(masking: text[...]).bytes)
            start(key, .message, writer.bytes, purpose: .farewell, over: phone.flow)
        }
    }
}
