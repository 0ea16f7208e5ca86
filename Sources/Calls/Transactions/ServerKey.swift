// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// What ties a repeat, an ACK or a CANCEL to its request (RFC 3261 §17.2.3). The flow is part of it, so a request of
/// somebody else never matches, whatever branch it copies.
struct ServerKey: Hashable, Sendable {
    let flow: FlowID
    private let branch: [UInt8]
    private let isInvite: Bool

    var keptBytes: Int { branch.count }

    /// - Parameter method: The method to look for, where it is not the request's own: a CANCEL looks for its INVITE.
    init?(_ request: Message, on flow: Flow, as method: Method? = nil) {
        guard let via = try? request.topVia(), let branch = via.branch else { return nil }
        // RFC 3261 §8.1.1.7 has no limit; nobody makes a name this long to tell transactions apart.
        guard branch.count <= Limits.branchBytes else { return nil }
        self.flow = flow.id
        self.branch = Array(request.bytes(branch))
        switch method ?? request.method {
        case .invite, .ack: isInvite = true
        case .bye, .cancel, .register, .options, .info, .prack, .update, .refer, .subscribe, .notify, .message,
            .publish, .other, nil:
            isInvite = false
        }
    }
}
