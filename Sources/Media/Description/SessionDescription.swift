// SPDX-License-Identifier: Apache-2.0

/// A session description as far as a telephone call needs it.
///
/// Reading copies the bytes once and takes one pass; everything that could grow is bounded by ``DescriptionLimits``.
/// Lines may end in CRLF or LF, with blanks before; empty ones are skipped. Unknown lines and attributes are skipped, as RFC 8866 §5 demands.
///
/// Source: RFC 8866, and RFC 3264 for what the parts mean in offer and answer.
public struct SessionDescription: Sendable {
    /// Of `o=`. Numbers beyond 64 bits come out as the largest.
    public let sessionID: UInt64
    /// Of `o=`: goes up with every change (RFC 3264 §8).
    public let version: UInt64
    /// Of the first `t=`.
    let timing: Timing
    /// Whether its sections may share a transport (RFC 8843).
    let bundles: Bool
    /// All media sections in order, also those of no use to us.
    public let sections: [MediaSection]
    /// The audio that a call would use: that of the first section with a key, else of the first that is not switched
    /// off, so that its refusal can be explained.
    public var audio: AudioDescription?
    /// Which of `sections` became `audio`.
    public private(set) var audioIndex: Int?
    /// All sections that a call could use.
    private let candidates: [(index: Int, audio: AudioDescription)]

    /// - Throws: An ``SDPError`` with the status of the response. Never traps, whatever the bytes are.
    public init(parsing bytes: Span<UInt8>) throws(SDPError) {
        guard bytes.count <= DescriptionLimits.length else {
            throw SDPError(.tooMany(.description, limit: DescriptionLimits.length), at: DescriptionLimits.length)
        }
        var copy: [UInt8] = []
        copy.reserveCapacity(bytes.count)
        for index in bytes.indices { copy.append(bytes[index]) }
        let parser = try SessionParser(copy)
        guard let origin = parser.origin else { throw SDPError(.missing(.origin), at: bytes.count) }
        (sessionID, version) = origin
        timing = parser.timing
        bundles = parser.defaults.bundles
        sections = parser.sections.map { section in
            var line = section.line
            line.name = section.name
            return line
        }
        candidates = parser.sections.indices.compactMap { index in
            parser.sections[index].audio(default: parser.defaults).map { (index, $0) }
        }
        choose(for: .srtp)
    }

    mutating func choose(for protection: AudioProtection) {
        let chosen = candidates.first { $0.audio.suits(protection) } ?? candidates.first
        audio = chosen?.audio
        audioIndex = chosen?.index
    }
}
