// SPDX-License-Identifier: Apache-2.0

/// What two sides agree on.
public enum Negotiation {
    /// The offered key line to take.
    ///
    /// - Parameter suites: What we accept, best first. Our order decides, not the offer's: nobody can talk us down.
    /// - Returns: `nil` when nothing offered protects the audio; the response is 488.
    public static func protection(of offer: AudioDescription, preferring suites: [SRTPSuite]) -> CryptoAttribute? {
        guard offer.profile.isSecure else { return nil }
        for suite in suites {
            if let line = offer.crypto.first(where: { $0.key.suite == suite }) { return line }
        }
        return nil
    }

    /// The other side's key after we offered ours.
    ///
    /// - Returns: `nil` unless the answer has exactly one line, with the tag and the suite of one of ours and a key
    ///   that is none of ours: an answer that sends our own key back would reuse its key stream (RFC 4568 §5.1.3 and
    ///   RFC 3711 §9.1).
    public static func protection(answered: AudioDescription, offered: [CryptoAttribute]) -> CryptoAttribute? {
        guard answered.profile.isSecure, answered.crypto.count == 1, let line = answered.crypto.first,
            offered.contains(where: { $0.tag == line.tag && $0.key.suite == line.key.suite }),
            !offered.contains(where: { $0.key == line.key })
        else { return nil }
        return line
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
        return common.contains { !$0.isTelephoneEvent } ? common : []
    }
}
