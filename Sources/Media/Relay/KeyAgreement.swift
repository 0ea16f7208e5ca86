// SPDX-License-Identifier: Apache-2.0

import Primitives

/// How one leg comes to its keys: where its peer is by ICE, the handshakes with it, and what came of them.
///
/// A handshake is taken only from where the peer has proven to be (ICE), or from the host that its authenticated signalling comes
/// from: one that a description names alone is sent nothing (row M15). One that fails is forgotten: the next one begins anew, and only the certificate that signalling named ends with
/// keys. So whoever is quicker than the peer wins nothing (row M05).
struct KeyAgreement: Sendable {
    private struct Handshake: Sendable {
        let source: SocketAddress
        /// What it began with; empty where we did.
        let hello: [UInt8]
        let association: DTLSAssociation
    }

    private(set) var media: DTLSMedia
    private(set) var ice: ICELite?
    private var handshakes: [Handshake] = []
    private var begun = 0
    /// Datagrams that it has taken.
    private var taken = 0
    /// The one that ended well, as long as it may have to repeat itself.
    private var finished: Handshake?
    private var finishedAt = MonotonicTime(nanoseconds: 0)
    private(set) var keys: (receive: SRTPKey, send: SRTPKey)?
    /// Where the peer was when they were agreed on.
    private var proven: SocketAddress?
    /// Since when it waits for keys; `nil` when it does not.
    private var waitsSince: MonotonicTime?
    /// When something authentic last came.
    private(set) var heardAt: MonotonicTime?

    /// What has become of a datagram.
    enum Step: Sendable { case nothing, agreed }

    init(_ media: DTLSMedia, at now: MonotonicTime) {
        self.media = media
        ice = media.ice.map { ICELite($0.local, $0.remote, at: now) }
        waitsSince = now
    }

    /// Takes what signalling has changed. Keys stay until there are new ones.
    mutating func update(_ new: DTLSMedia, at now: MonotonicTime) {
        if let changed = new.ice {
            if let ice, ice.local.fragment == changed.local.fragment, ice.remote == changed.remote {
                // As before.
            } else {
                ice =
                    ice.map { ICELite(changed.local, changed.remote, after: $0, at: now) }
                    ?? ICELite(changed.local, changed.remote, at: now)
            }
        } else {
            ice = nil
        }
        // What was begun counts on: a change of the description buys no more of it.
        if !new.continues(media) { (handshakes, finished, waitsSince) = ([], nil, now) }
        if isWaiting, media.isEarly || media.isGone { waitsSince = now }
        media = new
    }

    /// Whether it waits for keys, and from nobody in particular yet.
    var isOpen: Bool { isWaiting && handshakes.isEmpty }
    /// Whether it has waited for keys for too long.
    func isLost(at now: MonotonicTime) -> Bool {
        guard let waitsSince, !media.isEarly, !media.isGone else { return false }
        return now - waitsSince > RelayLimits.agreement
    }

    /// Whether it waits for keys.
    var isWaiting: Bool { waitsSince != nil }

    /// Counts a datagram of its own before anybody else's time is spent on it.
    ///
    /// - Returns: Whether it is looked at.
    mutating func take() -> Bool {
        guard isWaiting || finished != nil, taken < RelayLimits.handshakeDatagrams else { return false }
        taken += 1
        return true
    }

    /// Whether a handshake of this leg's is going on with this source, or ended there.
    func knows(_ source: SocketAddress) -> Bool {
        finished?.source == source || handshakes.contains { $0.source == source }
    }

    /// Whether a handshake may come from there.
    func allows(_ source: SocketAddress) -> Bool {
        guard !media.isGone else { return false }
        if let ice { return ice.isValid(source) }
        return source.ip == media.signallingAddress
    }

    /// The leg as the relay knows it; `nil` before there are keys.
    func leg(at now: MonotonicTime) -> LegMedia? {
        guard let keys else { return nil }
        // Who answers checks from there is there, as sure as if signalling came from there.
        let place = ice.map { $0.chosen ?? proven } ?? proven
        var leg = LegMedia(
            address: place,
            rtcpAddress: media.rtcpMux ? place : nil,
            rtcpMux: media.rtcpMux,
            signallingAddress: ice == nil ? media.signallingAddress : place?.ip ?? media.signallingAddress,
            receive: keys.receive,
            send: keys.send,
            sends: media.sends,
            receives: media.receives
        )
        leg.isGone = media.isGone || ice?.hasConsent(at: now) == false
        return leg
    }
}

// What the network brings.
extension KeyAgreement {
    /// Takes a connectivity check that names this leg.
    mutating func receive(
        _ check: STUNRequest,
        _ packet: Span<UInt8>,
        from source: SocketAddress,
        at now: MonotonicTime
    ) -> STUNAnswer? {
        guard !media.isGone, let answer = ice?.receive(check, packet, from: source, at: now) else { return nil }
        if case .success = answer { heardAt = now }
        return answer
    }

