// SPDX-License-Identifier: Apache-2.0

/// Why a request was sent, as a number of a closed list (RFC 3326 §2). The text that may stand beside it is never read:
/// it would be a stranger's words on somebody's display.
public struct Reason: Hashable, Sendable {
    public enum Source: Hashable, Sendable {
        /// A SIP status.
        case sip
        /// A cause of ITU-T Q.850.
        case q850
    }

    public let source: Source
    /// 100…699 of SIP, 1…127 of Q.850.
    public let cause: Int

    /// - Returns: `nil` for a number that the source does not have.
    public init?(_ source: Source, cause: Int) {
        guard (source == .sip ? 100...699 : 1...127).contains(cause) else { return nil }
        (self.source, self.cause) = (source, cause)
    }

    /// Somebody else took the call, so that a phone does not count it as missed (RFC 3326 §3.1).
    public static let completedElsewhere: StaticString = "SIP;cause=200;text=\"Call completed elsewhere\""

    /// As it stands in a Reason field.
    public var text: String {
        switch source {
        case .sip: "SIP;cause=\(cause)"
        case .q850: "Q.850;cause=\(cause)"
        }
    }
}

extension Message {
    /// The first reason of a known source with a cause that it has; `nil` when there is none.
    public func reason() -> Reason? {
        guard let range = first(.reason)?.range else { return nil }
        let span = bytes.span
        let end = span.skip(.token, from: range.lowerBound, to: range.upperBound)
        let source: Reason.Source
        if span.equals(range.lowerBound..<end, "SIP".utf8) {
            source = .sip
        } else if span.equals(range.lowerBound..<end, "Q.850".utf8) {
            source = .q850
        } else {
            return nil
        }
        guard let value = parameter(named: "cause", of: .reason), let cause = span.number(value.range, maximum: 699)
        else { return nil }
        return Reason(source, cause: Int(cause))
    }
}
