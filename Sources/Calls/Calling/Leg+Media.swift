// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

extension Leg {
    init(_ party: Party, _ flow: Flow, _ dialog: Dialog, _ media: Negotiation, at now: Moment) {
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
        guard let keys = self.media.keys, let remote = self.media.remote else { return nil }
        let isMuxed = remote.rtcpMux
        let ip = remote.address.flatMap { MediaSourceRules.decide(named: $0, signalling: source) == .never ? nil : $0 }
        let rtp = ip.map { SocketAddress(ip: $0, port: remote.port) }
        var media = LegMedia(
            address: rtp,
            rtcpAddress: isMuxed ? rtp : ip.map { SocketAddress(ip: $0, port: remote.rtcpPort) },
            rtcpMux: isMuxed,
            signallingAddress: source,
            receive: keys.receive,
            send: keys.send,
            sends: remote.direction.sends,
            receives: ip != nil && remote.direction.receives
        )
        media.isGone = hasLeft
        return media
    }

    /// This leg as an end of a relay, with keys or by exception without; `nil` until both sides have said what they use.
    ///
    /// - Parameter prefixes: Where the audio of its trunk comes from; empty for a phone.
    func relayEnd(from prefixes: [IPPrefix] = []) -> MediaEnd? {
        let end = media.end(signalling: source, prefixes: prefixes) {
            MediaSourceRules.decide(named: $0, signalling: source) != .never
        }
        return hasLeft ? end?.left() : end
    }

    /// Whether silence on this leg means anything.
    var isExpectedToSend: Bool { relayMedia?.sends == true }
}

extension Negotiation {
    /// Whether the other phone has to hear of it: another direction, or other formats.
    func differs(from before: Negotiation) -> Bool {
        guard remote?.direction == before.remote?.direction, formats.count == before.formats.count else { return true }
        return !formats.allSatisfy { format in before.formats.contains { $0.isSameEncoding(as: format) } }
    }
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
