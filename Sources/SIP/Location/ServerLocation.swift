// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Finds the servers of a domain (RFC 3263 §4) for a transport that is given: NAPTR records choose among servers and never
/// another transport, so that nobody who forges DNS gets SIP in the clear (row K04).
///
/// Whoever asks name servers hands in the asking; here is only the order of questions. At most ``Limits/dnsQuestions``.
public struct ServerLocation {
    public enum Transport: Sendable {
        case tls, tcp, udp

        /// What a NAPTR record says of it (RFC 3263 §4.1).
        var service: String {
            switch self {
            case .tls: "SIPS+D2T"
            case .tcp: "SIP+D2T"
            case .udp: "SIP+D2U"
            }
        }

        /// Before the domain of an SRV record (RFC 3263 §4.1).
        var label: String {
            switch self {
            case .tls: "_sips._tcp."
            case .tcp: "_sip._tcp."
            case .udp: "_sip._udp."
            }
        }

        /// Without SRV records (RFC 3261 §19.1.2).
        public var port: UInt16 {
            switch self {
            case .tls: 5_061
            case .tcp, .udp: 5_060
            }
        }
    }

    /// What came of a question.
    public enum Answer: Sendable {
        case values([DNSRecord.Value])
        /// No name server answered, or the answer is none.
        case failed
    }

    /// A server: the name that was looked up last, and an address.
    public struct Place: Hashable, Sendable {
        public let host: String
        public let address: SocketAddress

        public init(host: String, address: SocketAddress) { (self.host, self.address) = (host, address) }
    }

    /// Why there is no server.
    public enum Problem: Error, Hashable, Sendable {
        case nothingFound
        case nobodyAnswers
    }

    private let transport: Transport
    private let entropy: Entropy
    private let ask: (String, DNSRecord.Kind) -> Answer
    private var questions = 0
    private var hasFailed = false
    private var places: [Place] = []

    /// - Parameters:
    ///   - host: A host name, or an address as a URI writes it.
    ///   - port: Where it is given, no SRV record is asked for (§4.2).
    ///   - isDomain: Whether it is the domain itself, which may have NAPTR records.
    ///   - ask: Blocks until there is an answer. The name has no final dot.
    /// - Returns: First choice first, each address once; at most ``Limits/dnsPlaces``.
    /// - Throws: ``Problem/nobodyAnswers`` when there might be one.
    public static func find(
        _ hosts: [(host: String, port: UInt16?, isDomain: Bool)],
        over transport: Transport,
        using entropy: Entropy,
        ask: @escaping (String, DNSRecord.Kind) -> Answer
    ) throws(Problem) -> [Place] {
        var location = ServerLocation(transport: transport, entropy: entropy, ask: ask)
        for host in hosts { location.find(host.host, port: host.port, isDomain: host.isDomain) }
        guard location.places.isEmpty else { return location.places }
        throw location.hasFailed ? .nobodyAnswers : .nothingFound
    }

    private init(transport: Transport, entropy: Entropy, ask: @escaping (String, DNSRecord.Kind) -> Answer) {
        (self.transport, self.entropy, self.ask) = (transport, entropy, ask)
    }

    private mutating func find(_ host: String, port: UInt16?, isDomain: Bool) {
        if let address = IPAddress(parsing: host.trimmingBrackets) {
            return add(host.trimmingBrackets, address, port ?? transport.port)
        }
        if let port { return findAddresses(of: host, port: port) }
        let named = isDomain ? pointers(of: host) : []
        var services = named.flatMap { self.services(of: $0) }
        if named.isEmpty { services = self.services(of: transport.label + host) }
        // §4.2: only without any SRV record is it the host itself; a target of "." says that there is no such service.
        guard !services.isEmpty else { return findAddresses(of: host, port: transport.port) }
        for service in services where !service.target.isEmpty {
            findAddresses(of: service.target, port: service.port)
        }
    }

    /// §4.1: where the SRV records of the transport are, if NAPTR records of the domain say so.
    private mutating func pointers(of host: String) -> [String] {
        let pointers = question(host, .naptr).compactMap { value in
            if case .pointer(let pointer) = value, pointer.flags == "s", pointer.service == transport.service,
                !pointer.replacement.isEmpty
            {
                pointer
            } else {
                nil
            }
        }
        return pointers.sorted { ($0.order, $0.preference) < ($1.order, $1.preference) }.map(\.replacement)
    }

    private mutating func services(of name: String) -> [DNSRecord.Service] {
        let services = question(name, .srv).compactMap { value in
            if case .service(let service) = value { service } else { nil }
        }
        return DNSRecord.Service.ordered(services, using: entropy)
    }

    private mutating func findAddresses(of host: String, port: UInt16) {
        for kind in [DNSRecord.Kind.a, .aaaa] where places.count < Limits.dnsPlaces {
            for case .address(let address) in question(host, kind) { add(host, address, port) }
        }
    }

    private mutating func add(_ host: String, _ address: IPAddress, _ port: UInt16) {
        let place = Place(host: host, address: SocketAddress(ip: address, port: port))
        guard places.count < Limits.dnsPlaces, port > 0, !places.contains(where: { $0.address == place.address }) else {
            return
        }
        places.append(place)
    }

    private mutating func question(_ name: String, _ kind: DNSRecord.Kind) -> [DNSRecord.Value] {
        guard questions < Limits.dnsQuestions else { return [] }
        questions += 1
        switch ask(name, kind) {
        case .values(let values): return values
        case .failed:
            hasFailed = true
            return []
        }
    }
}

extension DNSRecord.Service {
    /// In the order in which they are tried (RFC 2782): by priority, and within one by chance, a greater weight more often.
    static func ordered(_ services: [Self], using entropy: Entropy) -> [Self] {
        var ordered: [Self] = []
        for (_, group) in Dictionary(grouping: services.prefix(Limits.dnsRecords), by: \.priority)
            .sorted(by: { $0.key < $1.key })
        {
            // Those without weight come first in the row, so that they are chosen only by the smallest number.
            var left = group.sorted { ($0.weight, $0.target, $0.port) < ($1.weight, $1.target, $1.port) }
            while !left.isEmpty {
                let total = left.reduce(UInt64(0)) { $0 + UInt64($1.weight) }
                let chosen = entropy.next() % (total + 1)
                var sum: UInt64 = 0
                let index = left.firstIndex { service in
                    sum += UInt64(service.weight)
                    return sum >= chosen
                }
                ordered.append(left.remove(at: index ?? 0))
            }
        }
        return ordered
    }
}

extension String {
    /// An IPv6 address as it is, from how a URI writes it.
    fileprivate var trimmingBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}
