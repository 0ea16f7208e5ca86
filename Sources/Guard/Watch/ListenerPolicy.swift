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

        public var network: Network {
            switch self {
            case .sipTLS, .sipWSS, .sipTCP: .tcp
            case .sipUDP, .media: .udp
            }
        }
    }

    public enum Network: String, Hashable, Sendable, Codable, CaseIterable {
        case tcp
        case udp
    }

    public let purpose: Purpose
    /// `192.0.2.1:5061`.
    public let address: String

    public init(purpose: Purpose, address: String) {
        (self.purpose, self.address) = (purpose, address)
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
        var deviations = foundSockets.filter { !declaredSockets.contains($0) }.map(Deviation.undeclared)
        let existing = Set(foundSockets)
        for listener in declared {
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
        case .sipTLS, .sipWSS, .media: nil
        }
    }
}
