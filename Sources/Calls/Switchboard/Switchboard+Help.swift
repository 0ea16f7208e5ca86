// SPDX-License-Identifier: Apache-2.0

import Model
import SIP

/// Calls for help, as the loop that owns the connections sees them.
extension Switchboard {
    /// The connections that somebody calls for help over: no ban closes them.
    public var flowsOfHelp: Set<FlowID> { callTable.flowsOfHelp }

    /// Whether a message from where somebody is shut out is read: the INVITE of a call for help, which shows a credential like any
    /// other, and what belongs to a call that stands.
    func isAboutHelp(_ message: Message) -> Bool {
        guard let method = message.method else { return true }
        switch method {
        case .ack, .cancel: return true
        case .invite, .bye, .prack, .update, .options, .info:
            if let address = try? message.to(), address.tag != nil { return true }
            return method == .invite && desk.isHelp(desk.addressee(of: message).number)
        case .register, .refer, .subscribe, .notify, .message, .publish, .other: return false
        }
    }
}
