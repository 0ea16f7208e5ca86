// SPDX-License-Identifier: Apache-2.0

/// What one phone and we agree on about the audio of a call. Every description of ours is made here: offers, answers, and with
/// them what is refused.
///
/// The keys travel in the description (SDES, RFC 4568), or the description says with whom they are agreed on over the media path (DTLS,
/// RFC 5763; where the phone has ICE, it is said where, too). Offers of both kinds are taken; which we make is said at the start. A plain
/// leg has no keys: it offers and answers `RTP/AVP`, and takes nothing that asks for any.
///
/// ```swift
/// var phone = Negotiation(at: local)
/// let offer = phone.offer(formats, packetTime: 20, direction: .sendReceive, using: &generator)
/// guard phone.accept(answer) else { … }                     // 488, or BYE
///
/// try phone.take(audioOfAnOffer, using: &generator)         // 488
/// let answer = phone.answer(thatOffer, formats: formats, packetTime: 20, direction: .sendReceive)
/// ```
public struct Negotiation: Sendable {
    /// Who we say we are.
    public private(set) var local: LocalMedia
    /// Whether there are keys. It never changes: no description can talk a leg out of them.
    public let protection: AudioProtection
    /// What the phone last said of its audio; `nil` before it said anything that we take.
    public private(set) var remote: AudioDescription?
    /// What both use, in the order of who answered; what we offered, while nothing is agreed on.
    public private(set) var formats: [AudioFormat] = []
    /// What we said we send with: several in an offer, one once that is answered.
    private var ours: [CryptoAttribute] = []
    private var theirs: CryptoAttribute?
    /// For DTLS; `nil` where there is none of it.
    let identity: DTLSIdentity?
    /// What our first offer is.
    public let firstOffer: FirstOffer
    var ice: ICECredentials?
    /// Instead of ``theirs``.
    var association: Association?
    /// Of our last offer.
    private var offered: [AudioFormat] = []

    /// - Parameters:
    ///   - local: The first description says a version one higher.
    ///   - protection: `plain` only where an exception stands for the provider.
    ///   - identity: For DTLS. Without one, it is neither offered nor taken.
    ///   - firstOffer: What ours is, if we make it. Without an identity, it is of keys.
    public init(
        at local: LocalMedia,
        protection: AudioProtection = .srtp,
        identity: DTLSIdentity? = nil,
        firstOffer: FirstOffer = .keys
    ) {
        (self.local, self.protection) = (local, protection)
        (self.identity, self.firstOffer) = (identity, identity == nil ? .keys : firstOffer)
    }

    /// How the audio would be protected by the first offer that we make of a leg.
    public enum FirstOffer: Sendable {
        /// By keys in the description: what most phones take.
        case keys
        /// By keys that are agreed on over the media path.
        case dtls
        /// The same with ICE, which is all that browsers take (RFC 8827 §6.5).
        case dtlsWithICE
    }

    /// Whether both have said what they use: not while we wait for the answer to our first offer.
    public var isAgreed: Bool {
        switch protection {
        case .srtp: theirs != nil || association != nil
        case .plain: remote != nil
        }
    }

    /// The suite that protects the audio; `nil` on a plain leg, while we wait for the answer to our first offer, and where it is agreed on
    /// over the media path.
    public var suite: SRTPSuite? { theirs?.key.suite }

    /// What the phone protects with, and what we do; `nil` until both are known, and where they are agreed on over the media path.
    public var keys: (receive: SRTPKey, send: SRTPKey)? {
        guard let theirs, let chosen else { return nil }
        return (theirs.key, chosen.key)
    }

    /// Our key of the line that was chosen.
    private var chosen: CryptoAttribute? {
        theirs.flatMap { line in ours.first { $0.tag == line.tag && $0.key.suite == line.key.suite } }
    }
}

