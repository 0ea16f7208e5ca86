// SPDX-License-Identifier: Apache-2.0

/// Collects the lines of one media section. Attributes are read only in sections that could become the call's audio.
struct SectionParser {
    let line: MediaSection
    private(set) var connection: Connection?

    private let profile: MediaProfile
    private let takesKeys: Bool
    private let isUsable: Bool
    /// In the order of the `m=` line, none twice.
    private var payloadTypes: [UInt8] = []
    private var rtpmaps: [UInt8: AudioFormat] = [:]
    /// Payload types with an `a=rtpmap` of something that does not pass through.
    private var foreign: Set<UInt8> = []
    private var parameters: [UInt8: String] = [:]
    private var direction: MediaDirection?
    private var packetTime: Int?
    private var rtcpPort: UInt16?
    private var rtcpMux = false
    private var crypto: [CryptoAttribute] = []
    private var cryptoTags: [Int: Int] = [:]
    private var attempt = ProtectionAttempt()
    private var security = SecurityLines()
    private let takesFingerprints: Bool
    private(set) var name: String?

    /// `m=<media> <port>[/<count>] <proto> <fmt> …` (RFC 8866 §5.14).
    init(_ value: ArraySlice<UInt8>) throws(SDPError) {
        var scanner = LineScanner(value)
        let kind = scanner.word()
        var ports = LineScanner(scanner.word())
        let transport = scanner.word()
        guard kind.isToken, transport.isToken else { throw SDPError(.malformed(.media), at: value.startIndex) }
        guard let port = LineScanner.port(ports.part(before: UInt8(ascii: "/"))) else {
            throw SDPError(.malformed(.port), at: ports.offset)
        }
        guard ports.isAtEnd || LineScanner.number(ports.rest) != nil else {
            throw SDPError(.malformed(.port), at: ports.offset)
        }
        var formats: [ArraySlice<UInt8>] = []
        while case let format = scanner.word(), !format.isEmpty {
            guard formats.count < DescriptionLimits.formats else {
                throw SDPError(.tooMany(.format, limit: DescriptionLimits.formats), at: format.startIndex)
            }
            guard format.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw SDPError(.malformed(.format), at: format.startIndex)
            }
            formats.append(format)
        }
        guard !formats.isEmpty else { throw SDPError(.malformed(.media), at: scanner.offset) }
        line = MediaSection(
            kind: kind.text,
            port: port,
            transport: transport.text,
            formats: String(decoding: Array(formats.joined(separator: [UInt8(ascii: " ")])), as: UTF8.self)
        )
        profile = MediaProfile(transport)
        takesKeys = MediaProfile.takesKeys(transport)
        takesFingerprints = MediaProfile.takesFingerprints(transport)
        attempt.isDTLS = MediaProfile.isDTLS(transport)
        // Several ports in one section are for layered codecs, which no phone sends.
        isUsable = line.isAudio && profile != .other && port != 0 && ports.isAtEnd
        guard isUsable else { return }
        for format in formats {
            guard let number = LineScanner.number(format), let type = UInt8(exactly: number), type < 128 else {
                throw SDPError(.malformed(.format), at: format.startIndex)
            }
            if !payloadTypes.contains(type) { payloadTypes.append(type) }
        }
    }

    /// `c=`. Several are for layers of multicast (RFC 8866 §5.7): no host of them is the one to send to.
    mutating func connect(_ new: Connection) {
        connection = connection == nil || connection == new ? new : Connection(address: nil, isUnspecified: false)
    }

    /// - Parameter value: What stands after the colon; empty without one.
    mutating func readAttribute(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws(SDPError) {
        if name.isSame(as: "mid"), self.name == nil, value.isToken, value.count <= DescriptionLimits.sectionName {
            self.name = value.text
        }
        guard isUsable else { return }
        if name.isSame(as: "rtpmap") {
            try readMap(value)
        } else if name.isSame(as: "fmtp") {
            readParameters(value)
        } else if name.isSame(as: "crypto") {
            readCrypto(value)
        } else if security.take(name, value) {
            if name.isSame(as: "fingerprint") { attempt.isDTLS = true }
        } else if name.isSame(as: "rtcp-mux") {
            rtcpMux = true
        } else if name.isSame(as: "rtcp") {
            try readRTCP(value)
        } else if name.isSame(as: "ptime") {
            try readPacketTime(value)
        } else if let direction = MediaDirection.allCases.first(where: { name.isSame(as: $0.attribute) }) {
            self.direction = direction
        }
    }

    /// `a=rtpmap:<payload type> <name>/<clock rate>[/<channels>]` (RFC 8866 §6.6).
    private mutating func readMap(_ value: ArraySlice<UInt8>) throws(SDPError) {
        var line = LineScanner(value)
        let type = LineScanner.number(line.word()).flatMap { UInt8(exactly: $0) }
        var encoding = LineScanner(line.word())
        let name = encoding.part(before: UInt8(ascii: "/"))
        let rate = LineScanner.number(encoding.part(before: UInt8(ascii: "/"))).flatMap { UInt32(exactly: $0) }
        let channels = encoding.isAtEnd ? 1 : LineScanner.number(encoding.rest).flatMap { UInt8(exactly: $0) }
        guard let type, type < 128, name.isToken, let rate, let channels else {
            throw SDPError(.malformed(.rtpmap), at: value.startIndex)
        }
        // The first one counts: a second reading of a payload type would be one that the other side may not share.
        guard rtpmaps[type] == nil, !foreign.contains(type) else { return }
        if let format = AudioFormat(payloadType: type, name: name.text, clockRate: rate, channels: channels) {
            rtpmaps[type] = format
        } else {
            foreign.insert(type)
        }
    }

    private mutating func readParameters(_ value: ArraySlice<UInt8>) {
        var line = LineScanner(value)
        guard let type = LineScanner.number(line.word()).flatMap({ UInt8(exactly: $0) }), parameters[type] == nil else {
            return
        }
        parameters[type] = line.rest.text
    }

    /// A line that is not acceptable is skipped, but its tag stays taken: an answer that repeats it could mean either.
    private mutating func readCrypto(_ value: ArraySlice<UInt8>) {
        guard cryptoTags.values.reduce(0, +) < DescriptionLimits.cryptoLines, let tag = CryptoAttribute.tag(of: value)
        else { return }
        cryptoTags[tag, default: 0] += 1
        attempt.hasKeys = true
        if CryptoAttribute.suite(of: value) != nil { attempt.hasSuite = true }
        if takesKeys, let attribute = CryptoAttribute(parsing: value) { crypto.append(attribute) }
    }

    /// `a=rtcp:<port> [IN IP4 <address>]` (RFC 3605). RTCP goes to the address of RTP or nowhere: a third party could
    /// be named here.
    private mutating func readRTCP(_ value: ArraySlice<UInt8>) throws(SDPError) {
        var line = LineScanner(value)
        guard let port = LineScanner.port(line.word()), port != 0 else {
            throw SDPError(.malformed(.rtcp), at: value.startIndex)
        }
        rtcpPort = port
    }

    private mutating func readPacketTime(_ value: ArraySlice<UInt8>) throws(SDPError) {
        // Some phones write `20.0`: RFC 4566 §6 had no grammar for it.
        var line = LineScanner(value)
        guard let time = LineScanner.number(line.part(before: UInt8(ascii: "."))).flatMap({ UInt16(exactly: $0) })
        else {
            throw SDPError(.malformed(.ptime), at: value.startIndex)
        }
        packetTime = DescriptionLimits.packetTime.contains(Int(time)) ? Int(time) : nil
    }

    /// The section as audio, or `nil` when a call cannot use it.
    func audio(default session: SessionDefaults) -> AudioDescription? {
        guard isUsable else { return nil }
        let connection = connection ?? session.connection
        let said = direction ?? session.direction ?? .sendReceive
        var attempt = attempt
        if session.security.hasFingerprint { attempt.isDTLS = true }
        let security = security.completed(by: session.security)
        // RFC 3264 §8.4: an unspecified address is the old way to say "send me nothing". With ICE it says nothing (RFC 8839 §4.3.1).
        let isHeld = connection?.isUnspecified == true && security.ice == nil
        var audio = AudioDescription(
            address: connection?.address,
            port: line.port,
            rtcpPort: rtcpPort ?? (line.port == .max ? .max : line.port + 1),
            rtcpMux: rtcpMux,
            profile: profile,
            direction: MediaDirection(sends: said.sends, receives: said.receives && !isHeld),
            formats: payloadTypes.compactMap(format),
            packetTime: packetTime,
            crypto: crypto.filter { cryptoTags[$0.tag] == 1 },
            shortcoming: attempt.shortcoming(profile)
        )
        if takesFingerprints { audio.dtls = security.dtls }
        (audio.ice, audio.name) = (security.ice, name)
        return audio
    }

    private func format(_ type: UInt8) -> AudioFormat? {
        guard !foreign.contains(type) else { return nil }
        return (rtpmaps[type] ?? AudioFormat(staticPayloadType: type))?.with(parameters: parameters[type])
    }
}
