// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// A socket that waits for strangers.
public struct Listener: Hashable, Sendable, Codable {
    public enum Purpose: String, Hashable, Sendable, Codable, CaseIterable {
        case sipTLS = "sip-tls"
        case sipWSS = "sip-wss"
        case sipTCP = "sip-tcp"
        case sipUDP = "sip-udp"
        /// RTP and RTCP.
        case media
        /// The same of calls over a trunk without encryption: a range of ports, each open only as long as its call.
        case plainMedia = "plain-media"
        /// HTTPS for operators.
        case portal

        public var network: Network {
            switch self {
            case .sipTLS, .sipWSS, .sipTCP, .portal: .tcp
            case .sipUDP, .media, .plainMedia: .udp
            }
        }
    }

    public enum Network: String, Hashable, Sendable, Codable, CaseIterable {
        case tcp
        case udp
    }

    public let purpose: Purpose
    /// `192.0.2.1:5061`; of `plainMedia`, `192.0.2.1:40002-40101`.
    public let address: String

    public init(purpose: Purpose, address: String) {
        (self.purpose, self.address) = (purpose, address)
    }

    /// Where calls over trunks without encryption may open ports: nowhere, unless an exception of a trunk stands.
    public static func plainMedia(
        of ranges: [MediaPorts],
        for outside: OutsideSettings,
        at now: WallTime
    ) -> [Listener] {
        guard outside.usableTrunks.contains(where: { $0.trunk.mayBePlain(at: now) }) else { return [] }
        return ranges.compactMap { range in
            range.plain.flatMap { MediaPorts(address: range.address, first: $0.lowerBound, last: $0.upperBound) }
                .map { Listener(purpose: .plainMedia, address: $0.description) }
        }
    }

    /// Whether it is a range that a socket is in.
    public func covers(_ socket: OpenSocket) -> Bool {
        guard purpose == .plainMedia, socket.network == .udp, let range = MediaPorts(parsing: address),
            let address = SocketAddress(parsing: socket.address)
        else { return false }
        return address.ip == range.address && range.first...range.last ~= address.port
    }
}

/// A socket the machine really has open, as the kernel lists it.
public struct OpenSocket: Hashable, Sendable, Codable {
    public let network: Listener.Network
    public let address: String

    public init(network: Listener.Network, address: String) {
        (self.network, self.address) = (network, address)
    }
}

/// Only declared listeners exist, and none without encryption but by a dated exception.
public enum ListenerPolicy {
    /// What is not as it was declared, or open by leave.
    public enum Deviation: Hashable, Sendable {
        /// Open, and nobody declared it.
        case undeclared(OpenSocket)
        /// Declared, and not open: phones cannot reach it.
        case missing(Listener)
        /// Carries SIP in the clear, and no exception allows it now.
        case unprotected(Listener)
        /// Carries SIP in the clear by leave of this exception.
        case excepted(Listener, ListenerException)
    }

    /// Whether a listener may be opened now.
    public static func refusal(
        of listener: Listener,
        exceptions: [ListenerException],
        at now: WallTime
    ) -> Refusal? {
        guard let transport = listener.purpose.clearTransport else { return nil }
        guard exception(for: transport, listener.address, among: exceptions, at: now) == nil else { return nil }
        return Refusal(
            .signallingEncryption,
            problem:
                "Ringfence does not listen for SIP over \(transport.rawValue.uppercased()) on \(listener.address).",
            reason:
                "whoever shares the network reads every login and call there, and no exception with an end date allows it",
            remedy: "connect the phones over TLS"
        )
    }

    /// Compares what was declared with what the machine has.
    public static func judge(
        declared: [Listener],
        found: [OpenSocket],
        exceptions: [ListenerException],
        at now: WallTime
    ) -> [Deviation] {
        let declaredSockets = Set(
            declared.map { OpenSocket(network: $0.purpose.network, address: canonical($0.address)) }
        )
        let foundSockets = found.map { OpenSocket(network: $0.network, address: canonical($0.address)) }
        let ranges = declared.filter { $0.purpose == .plainMedia }
        let foreign = foundSockets.filter { socket in
            !declaredSockets.contains(socket) && !ranges.contains { $0.covers(socket) }
        }
        var deviations = foreign.map(Deviation.undeclared)
        let existing = Set(foundSockets)
        // No call needs a port of a range now: that is no way in that is closed.
        for listener in declared where listener.purpose != .plainMedia {
            let socket = OpenSocket(network: listener.purpose.network, address: canonical(listener.address))
            if !existing.contains(socket) { deviations.append(.missing(listener)) }
            guard let transport = listener.purpose.clearTransport else { continue }
            if let exception = exception(for: transport, listener.address, among: exceptions, at: now) {
                deviations.append(.excepted(listener, exception))
            } else {
                deviations.append(.unprotected(listener))
            }
        }
        return deviations
    }

    private static func exception(
        for transport: ListenerException.Transport,
        _ address: String,
        among exceptions: [ListenerException],
        at now: WallTime
    ) -> ListenerException? {
        exceptions.first {
            $0.transport == transport && canonical($0.address) == canonical(address) && now < $0.until
                && !$0.reason.isEmpty
        }
    }

    /// One spelling for each address, so that `[::ffff:192.0.2.1]:5060` is found under `192.0.2.1:5060`.
    private static func canonical(_ address: String) -> String {
        SocketAddress(parsing: address)?.description ?? address
    }
}

extension Listener.Purpose {
    /// The transport under which an exception would name it; `nil` for what is encrypted.
    fileprivate var clearTransport: ListenerException.Transport? {
        switch self {
        case .sipTCP: .tcp
        case .sipUDP: .udp
        case .sipTLS, .sipWSS, .media, .plainMedia, .portal: nil
        }
    }
}
