// SPDX-License-Identifier: Apache-2.0

import SIP

/// What comes of a request, for whoever answers it.
extension Registrar {
    /// Who a request is from, or how to ask.
    enum Identity: Sendable {
        case proven(Authenticated)
        /// To be said; then the doubt is to be noted.
        case challenge(DigestChallenge, Authenticator.Doubt)
        case unreadable(ParseError)
    }

    /// What a REGISTER did.
    enum Outcome: Sendable {
        case bound(Changes)
        case refused(Int, Hint)
    }

    struct Changes: Sendable {
        /// Whether the phone keeps flows alive (RFC 5626 §6).
        let isOutbound: Bool
        /// Connections that the phone left with it.
        let former: [FlowID]
        /// Connections over which nothing is registered any more, because the phone had too many contacts.
        let unused: [FlowID]
        /// Whether the phone has come from where neither it nor another one of the business was before (row T11).
        let isNewNetwork: Bool
    }

    /// What helps the phone to do better.
    enum Hint: Sendable {
        case none
        case minimumExpires(UInt32)
        case retryAfter(Int)
        case unsupported(StaticString)
    }
}

extension Registrar.Hint {
    func write(into writer: inout MessageWriter) {
        switch self {
        case .none: break
        case .minimumExpires(let seconds): writer.field(.minExpires, Int(seconds))
        case .retryAfter(let seconds): writer.field(.retryAfter, seconds)
        case .unsupported(let option): writer.field(.unsupported) { $0.append(option) }
        }
    }
}
