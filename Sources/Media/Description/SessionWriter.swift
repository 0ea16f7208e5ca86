// SPDX-License-Identifier: Apache-2.0

import Primitives

/// Writes descriptions. Every byte is a number of ours, a name of a closed list or, in an answer, a validated token of
/// the very offer that is answered.
public enum SessionWriter {
    /// An offer of one audio section, `RTP/SAVP` with our keys.
    ///
    /// - Parameters:
    ///   - formats: In the order of preference; at least one.
    ///   - packetTime: Milliseconds, or `nil` to leave it to the phone.
    ///   - crypto: Our sending keys, best first, each with its own tag.
    public static func offer(
        _ local: LocalMedia,
        formats: [AudioFormat],
        packetTime: Int?,
        direction: MediaDirection,
        crypto: [CryptoAttribute],
        rtcpMux: Bool
    ) -> [UInt8] {
        var text = head(local)
        text += "m=audio \(local.port) RTP/SAVP \(list(formats))\r\n"
        text += audio(local, formats, packetTime, direction, crypto, rtcpMux: rtcpMux)
        return Array(text.utf8)
    }

    /// The answer to an offer: its audio accepted with one key, every other section refused with port 0, and the
    /// transport and kinds of sections as the offer wrote them (RFC 3264 §6).
    ///
    /// - Parameters:
    ///   - formats: What ``Negotiation/formats(offered:answered:)`` gave; without any, the audio is refused too.
    ///   - direction: Ours. It is limited here to what the offer allows (RFC 3264 §6.1).
    ///   - crypto: Our sending key with the tag of the offered line that was taken (RFC 4568 §5.1.2).
    ///   - rtcpMux: Whether we share the port; said only when the offer has it too (RFC 5761 §5.1.1).
    public static func answer(
        to offer: SessionDescription,
        _ local: LocalMedia,
        formats: [AudioFormat],
        packetTime: Int?,
        direction: MediaDirection,
        crypto: CryptoAttribute,
        rtcpMux: Bool
    ) -> [UInt8] {
        var text = head(local)
        for (index, section) in offer.sections.enumerated() {
            guard let audio = offer.audio, index == offer.audioIndex, !formats.isEmpty else {
                text += "m=\(section.kind) 0 \(section.transport) \(section.formats)\r\n"
                continue
            }
            text += "m=\(section.kind) \(local.port) \(section.transport) \(list(formats))\r\n"
            text += Self.audio(
                local,
                formats,
                packetTime,
                direction.limited(by: audio.direction.reversed),
                [crypto],
                rtcpMux: rtcpMux && audio.rtcpMux
            )
        }
        return Array(text.utf8)
    }

    private static func head(_ local: LocalMedia) -> String {
        let place = "IN \(local.address.isIPv4 ? "IP4" : "IP6") \(local.address)"
        let sessionID = local.sessionID & UInt64(Int64.max)
        return "v=0\r\no=- \(sessionID) \(local.version) \(place)\r\ns=-\r\nc=\(place)\r\nt=0 0\r\n"
    }

    private static func list(_ formats: [AudioFormat]) -> String {
        formats.map { String($0.payloadType) }.joined(separator: " ")
    }

    private static func audio(
        _ local: LocalMedia,
        _ formats: [AudioFormat],
        _ packetTime: Int?,
        _ direction: MediaDirection,
        _ crypto: [CryptoAttribute],
        rtcpMux: Bool
    ) -> String {
        var text = ""
        for format in formats {
            text += "a=rtpmap:\(format.rtpmap)\r\n"
            if let parameters = format.parameters { text += "a=fmtp:\(format.payloadType) \(parameters)\r\n" }
        }
        if let packetTime { text += "a=ptime:\(packetTime)\r\n" }
        for attribute in crypto { text += "a=crypto:\(attribute.value)\r\n" }
        if Int(local.rtcpPort) != Int(local.port) + 1 { text += "a=rtcp:\(local.rtcpPort)\r\n" }
        if rtcpMux { text += "a=rtcp-mux\r\n" }
        return text + "a=\(direction.attribute)\r\n"
    }
}