// We offer.
extension Negotiation {
    /// An offer: under the keys that stand, or else with a fresh key for every suite, best first.
    ///
    /// - Parameters:
    ///   - formats: In the order of preference; at least one.
    ///   - packetTime: Milliseconds, or `nil` to leave it to the phone.
    ///   - isRepeat: Whether it says what was said before, so that the version stays (RFC 3264 §8).
    public mutating func offer(
        _ formats: [AudioFormat],
        packetTime: Int?,
        direction: MediaDirection,
        isRepeat: Bool = false,
        using generator: inout some RandomNumberGenerator
    ) -> [UInt8] {
        let dtls = dtlsToOffer(using: &generator)
        ours = dtls == nil ? keysToOffer(using: &generator) : []
        if !isRepeat { local.version += 1 }
        offered = formats
        if !isAgreed { self.formats = formats }
        return SessionWriter.offer(
            local,
            formats: formats,
            packetTime: packetTime,
            direction: direction,
            crypto: ours,
            dtls: dtls,
            rtcpMux: protection == .srtp && remote?.rtcpMux ?? true
        )
    }

    private func keysToOffer(using generator: inout some RandomNumberGenerator) -> [CryptoAttribute] {
        if let chosen { return [chosen] }
        guard ours.isEmpty, protection == .srtp else { return ours }
        return SRTPSuite.allCases.enumerated().map { index, suite in
            CryptoAttribute(tag: index + 1, key: .generate(suite, using: &generator))
        }
    }

    /// Takes an answer to our last offer, if it is one: audio that is on, protected by exactly one line of ours under a key that
    /// is none of ours, or on a plain leg `RTP/AVP`, in at least one voice codec that was offered (RFC 3264 §6.1, RFC 4568
    /// §5.1.3).
    ///
    /// - Returns: Whether it was; if not, nothing is changed.
    public mutating func accept(_ answer: SessionDescription?) -> Bool {
        guard let audio = answer?.chosen(for: protection).audio else { return false }
        var line: CryptoAttribute?
        var association: Association?
        switch protection {
        case .srtp where wasDTLSOffered:
            association = self.association(answeredBy: audio)
            guard association != nil else { return false }
        case .srtp:
            line = Self.protection(answered: audio, offered: ours)
            guard line != nil else { return false }
        // RFC 3264 §6: an answer has the transport of its offer.
        case .plain: guard audio.profile == .avp else { return false }
        }
        let taken = Self.taken(answered: audio.formats, offered: offered)
        guard !taken.isEmpty else { return false }
        (remote, theirs, formats, self.association) = (audio, line, taken, association)
        return true
    }
}

/// Why an offer cannot be taken: the response is 488.
public enum UnacceptableOffer: Error, Hashable, Sendable {
    case unprotected(ProtectionShortcoming)
    /// Only with keys, for a leg that has none: they would be readable in the description.
    case protected
    case noCodec
}

// The phone offers.
extension Negotiation {
    /// Takes an offer. The same key again keeps everything as it is; a new key of theirs brings a new one of ours.
    public mutating func take(
        _ offer: AudioDescription,
        using generator: inout some RandomNumberGenerator
    ) throws(UnacceptableOffer) {
        guard protection == .srtp else { return try takePlain(offer) }
        guard let line = Self.protection(of: offer) else { return try takeDTLS(offer, using: &generator) }
        guard offer.formats.holdsVoice else { throw .noCodec }
        let kept = theirs?.key == line.key ? chosen?.key : nil
        ours = [CryptoAttribute(tag: line.tag, key: kept ?? .generate(line.key.suite, using: &generator))]
        (theirs, remote, association) = (line, offer, nil)
        local.version += 1
    }

    private mutating func takeDTLS(
        _ offer: AudioDescription,
        using generator: inout some RandomNumberGenerator
    ) throws(UnacceptableOffer) {
        guard let taken = association(offeredBy: offer) else { throw .unprotected(offer.shortcoming) }
        guard offer.formats.holdsVoice else { throw .noCodec }
        renewICE(for: offer.ice, using: &generator)
        (ours, theirs, remote, association) = ([], nil, offer, taken)
        local.version += 1
    }

