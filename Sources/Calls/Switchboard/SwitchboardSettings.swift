// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Media
public import Primitives
import SIP

/// What the installation tells the switchboard about itself.
public struct SwitchboardSettings: Sendable {
    /// The names in the certificate. The first one is what phones are told to come back to: some open a second
    /// connection to the host in Contact and verify that name.
    public var hostNames: [String]
    public var sipPort: UInt16
    /// Where all phones send their media; RTCP goes to the next port.
    public var mediaAddress: IPAddress
    public var mediaPort: UInt16
    /// The same over the other version of IP, where there is one: a leg on IPv6 and one on IPv4 make a call.
    public var otherMedia: SocketAddress?
    /// Where providers that encrypt nothing send theirs, for each version of IP; empty where there can be no such leg.
    public var plainMedia: [PlainPorts] = []
    /// 32 random bytes that nonces and temporary GRUUs are made with.
    public var nonceKey: [UInt8]
    /// How many phones may register anew.
    public var registrationRate = Guard::Limits.registrationRate
    /// How many nonces are remembered, and how many calls there may be at once: fewer where others share the machine.
    public var nonces = Self.usualNonces
    public var calls = Limits.calls

    public static var usualNonces: Int { Limits.nonces }

    public init(
        hostNames: [String],
        sipPort: UInt16,
        mediaAddress: IPAddress,
        mediaPort: UInt16,
        otherMedia: SocketAddress? = nil,
        nonceKey: [UInt8]
    ) {
        self.hostNames = hostNames
        self.sipPort = sipPort
        self.mediaAddress = mediaAddress
        self.mediaPort = mediaPort
        self.otherMedia = otherMedia
        self.nonceKey = nonceKey
    }

    /// The name of ours that every phone knows.
    var firstHost: String { hostNames.first ?? mediaAddress.description }

    /// Whether a host in a URI means this business, whose domain is given.
    func serves(_ host: ArraySlice<UInt8>, domain: String, on flow: Flow) -> Bool {
        if isSame(host, domain) { return true }
        if hostNames.contains(where: { isSame(host, $0) }) { return true }
        guard host.contains(UInt8(ascii: ":")) else { return isSame(host, flow.local.ip.description) }
        // One IPv6 address has many spellings (RFC 5954 §4.1).
        let address = IPAddress(parsing: String(decoding: host, as: UTF8.self))
        return address != nil && (address == flow.local.ip || address == IPAddress(parsing: domain))
    }

    /// Where we are reached over the transport of a flow.
    func port(on flow: Flow) -> UInt16 {
        switch flow.transport {
        case .tls: sipPort
        case .wss, .tcp, .udp: flow.local.port
        }
    }

    /// Our own Via: where responses come back to, which over a connection is that connection.
    func writeVia(_ key: BranchKey, over flow: Flow, into writer: inout MessageWriter) {
        writer.field(.via) { value in
            value.append(flow.transport.viaName)
            value.append(written(firstHost))
            value.append(":")
            value.append(Int(port(on: flow)))
            value.append(";branch=")
            key.write(into: &value)
            value.append(";rport")
        }
    }

    /// A host as it stands before a port: an IPv6 address in brackets (RFC 3261 §25.1 `IPv6reference`).
    func written(_ host: String) -> String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host }

    /// Everywhere a phone can send its media.
    var mediaAddresses: [SocketAddress] {
        [SocketAddress(ip: mediaAddress, port: mediaPort)] + (otherMedia.map { [$0] } ?? [])
    }

    /// Where a phone sends its media that can be reached at `address`: our address of the same version of IP.
    func media(towards address: IPAddress) -> SocketAddress {
        if let otherMedia, otherMedia.ip.isIPv4 == address.isIPv4 { return otherMedia }
        return SocketAddress(ip: mediaAddress, port: mediaPort)
    }
}

/// ASCII without regard to case, as host names compare.
private func isSame(_ host: ArraySlice<UInt8>, _ name: String) -> Bool {
    guard host.count == name.utf8.count else { return false }
    var index = host.startIndex
    for expected in name.utf8 {
        guard isSameLetter(host[index], expected) else { return false }
        index += 1
    }
    return true
}
