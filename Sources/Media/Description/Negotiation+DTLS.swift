// SPDX-License-Identifier: Apache-2.0

// Keys over the media path (RFC 5763): what is said about them, and what that means.
extension Negotiation {
    /// With whom keys are agreed on over the media path.
    struct Association: Sendable {
        /// Of the certificate that the phone will show.
        let peer: DTLSFingerprint
        /// Whether we begin.
        let isClient: Bool
        /// What the phone said for ICE; `nil` where it has none.
        let ice: ICEDescription?
    }

    /// Whether the keys are agreed on over the media path, so that only the relay will know them.
    public var isOverMediaPath: Bool { association != nil }

    /// What our offer says, if it is one of DTLS: that the part is for the phone to choose (RFC 5763 §5). Once agreed on, the
    /// association goes on whatever the offer is for, and so does what ICE goes by.
    mutating func dtlsToOffer(using generator: inout some RandomNumberGenerator) -> LocalDTLS? {
        guard let identity, protection == .srtp, wasDTLSOffered else { return nil }
        let hasICE = association.map { $0.ice != nil } ?? (firstOffer == .dtlsWithICE)
        if hasICE, ice == nil { ice = ICECredentials(using: &generator) }
        return LocalDTLS(fingerprint: identity.fingerprint, setup: .actpass, ice: hasICE ? ice : nil)
    }

    /// Whether the answer that comes is one to an offer of DTLS.
    var wasDTLSOffered: Bool { association != nil || (firstOffer != .keys && !isAgreed) }

    /// What an answer makes of our offer: the phone has taken a part.
    func association(answeredBy answer: AudioDescription) -> Association? {
        guard let dtls = answer.dtls else { return nil }
        let checks = ice == nil ? nil : answer.ice?.ofChecks
        switch dtls.setup {
        case .active: return Association(peer: dtls.fingerprint, isClient: false, ice: checks)
        case .passive: return Association(peer: dtls.fingerprint, isClient: true, ice: checks)
        case .actpass: return nil
        }
    }

    /// What we make of an offer. Who leaves the choice to us has to begin: so nothing of ours goes to a place that only a
    /// description names, a phone behind a router is reached, and the suite is of our choice. An association that runs goes on in its
    /// parts (RFC 8842 §5.5): some phones offer anew, with `actpass`, as soon as they have answered.
    func association(offeredBy offer: AudioDescription) -> Association? {
        guard identity != nil, let dtls = offer.dtls else { return nil }
        let isClient =
            switch dtls.setup {
            case .active: false
            case .passive: true
            case .actpass: association.map { $0.peer == dtls.fingerprint && $0.isClient } ?? false
            }
        return Association(peer: dtls.fingerprint, isClient: isClient, ice: offer.ice?.ofChecks)
    }

    /// New credentials for a side that has new ones (RFC 8445 §9).
    mutating func renewICE(for remote: ICEDescription?, using generator: inout some RandomNumberGenerator) {
        guard let remote = remote?.ofChecks else {
            ice = nil
            return
        }
        if ice == nil || association?.ice != remote { ice = ICECredentials(using: &generator) }
    }

    var dtlsToAnswer: LocalDTLS? {
        guard let identity, let association else { return nil }
        return LocalDTLS(
            fingerprint: identity.fingerprint,
            setup: association.isClient ? .active : .passive,
            ice: association.ice == nil ? nil : ice
        )
    }
}

extension ICEDescription {
    /// `nil` for a side that sends no checks either: two of those never meet, so that both go without (RFC 8445 §6.1.1).
    fileprivate var ofChecks: ICEDescription? { isLite ? nil : self }
}
