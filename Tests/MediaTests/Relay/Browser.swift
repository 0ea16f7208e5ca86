// SPDX-License-Identifier: Apache-2.0

import Primitives
import TestKit
import Testing

@testable import Media

/// A peer that agrees on its keys over the media path, with checks before (a browser) or without (a phone).
final class Browser {
    let identity: DTLSIdentity
    /// What it calls itself in checks, and what we call the leg that it talks to.
    let ice: (local: ICEDescription, ours: ICECredentials)?
    let server: DTLSIdentity
    var address: SocketAddress
    private(set) var association: DTLSAssociation
    private(set) var state = DTLSAssociation.State.open
    private var link: (says: Link, hears: Link)?

    init(_ address: String, hasICE: Bool = true, isClient: Bool = true, seed: UInt64 = 1) throws {
        var generator = SplitMix(seed)
        let moment = WallTime(milliseconds: 1_800_000_000_000)
        identity = try #require(DTLSIdentity(at: moment))
        server = try #require(DTLSIdentity(at: moment))
        self.address = Phone.parse(address)
        let theirs = ICEDescription(
            fragment: Array("abcd".utf8)[...],
            password: Array("p".utf8 + Array(repeating: 0x61, count: 24))[...],
            isLite: false
        )
        ice = hasICE ? (try #require(theirs), ICECredentials(using: &generator)) : nil
        association = try #require(DTLSAssociation(as: identity, with: server.fingerprint, isClient: isClient))
    }

    /// What signalling says of it.
    func media(
        named: String? = nil,
        signalling: String? = nil,
        fingerprint: DTLSFingerprint? = nil,
        isClient: Bool = false,
        leg: UInt64 = 77,
        receives: Bool = true
    ) -> DTLSMedia {
        DTLSMedia(
            leg: leg,
            address: named.map(Phone.parse) ?? (ice == nil ? address : nil),
            signallingAddress: signalling.flatMap { IPAddress(parsing: $0) } ?? address.ip,
            identity: server,
            peer: fingerprint ?? identity.fingerprint,
            isClient: isClient,
            ice: ice.map { DTLSMedia.ICE(local: $0.ours, remote: $0.local) },
            rtcpMux: true,
            sends: true,
            receives: receives
        )
    }

    /// It begins its handshake anew.
    func restart(isClient: Bool = true) throws {
        association = try #require(DTLSAssociation(as: identity, with: server.fingerprint, isClient: isClient))
        (state, link) = (.open, nil)
    }

    /// - Parameter password: Ours, by default the right one.
    func check(
        nominates: Bool = true,
        isControlled: Bool = false,
        password: String? = nil,
        name: String? = nil,
        priority: UInt32 = 1_845_501_695,
        more: [UInt8] = []
    ) throws -> [UInt8] {
        let ice = try #require(ice)
        var check = CheckBytes(name ?? "\(ice.ours.fragment):\(ice.local.fragment)", priority: priority)
        if nominates { check.append(0x0025, []) }
        check.append(isControlled ? 0x8029 : 0x802A, Array(repeating: 7, count: 8))
        check.bytes += more
        return check.sealed(with: password ?? ice.ours.password.reveal { $0 })
    }

    /// Exchanges datagrams with a stage until nobody has anything to say.
    ///
    /// - Parameter loss: Which datagrams of ours get lost, by their number.
    func shakeHands(with stage: Stage, from source: SocketAddress? = nil) {
        let source = source ?? address
        state = association.advance()
        var outgoing = take()
        for _ in 0..<10 {
            for datagram in outgoing { _ = stage.receive(datagram, from: source, port: .rtp) }
            for reply in stage.takeHandshakes() where reply.to == source {
                state = association.receive(reply.bytes.span)
            }
            outgoing = take()
            guard !outgoing.isEmpty else { break }
        }
        if let keys = association.keys { link = (Link(keys.send), Link(keys.receive)) }
    }

    func hello() -> [[UInt8]] {
        state = association.advance()
        return take()
    }

    private func take() -> [[UInt8]] {
        var taken: [[UInt8]] = []
        association.takeAll { taken.append($0) }
        return taken
    }

    func rtp(_ sequence: UInt16) -> [UInt8] { (try? link?.says.seal(Packets.rtp(sequence)).packet) ?? [] }

    /// The payload of what it hears; `nil` when it cannot be understood.
    func hears(_ packet: [UInt8]) -> [UInt8]? {
        guard case .packet(let plain)? = link?.hears.open(packet) else { return nil }
        return Array(plain.dropFirst(12))
    }

    var suite: SRTPSuite? { association.keys?.send.suite }
}

/// A connectivity check while it is written (RFC 8489 §5).
struct CheckBytes {
    var bytes: [UInt8]

    init(_ name: String, priority: UInt32) {
        bytes = [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42] + (0..<12).map { UInt8($0) }
        append(0x0006, Array(name.utf8))
        append(0x0024, Packets.bytes(priority))
    }

    mutating func append(_ kind: UInt16, _ value: [UInt8]) {
        bytes += [UInt8(kind >> 8), UInt8(kind & 0xFF), UInt8(value.count >> 8), UInt8(value.count & 0xFF)] + value
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    /// With MESSAGE-INTEGRITY and FINGERPRINT.
    func sealed(with password: String) -> [UInt8] {
        var check = self
        check.setLength(bytes.count + 24)
        check.append(0x0008, STUN.mac(of: check.bytes, with: Array(password.utf8)))
        check.setLength(check.bytes.count + 8)
        check.append(0x8028, Packets.bytes(STUN.fingerprint(of: check.bytes.span, upTo: check.bytes.count)))
        return check.bytes
    }

    mutating func setLength(_ end: Int) { (bytes[2], bytes[3]) = (UInt8((end - 20) >> 8), UInt8((end - 20) & 0xFF)) }
}
