// SPDX-License-Identifier: Apache-2.0

/// Why some bytes are no session description that we work with, where, and what to answer.
public struct SDPError: Error, Hashable, Sendable {
    public enum Problem: Hashable, Sendable {
        /// A part does not fit the grammar of RFC 8866 §9, or a number its range.
        case malformed(Part)
        /// A line that every description has is not there.
        case missing(Part)
        /// A line that may stand once at its level stands there twice: two readers could believe different ones.
        case repeated(Part)
        /// More than ``DescriptionLimits`` allows.
        case tooMany(Part, limit: Int)
        /// A version other than 0, or a network other than the internet.
        case unsupported(Part)
    }

    public enum Part: String, Hashable, Sendable {
        case description
        case line
        case version = "v="
        case origin = "o="
        case connection = "c="
        case media = "m="
        case port
        case format
        case attribute = "a="
        case rtpmap = "a=rtpmap"
        case ptime = "a=ptime"
        case rtcp = "a=rtcp"
    }

    public let problem: Problem
    /// Offset of the offending byte from the start of the description.
    public let offset: Int

    /// The status code for the response: 400 for what is wrong, 488 for what we do not do (RFC 3261 §21.4.26).
    public var status: Int {
        switch problem {
        case .malformed, .missing, .repeated: 400
        case .tooMany, .unsupported: 488
        }
    }

    init(_ problem: Problem, at offset: Int) {
        self.problem = problem
        self.offset = offset
    }
}

extension SDPError: CustomStringConvertible {
    public var description: String {
        switch problem {
        case .malformed(let part): "malformed \(part.rawValue) at byte \(offset) of the SDP (RFC 8866 §9)"
        case .missing(let part): "no \(part.rawValue) in the SDP (RFC 8866 §5)"
        case .repeated(let part): "a second \(part.rawValue) at byte \(offset) of the SDP"
        case .tooMany(let part, let limit): "more than \(limit) of \(part.rawValue) at byte \(offset) of the SDP"
        case .unsupported(let part): "unsupported \(part.rawValue) at byte \(offset) of the SDP"
        }
    }
}
