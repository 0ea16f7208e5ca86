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

    /// This leg as an end of a relay, with keys or by exception without; `nil` until both sides have said what they use.
    var relayEnd: MediaEnd? {
        let end = media.end(signalling: source, prefixes: party.mediaPrefixes) {
            MediaSourceRules.decide(named: $0, signalling: source) != .never
        }
        return hasLeft ? end?.left() : end
    }

    /// What protects it; `nil` while its phone's connection is gone.
    var protection: LegProtection? { flow.map { LegProtection($0, media.audioProtection) } }
}

extension Negotiation {
    /// Whether the other phone has to hear of it: another direction, or other formats.
    func differs(from before: Negotiation) -> Bool {
        guard remote?.direction == before.remote?.direction, formats.count == before.formats.count else { return true }
        return !formats.allSatisfy { format in before.formats.contains { $0.isSameEncoding(as: format) } }
    }
}

extension Negotiation.FirstOffer {
    /// What a phone takes that is reached this way: over WebSockets there are browsers.
    init(over transport: Transport) {
        self =
            switch transport {
            case .wss: .dtlsWithICE
            case .tls, .tcp, .udp: .keys
            }
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
    /// - Parameter audio: As ``srtpSuite`` says it.
    init(_ flow: Flow, _ audio: String?) {
        self.init(
            transport: flow.transport.rawValue,
            tlsVersion: flow.tlsVersion,
            cipher: flow.cipher,
            srtpSuite: audio
        )
    }
}

extension Negotiation {
    /// What protects the audio, for the record; `nil` until that is agreed on.
    var audioProtection: String? {
        switch protection {
        case .srtp: isOverMediaPath ? LegProtection.keysOverMediaPath : suite?.rawValue
        case .plain: isAgreed ? LegProtection.readableAudio : nil
        }
    }
}
