// SPDX-License-Identifier: Apache-2.0

/// How long a session lives without a refresh, and who refreshes it (RFC 4028 §4).
public struct SessionExpires: Hashable, Sendable {
    /// The side of one request, not of the call: who sent it, or who answers it.
    public enum Refresher: String, Hashable, Sendable {
        case uac, uas
    }

    /// In seconds. A larger number than fits is the largest.
    public let seconds: UInt32
    /// `nil` in a request that leaves the choice to the other side.
    public let refresher: Refresher?

    public init(seconds: UInt32, refresher: Refresher?) {
        (self.seconds, self.refresher) = (seconds, refresher)
    }
}

extension Message {
    /// The Session-Expires field; `nil` when there is none.
    ///
    /// - Throws: `.malformed(.number)` for one without a number. An unknown refresher is none (RFC 4028 §4).
    public func sessionExpires() throws(ParseError) -> SessionExpires? {
        guard let seconds = try seconds(.sessionExpires) else { return nil }
        let named = parameter(named: "refresher", of: .sessionExpires)
        let refresher: SessionExpires.Refresher? = named.flatMap {
            holds($0, ignoringCase: "uac") ? .uac : holds($0, ignoringCase: "uas") ? .uas : nil
        }
        return SessionExpires(seconds: seconds, refresher: refresher)
    }

    /// The shortest session that the sender, or a proxy on the way, puts up with, in seconds (RFC 4028 §5); `nil` when
    /// nobody says.
    public func minimumSession() throws(ParseError) -> UInt32? { try seconds(.minSE) }
}
