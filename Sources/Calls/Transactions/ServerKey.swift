// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// What ties a repeat, an ACK or a CANCEL to its request (RFC 3261 §17.2.3). The flow is part of it, so a request of
/// somebody else never matches, whatever branch it copies.
///
/// The branch stands in it as 128 bits of SipHash under the key of the process: no copy of a stranger's bytes, and nobody can
/// choose two that are the same.
struct ServerKey: Sendable {
    let flow: FlowID
    private let high: UInt64
    private let low: UInt64
    private let isInvite: Bool

    /// - Parameter method: The method to look for, where it is not the request's own: a CANCEL looks for its INVITE.
    init?(_ request: Message, on flow: Flow, as method: Method? = nil) {
        guard let via = try? request.topVia(), let branch = via.branch else { return nil }
        // RFC 3261 §8.1.1.7 has no limit; nobody makes a name this long to tell transactions apart.
        guard branch.count <= Limits.branchBytes else { return nil }
        self.flow = flow.id
        (high, low) = Self.fingerprint(request.bytes(branch))
        switch method ?? request.method {
        case .invite, .ack: isInvite = true
        case .bye, .cancel, .register, .options, .info, .prack, .update, .refer, .subscribe, .notify, .message,
            .publish, .other, nil:
            isInvite = false
        }
    }

    private static func fingerprint(_ bytes: ArraySlice<UInt8>) -> (UInt64, UInt64) {
        unsafe bytes.withUnsafeBytes { buffer in
            var (first, second) = (Hasher(), Hasher())
            second.combine(UInt8(1))
            unsafe first.combine(bytes: buffer)
            unsafe second.combine(bytes: buffer)
            return (UInt64(bitPattern: Int64(first.finalize())), UInt64(bitPattern: Int64(second.finalize())))
        }
    }
}

extension ServerKey: Hashable {
    /// Half of the fingerprint says enough; `==` compares all.
    func hash(into hasher: inout Hasher) { hasher.combine(low) }
}
