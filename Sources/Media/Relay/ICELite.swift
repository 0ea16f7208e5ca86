// SPDX-License-Identifier: Apache-2.0

import Primitives

/// ICE lite for one leg: answers checks, and knows by them where the peer is. It sends none of its own, because our address is
/// one that everybody can reach (RFC 8445 §2.5).
struct ICELite: Sendable {
    /// From where an authentic check has come.
    private struct Pair: Sendable {
        let source: SocketAddress
        var heardAt: MonotonicTime
    }

    let local: ICECredentials
    let remote: ICEDescription
    private let password: [UInt8]
    /// At most ``RelayLimits/pairsPerLeg``.
    private var pairs: [Pair] = []
    /// Where the peer wants to be sent to.
    private(set) var chosen: SocketAddress?
    private(set) var heardAt: MonotonicTime
    private var checks = PacketBudget(RelayLimits.checksOfLeg)

    init(_ local: ICECredentials, _ remote: ICEDescription, at now: MonotonicTime) {
        (self.local, self.remote, heardAt) = (local, remote, now)
        password = local.password.reveal { Array($0.utf8) }
    }

    /// The same after new credentials (RFC 8445 §9): what was chosen stays good until the peer chooses anew.
    init(_ local: ICECredentials, _ remote: ICEDescription, after before: ICELite, at now: MonotonicTime) {
        self.init(local, remote, at: now)
        chosen = before.chosen
    }

    /// From where authentic checks have come: only from there a handshake is taken.
    var sources: [SocketAddress] { pairs.map(\.source) }
    func isValid(_ source: SocketAddress) -> Bool { pairs.contains { $0.source == source } }

    /// Whether the peer has said lately that it wants what we send (RFC 7675 §5.1).
    func hasConsent(at now: MonotonicTime) -> Bool { now - heardAt <= RelayLimits.consent }

    /// Takes a check that names this leg.
    ///
    /// - Returns: What to answer; `nil` for nothing, to a stranger or to too many.
    mutating func receive(
        _ request: STUNRequest,
        _ packet: Span<UInt8>,
        from source: SocketAddress,
        at now: MonotonicTime
    ) -> STUNAnswer? {
        guard checks.allows(RelayLimits.checksOfLeg, at: now), isFromPeer(request, packet),
            request.isAuthentic(packet, with: password)
        else { return nil }
        // What somebody forges in its name uses up nothing of what the peer may ask.
        checks.pay(packet.count)
        if let unknown = request.unknown { return .unknown(unknown) }
        // A lite side never chooses, and with two of them nobody does.
        guard !request.isControlled else { return .roleConflict }
        heardAt = now
        note(request, source, at: now)
        return .success(source)
    }

    /// Its second half is theirs (RFC 8445 §7.1.2.3).
    private func isFromPeer(_ request: STUNRequest, _ packet: Span<UInt8>) -> Bool {
        guard request.sender.count == remote.fragment.utf8.count else { return false }
        return zip(request.sender, remote.fragment.utf8).allSatisfy { packet[$0] == $1 }
    }

    /// The newest nomination counts: a peer sends where it nominates, and says so when it goes elsewhere. One that nominates every
    /// pair (RFC 5245 §8.1.1.2) is sent to where its media comes from, which is one of them.
    private mutating func note(_ request: STUNRequest, _ source: SocketAddress, at now: MonotonicTime) {
        if let known = pairs.firstIndex(where: { $0.source == source }) {
            pairs[known].heardAt = now
        } else {
            makeRoom()
            pairs.append(Pair(source: source, heardAt: now))
        }
        if request.nominates { chosen = source }
    }

    /// The one that was silent for longest goes, but never the one that is used.
    private mutating func makeRoom() {
        guard pairs.count >= RelayLimits.pairsPerLeg else { return }
        let unused = pairs.indices.filter { pairs[$0].source != chosen }
        guard let oldest = unused.min(by: { pairs[$0].heardAt < pairs[$1].heardAt }) else { return }
        pairs.remove(at: oldest)
    }
}
