// SPDX-License-Identifier: Apache-2.0

import Primitives

/// Writes descriptions. Every byte is a number of ours, a name of a closed list or, in an answer, a validated token of
/// the very offer that is answered.
enum SessionWriter {
    /// An offer of one audio section: `RTP/SAVP` with our keys, `RTP/AVP` without any, or `UDP/TLS/RTP/SAVP(F)` with our fingerprint.
    /// Browsers, which are those with ICE, take only the one with F (RFC 8827 §6.5).
    ///
    /// - Parameters:
    ///   - formats: In the order of preference; at least one.
    ///   - packetTime: Milliseconds, or `nil` to leave it to the phone.
    ///   - crypto: Our sending keys, best first, each with its own tag; empty for a plain leg.
    ///   - dtls: Instead of keys.
    static func offer(
        _ local: LocalMedia,
        formats: [AudioFormat],
        packetTime: Int?,
        direction: MediaDirection,
        crypto: [CryptoAttribute],
        dtls: LocalDTLS? = nil,
        rtcpMux: Bool
    ) -> [UInt8] {
        // One section is a group, too, and some browsers want it to be.
        let name = dtls?.ice == nil ? nil : "0"
        var text = DescriptionText(of: local, at: .always)
        text.session(dtls, group: name)
        let plainOrKeyed = crypto.isEmpty ? "RTP/AVP" : "RTP/SAVP"
        let transport = dtls.map { $0.ice == nil ? "UDP/TLS/RTP/SAVP" : "UDP/TLS/RTP/SAVPF" } ?? plainOrKeyed
        text.section("audio", port: local.port, transport, formats: formats)
        text.name(name)
        text.audio(local, formats, packetTime, direction, crypto, rtcpMux: rtcpMux)
        if let dtls { text.append(dtls, local) }
        return text.bytes
    }

    /// The answer to an offer: its audio accepted with one key, every other section refused with port 0, and the
    /// transport and kinds of sections and the times as the offer wrote them (RFC 3264 §6).
    ///
    /// - Parameters:
    ///   - formats: What ``Negotiation/formats(offered:answered:)`` gave; without any, the audio is refused too.
    ///   - direction: Ours. It is limited here to what the offer allows (RFC 3264 §6.1).
    ///   - crypto: Our sending key with the tag of the offered line that was taken (RFC 4568 §5.1.2); without
    ///     one the audio is refused too, unless the leg is plain.
    ///   - dtls: Instead of a key.
    ///   - protection: Of the leg. The audio of the offer is the one ``SessionDescription/chosen(for:)`` it.
    ///   - rtcpMux: Whether we share the port; said only when the offer has it too (RFC 5761 §5.1.1).
    static func answer(
        to offer: SessionDescription,
        _ local: LocalMedia,
        formats: [AudioFormat],
        packetTime: Int?,
        direction: MediaDirection,
        crypto: CryptoAttribute?,
        dtls: LocalDTLS? = nil,
        protection: AudioProtection = .srtp,
        rtcpMux: Bool
    ) -> [UInt8] {
        var text = DescriptionText(of: local, at: offer.timing)
        let isKeyed = crypto != nil || dtls != nil
        let isProtected = protection == .plain ? !isKeyed : isKeyed
        let isTaken = offer.audio != nil && !formats.isEmpty && isProtected
        text.session(dtls, group: isTaken && offer.bundles ? offer.audio?.name : nil)
        for (index, section) in offer.sections.enumerated() {
            guard let audio = offer.audio, index == offer.audioIndex, !formats.isEmpty, isProtected else {
                text.section(section.kind, port: 0, section.transport, formats: section.formats)
                text.name(dtls == nil ? nil : section.name)
                continue
            }
            text.section(section.kind, port: local.port, section.transport, formats: formats)
            text.name(dtls == nil ? nil : audio.name)
            text.audio(
                local,
                formats,
                packetTime,
                direction.limited(by: audio.direction.reversed),
                crypto.map { [$0] } ?? [],
                rtcpMux: rtcpMux && audio.rtcpMux
            )
            if let dtls { text.append(dtls, local) }
        }
        return text.bytes
    }
}

/// A description while it is written: bytes, because every call writes two.
private struct DescriptionText {
    private(set) var bytes: [UInt8] = []