    private mutating func takePlain(_ offer: AudioDescription) throws(UnacceptableOffer) {
        guard offer.suits(.plain) else { throw .protected }
        guard offer.formats.holdsVoice else { throw .noCodec }
        remote = offer
        local.version += 1
    }

    /// The answer to the offer that was taken last. Sections beside its audio are refused.
    ///
    /// - Parameters:
    ///   - formats: Of the offer's; without any, the audio is refused too.
    ///   - direction: Ours. It is limited here to what the offer allows.
    public mutating func answer(
        _ offer: SessionDescription,
        formats: [AudioFormat],
        packetTime: Int?,
        direction: MediaDirection
    ) -> [UInt8] {
        self.formats = formats
        return SessionWriter.answer(
            to: offer.chosen(for: protection),
            local,
            formats: formats,
            packetTime: packetTime,
            direction: direction,
            crypto: chosen,
            dtls: dtlsToAnswer,
            protection: protection,
            rtcpMux: protection == .srtp
        )
    }
}

// What is agreed on.
extension Negotiation {
    /// Whether something that is offered protects the audio, one way or the other.
    public static func isProtected(_ offer: AudioDescription) -> Bool {
        protection(of: offer) != nil || offer.dtls != nil
    }

    /// The offered key line to take.
    ///
    /// - Parameter suites: What we accept, best first. Our order decides, not the offer's: nobody can talk us down.
    /// - Returns: `nil` when nothing offered protects the audio; the response is 488.
    public static func protection(
        of offer: AudioDescription,
        preferring suites: [SRTPSuite] = SRTPSuite.allCases
    ) -> CryptoAttribute? {
        guard offer.profile.isSecure else { return nil }
        for suite in suites {
            if let line = offer.crypto.first(where: { $0.key.suite == suite }) { return line }
        }
        return nil
    }

    /// The other side's key after we offered ours, under the tag of our line.
    ///
    /// Some gateways say tag 1 whatever they choose. The suite says enough where it names exactly one line of ours.
    ///
    /// - Returns: `nil` unless the answer has exactly one line, with a suite that we offered and a key that is none of ours: an
    ///   answer that sends our own key back would reuse its key stream (RFC 4568 §5.1.3 and RFC 3711 §9.1).
    public static func protection(answered: AudioDescription, offered: [CryptoAttribute]) -> CryptoAttribute? {
        guard answered.profile.isSecure, answered.crypto.count == 1, let line = answered.crypto.first,
            !offered.contains(where: { $0.key == line.key })
        else { return nil }
        let fitting = offered.filter { $0.key.suite == line.key.suite }
        guard let ours = fitting.first(where: { $0.tag == line.tag }) ?? (fitting.count == 1 ? fitting.first : nil)
        else { return nil }
        return CryptoAttribute(tag: ours.tag, key: line.key)
    }

    /// What is left of an answer to an offer of ours: the formats whose codec was offered. An answer may give a codec another
    /// payload type than the offer did (RFC 3264 §6.1 only advises against it): each side then sends what the other named.
    ///
    /// - Returns: Empty when no sound is left; telephone-event alone is none.
    public static func taken(answered: [AudioFormat], offered: [AudioFormat]) -> [AudioFormat] {
        let taken = answered.filter { answer in offered.contains { $0.isSameCodec(as: answer) } }
        return taken.holdsVoice ? taken : []
    }

    /// The formats of a call between the side that offered and the side that answered, in the answer's order and with
    /// its parameters. A format belongs to both when codec, clock rate and payload type are the same, because relayed
    /// packets keep theirs.
    ///
    /// - Returns: Empty when no sound is left; telephone-event alone is none.
    public static func formats(offered: [AudioFormat], answered: [AudioFormat]) -> [AudioFormat] {
        let common = answered.filter { answer in offered.contains { $0.isSameEncoding(as: answer) } }
        return common.holdsVoice ? common : []
    }
}
