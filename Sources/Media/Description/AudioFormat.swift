// SPDX-License-Identifier: Apache-2.0

/// The codecs that pass through. Packets are relayed as they are, so that a codec is only a name here; the list is
/// closed so that no text of a stranger reaches another phone. So an offer of others alone is refused, though a relay could
/// pass them: nobody would know what the packets are.
enum Codec: String, CaseIterable {
    case pcmu = "PCMU"
    case pcma = "PCMA"
    case g722 = "G722"
    case opus = "OPUS"
    case telephoneEvent = "TELEPHONE-EVENT"

    /// Its name as it is usually written in `a=rtpmap`.
    var spelling: StaticString {
        switch self {
        case .pcmu: "PCMU"
        case .pcma: "PCMA"
        case .g722: "G722"
        case .opus: "opus"
        case .telephoneEvent: "telephone-event"
        }
    }

    /// The payload type that is this codec without `a=rtpmap` (RFC 3551 §6).
    var staticPayloadType: UInt8? {
        switch self {
        case .pcmu: 0
        case .pcma: 8
        case .g722: 9
        case .opus, .telephoneEvent: nil
        }
    }

    /// RFC 3551 §4.5 (G.722 says 8000 by mistake), RFC 7587 §4.1 and RFC 4733 §2.5.1.1 (the rate of the audio).
    func allows(clockRate: UInt32, channels: UInt8) -> Bool {
        switch self {
        case .pcmu, .pcma, .g722: clockRate == 8_000 && channels == 1
        case .opus: clockRate == 48_000 && channels == 2
        case .telephoneEvent: [8_000, 16_000, 32_000, 48_000].contains(clockRate) && channels == 1
        }
    }
}

/// One way to say audio, or DTMF, in RTP packets of one payload type.
///
/// A value that exists is on the allow-list: PCMU, PCMA, G722, opus and telephone-event.
public struct AudioFormat: Hashable, Sendable {
    /// 0…127. Relayed packets keep theirs, so both legs agree on it.
    public let payloadType: UInt8
    let codec: Codec
    /// Ticks of the RTP timestamp in a second.
    public let clockRate: UInt32
    public let channels: UInt8
    /// What `a=fmtp` says about it, rewritten from an allow-list; see ``init(payloadType:name:clockRate:channels:parameters:)``.
    public let parameters: String?

    /// The codec in upper case, such as `OPUS`.
    public var name: String { codec.rawValue }

    /// Whether it carries keys pressed instead of sound.
    public var isTelephoneEvent: Bool { codec == .telephoneEvent }

    /// - Parameters:
    ///   - name: In any case.
    ///   - parameters: The text of `a=fmtp`. Of opus the parameters of RFC 7587 §6.1 with a number are kept, of
    ///     telephone-event a list of events; everything else is left out.
    /// - Returns: `nil` for a format that does not pass through, and for a static payload type (RFC 3551 §6) that is
    ///   said to be something else.
    public init?(payloadType: UInt8, name: String, clockRate: UInt32, channels: UInt8 = 1, parameters: String? = nil) {
        guard payloadType < 128, let codec = Codec(rawValue: name.uppercased()),
            codec.allows(clockRate: clockRate, channels: channels)
        else { return nil }
        // 0…34 are assigned, and 64…95 look like RTCP where the marker is set (RFC 5761 §4).
        guard payloadType == codec.staticPayloadType || (35..<64).contains(payloadType) || payloadType > 95 else {
            return nil
        }
        self.payloadType = payloadType
        self.codec = codec
        self.clockRate = clockRate
        self.channels = channels
        self.parameters = parameters.flatMap { FormatParameters.allowed($0, of: codec) }
    }

    /// The format that a payload type is without `a=rtpmap`, or `nil`.
    init?(staticPayloadType: UInt8) {
        guard let codec = Codec.allCases.first(where: { $0.staticPayloadType == staticPayloadType }) else { return nil }
        self.init(payloadType: staticPayloadType, name: codec.rawValue, clockRate: 8_000)
    }

    /// The same codec at the same payload type, whatever its parameters.
    public func isSameEncoding(as other: AudioFormat) -> Bool {
        payloadType == other.payloadType && codec == other.codec && clockRate == other.clockRate
    }

    /// The same codec, whatever its payload type.
    func isSameCodec(as other: AudioFormat) -> Bool { codec == other.codec && clockRate == other.clockRate }

    func with(parameters: String?) -> AudioFormat {
        AudioFormat(self, parameters: parameters.flatMap { FormatParameters.allowed($0, of: codec) })
    }

    private init(_ format: AudioFormat, parameters: String?) {
        payloadType = format.payloadType
        codec = format.codec
        clockRate = format.clockRate
        channels = format.channels
        self.parameters = parameters
    }
}

extension [AudioFormat] {
    /// Whether somebody can be heard in one of these; keys pressed are no sound.
    public var holdsVoice: Bool { contains { !$0.isTelephoneEvent } }
}
