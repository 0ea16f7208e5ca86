// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

extension LegNegotiation {
    /// Takes an answer to our offer, if it is one: audio that is on, protected by exactly one line of ours under a key that is
    /// none of ours, in at least one voice codec that was offered (RFC 3264 §6.1, RFC 4568 §5.1.3).
    ///
    /// - Parameter offered: The formats of our offer.
    /// - Returns: Whether it was; if not, nothing is changed.
    mutating func accept(_ audio: AudioDescription?, offered: [AudioFormat]) -> Bool {
        guard let audio, audio.port != 0,
            let line = Negotiation.protection(answered: audio, offered: ours)
        else { return false }
        let taken = Negotiation.taken(answered: audio.formats, offered: offered)
        guard !taken.isEmpty else { return false }
        (remote, theirs, formats) = (audio, line, taken)
        return true
    }
}

extension Leg {
    init(_ party: Party, _ flow: Flow, _ dialog: Dialog, _ media: LegNegotiation, at now: Moment) {
        self.init(
            party: party,
            flow: flow,
            isEncrypted: flow.transport.isEncrypted,
            source: flow.remote.ip,
            dialog: dialog,
            media: media,
            liveness: Liveness(heard: now.monotonic)
        )
    }

    /// What the relay has to know; `nil` until both keys are agreed on.
    var relayMedia: LegMedia? {
        guard let theirs = self.media.theirs, let ours = self.media.chosen, let remote = self.media.remote else {
            return nil
        }
        let isMuxed = remote.rtcpMux
        let ip = remote.address.flatMap { MediaSourceRules.decide(named: $0, signalling: source) == .never ? nil : $0 }
        let rtp = ip.map { SocketAddress(ip: $0, port: remote.port) }
        var media = LegMedia(
            address: rtp,
            rtcpAddress: isMuxed ? rtp : ip.map { SocketAddress(ip: $0, port: remote.rtcpPort) },
            rtcpMux: isMuxed,
            signallingAddress: source,
            receive: theirs.key,
            send: ours.key,
            sends: remote.direction == .sendReceive || remote.direction == .sendOnly,
            receives: ip != nil && (remote.direction == .sendReceive || remote.direction == .receiveOnly)
        )
        media.isGone = hasLeft
        return media
    }

    /// Whether silence on this leg means anything.
    var isExpectedToSend: Bool { relayMedia?.sends == true }
}

extension Unacknowledged {
    /// T1 and 64·T1 of RFC 3261 §17.1.1.1.
    init(_ bytes: [UInt8], sequence: UInt32, expectsAnswer: Bool, isChange: Bool = false, at now: Moment) {
        self.init(
            bytes: bytes,
            sequence: sequence,
            expectsAnswer: expectsAnswer,
            isChange: isChange,
            next: now.monotonic + .milliseconds(500),
            interval: .milliseconds(500),
            giveUp: now.monotonic + .seconds(32)
        )
    }
}

extension LegProtection {
    init(_ flow: Flow, suite: SRTPSuite?) {
        self.init(
            transport: flow.transport.rawValue,
            tlsVersion: flow.tlsVersion,
            cipher: flow.cipher,
            srtpSuite: suite?.rawValue
        )
    }
}
