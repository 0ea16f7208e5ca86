// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The attacker's own network: everything an attack may do to the world. `Server` makes one of sockets, a test one of
/// memory.
public struct Wire: Sendable {
    /// Opens a way to the target.
    public var connect: @Sendable (Endpoint) async throws(WireError) -> Link
    /// Tries something with TLS that no phone does.
    public var abuse: @Sendable (TLSAbuse, _ port: UInt16) async throws(WireError) -> TLSAbuse.Outcome
    public var pause: @Sendable (Duration) async -> Void
    public var clock: @Sendable () -> MonotonicTime
    public var wallClock: @Sendable () -> WallTime
    public var entropy: Entropy

    public init(
        connect: @escaping @Sendable (Endpoint) async throws(WireError) -> Link,
        abuse: @escaping @Sendable (TLSAbuse, _ port: UInt16) async throws(WireError) -> TLSAbuse.Outcome,
        pause: @escaping @Sendable (Duration) async -> Void,
        clock: @escaping @Sendable () -> MonotonicTime,
        wallClock: @escaping @Sendable () -> WallTime,
        entropy: Entropy
    ) {
        (self.connect, self.abuse, self.pause, self.clock) = (connect, abuse, pause, clock)
        (self.wallClock, self.entropy) = (wallClock, entropy)
    }
}

/// What TLS could do and must not, because a stranger could pass off somebody else's request as their own with it, or repeat it.
public enum TLSAbuse: Hashable, Sendable {
    /// A second handshake inside of the first, over TLS 1.2 (RFC 5246 §7.4.1.1).
    case renegotiation
    /// These bytes before a handshake is over, over TLS 1.3 (RFC 8446 §2.3).
    case earlyData([UInt8])

    public enum Outcome: Hashable, Sendable {
        case taken
        /// With what it was tried.
        case refused(String)
        /// The handshake that goes before did not come about.
        case failed
    }
}

/// Where and how an attack connects.
public struct Endpoint: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// TLS as a phone makes it: the certificate is verified against the target's authority and host name.
        case tls
        case tcp
        /// A socket of its own, not connected: it hears everybody, and sends to `port` of the target.
        case udp
    }

    public let kind: Kind
    public let port: UInt16
    /// The attacker's own address; `nil` lets the system choose.
    public let source: IPAddress?
    /// Of the target; `nil` for where its phones connect.
    public let address: IPAddress?

    public init(_ kind: Kind, port: UInt16, from source: IPAddress? = nil, at address: IPAddress? = nil) {
        (self.kind, self.port, self.source, self.address) = (kind, port, source, address)
    }
}

/// One connection or socket of the attacker.
public struct Link: Sendable {
    /// The attacker's own end.
    public let local: SocketAddress
    /// Sends everything, and says when the last byte was handed to the system.
    public let send: @Sendable ([UInt8]) async throws(WireError) -> MonotonicTime
    /// What arrives next: a datagram, or the bytes of a stream that are there. Waits no longer than the given time.
    public let receive: @Sendable (Duration) async -> Arrival
    public let close: @Sendable () async -> Void

    public init(
        local: SocketAddress,
        send: @escaping @Sendable ([UInt8]) async throws(WireError) -> MonotonicTime,
        receive: @escaping @Sendable (Duration) async -> Arrival,
        close: @escaping @Sendable () async -> Void
    ) {
        (self.local, self.send, self.receive, self.close) = (local, send, receive, close)
    }
}

/// What a link brought.
public enum Arrival: Hashable, Sendable {
    /// Bytes, and when the system handed them over.
    case bytes([UInt8], at: MonotonicTime)
    /// The other side closed.
    case closed
    /// Nothing within the time given.
    case silence
}

/// The wire could not do what was asked.
public struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// Nobody listens there, or the connection was refused.
        case refused
        /// Nothing came back in time.
        case timedOut
        /// TLS could not be agreed on, or the certificate is not the target's.
        case handshake
        /// The link is closed.
        case closed
        /// A fault of the attacker's own machine.
        case local
    }

    public let kind: Kind
    public let description: String

    public init(_ kind: Kind, _ description: String) {
        (self.kind, self.description) = (kind, description)
    }
}