    /// Takes a datagram of DTLS from where one may come from.
    mutating func receive(
        _ datagram: Span<UInt8>,
        from source: SocketAddress,
        at now: MonotonicTime,
        _ send: (SocketAddress, [UInt8]) -> Void
    ) -> Step {
        if let finished, finished.source == source, !isWaiting {
            _ = finished.association.receive(datagram)
            finished.association.takeAll { send(source, $0) }
            return .nothing
        }
        // Anybody could write an alert that nothing protects. Whoever means it goes away anyway.
        guard isWaiting, !datagram.hasPlainAlert else { return .nothing }
        if !media.isClient, let hello = datagram.clientHello {
            let known = handshakes.first { $0.source == source && $0.hello == hello }
            guard let handshake = known ?? begin(with: source, hello) else { return .nothing }
            return step(handshake, handshake.association.receive(datagram), at: now, send)
        }
        // Whichever it belongs to: the others fail with it, or do not listen.
        for handshake in handshakes where handshake.source == source {
            if step(handshake, handshake.association.receive(datagram), at: now, send) == .agreed { return .agreed }
        }
        return .nothing
    }

    /// Somebody who sends a hello in the peer's name, from its very address, gets a handshake of their own: that of the peer goes on
    /// beside it, and the oldest makes room.
    private mutating func begin(with source: SocketAddress, _ hello: [UInt8] = []) -> Handshake? {
        guard begun < RelayLimits.handshakesPerLeg,
            let association = DTLSAssociation(as: media.identity, with: media.peer, isClient: media.isClient)
        else { return nil }
        begun += 1
        if handshakes.count >= RelayLimits.handshakesAtOnce { handshakes.removeFirst() }
        let handshake = Handshake(source: source, hello: hello, association: association)
        handshakes.append(handshake)
        return handshake
    }

    private mutating func step(
        _ handshake: Handshake,
        _ state: DTLSAssociation.State,
        at now: MonotonicTime,
        _ send: (SocketAddress, [UInt8]) -> Void
    ) -> Step {
        // The alert of one that failed would break another one with the same place.
        if state != .failed { handshake.association.takeAll { send(handshake.source, $0) } }
        switch state {
        case .open: return .nothing
        case .failed:
            handshakes.removeAll { $0.association === handshake.association }
            return .nothing
        case .done:
            guard let agreed = handshake.association.keys, agreed.receive != agreed.send else {
                handshakes.removeAll { $0.association === handshake.association }
                return .nothing
            }
            (keys, proven, heardAt) = (agreed, handshake.source, now)
            (finished, finishedAt, handshakes, waitsSince) = (handshake, now, [], nil)
            return .agreed
        }
    }

    /// Begins as the client as soon as it is known where the peer is, repeats what got no answer, and forgets what is over.
    mutating func wake(at now: MonotonicTime, _ send: (SocketAddress, [UInt8]) -> Void) -> Step {
        if finished != nil, now - finishedAt > RelayLimits.afterHandshake { finished = nil }
        guard isWaiting, !media.isGone else { return .nothing }
        if media.isClient, handshakes.isEmpty, let place = destination { _ = begin(with: place) }
        // Who answers repeats nothing of itself (RFC 6347 §4.2.4): the peer asks again.
        guard media.isClient, let handshake = handshakes.first else { return .nothing }
        return step(handshake, handshake.association.advance(), at: now, send)
    }

    /// Where the first word may go to. Nobody has us send it to whom a description names but who did not sign in.
    private var destination: SocketAddress? {
        if let ice { return ice.chosen }
        guard let address = media.address, address.ip == media.signallingAddress, address.port != 0 else { return nil }
        return address
    }
}

extension Span<UInt8> {
    /// The beginning of a ClientHello, without the number of its record, which is another one when it is repeated (RFC 6347 §4.1,
    /// §4.3.2); `nil` for anything else.
    fileprivate var clientHello: [UInt8]? {
        guard count > 25, self[0] == 22, self[3] == 0, self[4] == 0, self[13] == 1, word(at: 19) >> 8 == 0 else {
            return nil
        }
        var hello: [UInt8] = []
        hello.reserveCapacity(count - 13)
        for index in 13..<count { hello.append(self[index]) }
        return hello
    }

    /// Whether one of the records of a datagram is an alert before there are keys (RFC 6347 §4.1, RFC 5246 §7.2).
    fileprivate var hasPlainAlert: Bool {
        var offset = 0
        while offset + 13 <= count {
            if self[offset] == 21, self[offset + 3] == 0, self[offset + 4] == 0 { return true }
            offset += 13 + half(at: offset + 11)
        }
        return false
    }
}
