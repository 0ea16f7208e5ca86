// SPDX-License-Identifier: Apache-2.0

import Guard
import SIP

/// Which requests are calls for help, before anybody has shown who they are.
extension Desk {
    /// Whether who dials this calls for help.
    func isHelp(_ dialled: String) -> Bool { dialPlan.help(dialled) != nil }

    /// Whether a request asks for a call for help. One that takes the place of a phone in a call (RFC 3891) calls nobody, whatever
    /// it has dialled.
    func isHelp(_ request: Message) -> Bool {
        request.method == .invite && request.first(.replaces) == nil && isHelp(addressee(of: request).number)
    }

    /// Whether a request is a call for help that leaves, as far as that can be seen without knowing who asks: for it alone a login is
    /// good that is good for nothing else. For whatever would be refused on the way such a login has to be no login, because any
    /// other answer would say that its password is right.
    func isHelpThatLeaves(_ request: Message, on flow: Flow) -> Bool {
        guard isHelp(request), request.count(.authorization) > 0,
            isForUs(request, on: flow), refusalOfRoute(request, on: flow) == nil,
            Self.unknownExtensions(of: request).isEmpty, refusalOfHops(request, on: flow) == nil, !request.hasSpentHops,
            sessionFault(of: request) == nil,
            ServerKey(request, on: flow) != nil, (try? Dialog(asServerFrom: request, localTag: "")) != nil
        else { return false }
        do throws(Refused) {
            let media = try request.offer()?.promise ?? .lateOffer
            return media.refusal == nil && !waysToHelp().isEmpty
        } catch { return false }
    }
}
