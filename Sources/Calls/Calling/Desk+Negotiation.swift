// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

extension AudioFormat {
    /// What we offer when the caller leaves the offer to us.
    static let usual: [AudioFormat] = [
        AudioFormat(payloadType: 96, name: "OPUS", clockRate: 48_000, channels: 2, parameters: nil),
        AudioFormat(payloadType: 9, name: "G722", clockRate: 8_000, channels: 1, parameters: nil),
        AudioFormat(payloadType: 0, name: "PCMU", clockRate: 8_000, channels: 1, parameters: nil),
        AudioFormat(payloadType: 8, name: "PCMA", clockRate: 8_000, channels: 1, parameters: nil),
        AudioFormat(payloadType: 101, name: "TELEPHONE-EVENT", clockRate: 8_000, channels: 1, parameters: "0-16"),
    ].compactMap(\.self)
}

extension Desk {
    /// - Parameters:
    ///   - address: Where the phone is. An answer goes by the offer's own address (RFC 6157 §3.1).
    ///   - firstOffer: What ours is, if we make it.
    mutating func negotiation(
        towards address: IPAddress,
        firstOffer: Negotiation.FirstOffer = .keys
    ) -> Negotiation {
        let ours = settings.media(towards: address)
        var local = LocalMedia(
            address: ours.ip,
            port: ours.port,
            rtcpPort: ours.port + 1,
            // RFC 8866 §5.2 wants a number; 62 bits so that every reader's integer holds it.
            sessionID: entropy.next() >> 2,
            version: 0
        )
        local.others = settings.mediaAddresses.filter { $0 != ours }
        return Negotiation(at: local, identity: mediaIdentity(), firstOffer: firstOffer)
    }

    /// The certificate for DTLS: a new one each day. Calls keep the one that they began with.
    private mutating func mediaIdentity() -> DTLSIdentity? {
        if let identity, now.wall < identity.madeAt + Limits.identityLife, now.wall >= identity.madeAt {
            return identity.value
        }
        identity = DTLSIdentity(at: now.wall).map { (now.wall, $0) }
        return identity?.value
    }

    /// A leg that leaves over a trunk.
    ///
    /// - Returns: `nil` when it has to be in the clear and no port is free for it.
    mutating func negotiation(over way: TrunkWay, forHelp isForHelp: Bool = false) -> Negotiation? {
        let peer = way.flow.remote.ip
        guard TrunkRules.isPlain(way.trunk, at: now.wall) else { return negotiation(towards: peer) }
        return plainNegotiation(towards: peer, forHelp: isForHelp)
    }

    /// A leg in the clear.
    ///
    /// - Returns: `nil` when no port is free.
    mutating func plainNegotiation(towards peer: IPAddress, forHelp isForHelp: Bool = false) -> Negotiation? {
        plainPorts.negotiation(towards: peer, forHelp: isForHelp, at: now.monotonic, using: &entropy)
    }

    /// Whether a trunk is up that no call can go by for want of a port.
    var isShortOfPorts: Bool {
        mutating get {
            let ways = snapshot.outside.usableTrunks.compactMap { trunks.way(over: $0.trunk.name, at: now) }
            return ways.contains { !hasPort(for: $0) }
        }
    }

    /// Whether there could be one.
    mutating func hasPort(for way: TrunkWay, forHelp isForHelp: Bool = false) -> Bool {
        !TrunkRules.isPlain(way.trunk, at: now.wall)
            || plainPorts.hasFree(towards: way.flow.remote.ip, forHelp: isForHelp, at: now.monotonic)
    }

    /// A leg as it would be with this offer. The same key again keeps everything as it is; a new key of theirs brings a
    /// new one of ours.
    mutating func proposal(_ audio: AudioDescription, for before: Negotiation) throws(Refused) -> Negotiation {
        var media = before
        do throws(UnacceptableOffer) { try media.take(audio, using: &entropy) } catch { throw Refused(error) }
        return media
    }
}

extension Message {
    /// The media description in the body, or in the part of it that holds one; `nil` without a body.
    func description() throws(Refused) -> SessionDescription? {
        let place: ByteRange?
        do throws(UnreadableBody) { place = try content(ofType: "application/sdp") } catch { throw Refused(error) }
        guard let place else { return nil }
        do throws(SDPError) {
            return try SessionDescription(parsing: bytes.span.extracting(place.range))
        } catch {
            throw Refused(status: error.status, outcome: .refused, reason: "its media description cannot be read")
        }
    }

    /// The offer in a request; `nil` without a body, which leaves the offer to us.
    ///
    /// - Parameter protection: Of the leg that it is for.
    func offer(for protection: AudioProtection = .srtp) throws(Refused) -> SessionDescription? {
        guard let offer = try description()?.chosen(for: protection) else { return nil }
        guard let audio = offer.audio else { throw .noAudio }
        // What is not protected as the leg has to be is refused for that.
        guard audio.formats.holdsVoice || !audio.isUsable(protection) else { throw .noCodec }
        return offer
    }

    /// What may answer an offer of ours; `nil` when nothing in it can be read. Whatever type it says, it can be nothing else.
    var answer: SessionDescription? {
        if let found = try? description() { return found }
        return try? SessionDescription(parsing: bytes.span.extracting(body.range))
    }
}

extension AudioDescription {
    fileprivate func isUsable(_ protection: AudioProtection) -> Bool {
        switch protection {
        case .srtp: Negotiation.isProtected(self)
        case .plain: suits(.plain)
        }
    }
}
