// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What one leg's peer has sent since the relay was opened. The counts saturate nowhere: they are 64 bits.
public struct LegReport: Hashable, Sendable {
    /// Authenticated RTP packets, in packets. RTCP is not counted here.
    public var packets: UInt64 = 0
    /// Their length after decryption, headers included, in bytes.
    public var octets: UInt64 = 0
    /// Packets from the locked or signalled source that failed authentication.
    public var authenticationFailures: UInt64 = 0
    /// Packets seen before or older than the replay window. Some phones repeat packets: alone this is no attack.
    public var replays: UInt64 = 0
    /// Packets to the port of a plain leg that came from elsewhere than its peer, or belong to no stream of it.
    public var foreign: UInt64 = 0
    /// Where the peer's RTP comes from, proven by an authenticated packet; of a plain leg, nothing is proven.
    public var locked: SocketAddress?
    /// How often the peer's RTP came from elsewhere than before. A phone that changes its network moves once; one whose
    /// packets are copied by somebody who is faster moves to and fro.
    public var moves: UInt64 = 0
    /// When the last authenticated packet came, or on a plain leg one that was taken, RTP or RTCP: this is how a dead call is
    /// noticed.
    public var lastAuthenticated: MonotonicTime?

    public init() {}

    init(lastAuthenticated: MonotonicTime?) {
        self.lastAuthenticated = lastAuthenticated
    }
}

/// What has passed through one relay, as told once a second.
public struct RelayReport: Hashable, Sendable {
    public let id: RelayID
    public let a: LegReport
    public let b: LegReport

    public init(id: RelayID, a: LegReport, b: LegReport) {
        self.id = id
        self.a = a
        self.b = b
    }

    public subscript(side: RelaySide) -> LegReport {
        switch side {
        case .a: a
        case .b: b
        }
    }
}

/// What a media loop tells one business once a second: all of its relays that are open, and what it could not do.
public struct RelayCensus: Sendable {
    /// Every relay that is open, in no order.
    public var reports: [RelayReport]
    /// Relays of which something was commanded that was refused. They are closed.
    public var refused: [RelayID]
    /// Of the latest commands that were obeyed or refused. What was opened under a later mark may be missing here and is on
    /// its way.
    public var mark: RelayMark

    public init(reports: [RelayReport] = [], refused: [RelayID] = [], mark: RelayMark = .never) {
        (self.reports, self.refused, self.mark) = (reports, refused, mark)
    }
}

/// How far a business was with its commands. Later ones compare greater.
public struct RelayMark: Hashable, Comparable, Sendable {
    /// Before the first command.
    public static let never = RelayMark(rawValue: 0)

    public let rawValue: UInt64

    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    public static func < (one: RelayMark, other: RelayMark) -> Bool { one.rawValue < other.rawValue }
}

/// Why a packet goes nowhere. None of them ends a call.
public enum DropReason: Int, Error, Sendable, CaseIterable {
    /// Neither RTP nor RTCP by its first byte, and nothing that a leg expects: STUN, DTLS, ZRTP or noise (RFC 7983 §7).
    case notMedia
    /// A header that RFC 3550 A.1/A.2 does not allow, or a packet too short for its tag.
    case malformed
    /// From an address that no leg is locked to, and no leg that waits for media could authenticate it.
    case unknownSource
    /// As `unknownSource`, but the right to try was used up.
    case throttled
    /// From a known address with a wrong authentication tag.
    case forged
    /// Seen before, or older than the replay window.
    case replayed
    /// SRTCP with its E bit clear: encryption is not negotiable here.
    case unencrypted
    /// The peer uses more synchronisation sources than a context holds.
    case tooManyStreams
    /// The index or the SRTCP index has reached the end of the key's life.
    case keyExhausted
    /// Not allowed by the negotiated direction: on hold.
    case held
    /// The other leg has no proven address yet, or has been silent there for too long, and SDP names a third party.
    case noDestination
    /// More than one leg, or one business, may send.
    case overRate
    /// RTCP that tells the other phone nothing that it may be told.
    case notRelayed
    /// To a port of a plain leg, and not from its peer or not of the stream that it speaks with.
    case foreign
}

/// What became of one packet.
public enum RelayOutcome: Hashable, Sendable {
    case drop(DropReason)
    /// Send the first `length` bytes of the buffer from our `port` to `to`.
    case forward(length: Int, to: SocketAddress, port: MediaPort)
    /// The same, unencrypted, from a socket of a plain leg.
    case forwardPlain(length: Int, to: SocketAddress, from: PlainSocket)
    /// Hand the first `length` bytes of the buffer, decrypted RTP, to the studio.
    case hear(length: Int, RelayID)
    /// It was a word of a handshake: ``MediaRelay/takeHandshakes()`` has what is said to it.
    case handshake
}

/// What became of all packets since the relay was made, in packets.
public struct RelayCounters: Hashable, Sendable {
    public private(set) var forwarded: UInt64 = 0
    private var dropped = Array(repeating: UInt64(0), count: DropReason.allCases.count)

    public init() {}

    public subscript(reason: DropReason) -> UInt64 { dropped[reason.rawValue] }

    mutating func count(_ outcome: RelayOutcome) {
        switch outcome {
        case .drop(let reason): dropped[reason.rawValue] += 1
        case .forward, .forwardPlain, .hear: forwarded += 1
        case .handshake: break
        }
    }
}

extension DropReason {
    init(_ failure: SRTPError) {
        self =
            switch failure {
            case .malformed: .malformed
            case .forged: .forged
            case .replayed: .replayed
            case .unencrypted: .unencrypted
            case .tooManyStreams: .tooManyStreams
            case .keyExhausted: .keyExhausted
            }
    }
}