    /// With the lines before the first section.
    init(of local: LocalMedia, at timing: Timing) {
        bytes.reserveCapacity(1_024)
        let place = "IN \(local.address.isIPv4 ? "IP4" : "IP6") \(local.address)\r\n"
        append("v=0\r\no=- ")
        append(local.sessionID & UInt64(Int64.max))
        append(" ")
        append(local.version)
        append(" ")
        append(place)
        append("s=-\r\nc=")
        append(place)
        append("t=")
        append(timing.start)
        append(" ")
        append(timing.stop)
        append("\r\n")
    }

    /// What is said of DTLS and ICE before the first section: that we send no checks (RFC 8839 §5.3), and that the section has a
    /// transport to itself.
    mutating func session(_ dtls: LocalDTLS?, group: String?) {
        guard let dtls else { return }
        if let group {
            append("a=group:BUNDLE ")
            append(group)
            append("\r\n")
        }
        if dtls.ice != nil { append("a=ice-lite\r\n") }
    }

    /// A token, of ours or of the very offer that is answered.
    mutating func name(_ name: String?) {
        guard let name else { return }
        append("a=mid:")
        append(name)
        append("\r\n")
    }

    /// The first line of a section; port 0 refuses it.
    mutating func section(_ kind: String, port: UInt16, _ transport: String, formats: String) {
        open(kind, port, transport)
        append(" ")
        append(formats)
        append("\r\n")
    }

    mutating func section(_ kind: String, port: UInt16, _ transport: String, formats: [AudioFormat]) {
        open(kind, port, transport)
        for format in formats {
            append(" ")
            append(format.payloadType)
        }
        append("\r\n")
    }

    private mutating func open(_ kind: String, _ port: UInt16, _ transport: String) {
        append("m=")
        append(kind)
        append(" ")
        append(port)
        append(" ")
        append(transport)
    }

    /// What follows the first line of our section.
    mutating func audio(
        _ local: LocalMedia,
        _ formats: [AudioFormat],
        _ packetTime: Int?,
        _ direction: MediaDirection,
        _ crypto: [CryptoAttribute],
        rtcpMux: Bool
    ) {
        for format in formats { append(format) }
        if let packetTime { line("a=ptime:", packetTime) }
        for attribute in crypto { append(attribute) }
        if Int(local.rtcpPort) != Int(local.port) + 1 { line("a=rtcp:", local.rtcpPort) }
        if rtcpMux { append("a=rtcp-mux\r\n") }
        append("a=")
        append(direction.attribute)
        append("\r\n")
    }

    /// Our certificate and part, and where checks are answered: at one host candidate for each of our addresses (RFC 8839 §5.1),
    /// all of which there are.
    mutating func append(_ dtls: LocalDTLS, _ local: LocalMedia) {
        append("a=fingerprint:")
        append(dtls.fingerprint.description)
        append("\r\na=setup:")
        append(dtls.setup.rawValue)
        append("\r\n")
        guard let ice = dtls.ice else { return }
        append("a=ice-ufrag:")
        append(ice.fragment)
        append("\r\na=ice-pwd:")
        ice.password.reveal { bytes.append(contentsOf: $0.utf8) }
        append("\r\n")
        let addresses = [SocketAddress(ip: local.address, port: local.port)] + local.others
        for (index, address) in addresses.enumerated() {
            // RFC 8445 §5.1.2.1: 126 for a host, and the addresses in our order.
            let priority = 126 << 24 | (65_535 - index) << 8 | 255
            append("a=candidate:\(index + 1) 1 UDP \(priority) \(address.ip) \(address.port) typ host\r\n")
        }
        append("a=end-of-candidates\r\n")
    }

    private mutating func append(_ format: AudioFormat) {
        append("a=rtpmap:")
        append(format.payloadType)
        append(" ")
        append(format.codec.spelling)
        append("/")
        append(format.clockRate)
        if format.channels > 1 {
            append("/")
            append(format.channels)
        }
        append("\r\n")
        guard let parameters = format.parameters else { return }
        append("a=fmtp:")
        append(format.payloadType)
        append(" ")
        append(parameters)
        append("\r\n")
    }

    /// The base64 is padded: linphone reads an unpadded AES-256 key wrongly.
    ///
    /// This puts the key into bytes that leave the process: only for a message over TLS.
    private mutating func append(_ attribute: CryptoAttribute) {
        append("a=crypto:")
        append(attribute.tag)
        append(" ")
        append(attribute.key.suite.rawValue)
        append(" inline:")
        attribute.key.material.reveal { Base64.append($0, to: &bytes) }
        append("\r\n")
    }

    private mutating func line(_ name: StaticString, _ number: some BinaryInteger) {
        append(name)
        append(number)
        append("\r\n")
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(_ number: some BinaryInteger) { append(String(number)) }
}
