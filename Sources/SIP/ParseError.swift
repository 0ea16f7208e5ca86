// SPDX-License-Identifier: Apache-2.0

/// Why some bytes are not the SIP they should be, where, and what to answer.
public struct ParseError: Error, Hashable, Sendable {
    public enum Problem: Hashable, Sendable {
        /// The message ends before the blank line that closes its header.
        case unfinishedHeader
        /// The body is shorter than Content-Length says.
        case truncatedBody
        /// Something is longer, or comes more often, than ``Limits`` allows.
        case tooLarge(Part, limit: Int)
        /// A part does not fit its grammar.
        case malformed(Part)
        /// A control, such as a CR or LF that ends no line, or a NUL, outside of a quoted pair.
        case forbiddenControl
        /// A version other than `SIP/2.0`.
        case unsupportedVersion
        /// A Request-URI that is neither `sip`, `sips` nor `tel`.
        case unsupportedScheme
        /// A header field that every message of this kind must have.
        case missing(HeaderName)
        /// A header field, or a parameter of it, that comes twice where only one has a meaning.
        case repeated(HeaderName)
        /// CSeq names another method than the request line.
        case methodMismatch
    }

    public enum Part: String, Hashable, Sendable {
        case message = "message"
        case startLine = "start line"
        case method = "method"
        case requestURI = "Request-URI"
        case status = "status code"
        case header = "header"
        case fieldName = "header field name"
        case uri = "URI"
        case parameter = "parameter"
        case quotedString = "quoted string"
        case address = "address"
        case via = "Via"
        case cseq = "CSeq"
        case callID = "Call-ID"
        case contentLength = "Content-Length"
        case maxForwards = "Max-Forwards"
        case number = "number"
        case credentials = "credentials"
        case challenge = "challenge"
        case replaces = "Replaces"
        case mediaType = "media type"
    }

    public let problem: Problem
    /// Offset of the offending byte from the start of the message, or of its end where something is missing.
    public let offset: Int

    public init(_ problem: Problem, at offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    /// The status code that the RFC gives this problem.
    public var status: Int {
        switch problem {
        case .unfinishedHeader, .truncatedBody, .malformed, .forbiddenControl, .missing, .repeated, .methodMismatch:
            400  // RFC 3261 §21.4.1
        case .tooLarge(.startLine, limit: _): 414  // RFC 3261 §21.4.12
        case .tooLarge: 513  // RFC 3261 §21.5.7
        case .unsupportedScheme: 416  // RFC 3261 §21.4.14
        case .unsupportedVersion: 505  // RFC 3261 §21.5.6
        }
    }
}

extension ParseError: CustomStringConvertible {
    public var description: String {
        switch problem {
        case .unfinishedHeader: "no blank line after the header (RFC 3261 §7)"
        case .truncatedBody: "body shorter than Content-Length (RFC 3261 §18.3)"
        case .tooLarge(let part, let limit): "\(part.rawValue) over the limit of \(limit) at byte \(offset)"
        case .malformed(let part): "malformed \(part.rawValue) at byte \(offset) (RFC 3261 §25.1)"
        case .forbiddenControl: "control character at byte \(offset) (RFC 3261 §25.1)"
        case .unsupportedVersion: "not SIP/2.0 at byte \(offset) (RFC 3261 §7.1)"
        case .unsupportedScheme: "Request-URI is neither sip, sips nor tel (RFC 3261 §8.2.2.1)"
        case .missing(let name): "no \(name.canonical) (RFC 3261 §8.1.1)"
        case .repeated(let name): "more than one \(name.canonical) (RFC 3261 §7.3.1)"
        case .methodMismatch: "CSeq names another method (RFC 3261 §8.1.1.5)"
        }
    }
}
