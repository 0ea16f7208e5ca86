// SPDX-License-Identifier: Apache-2.0

extension Message {
    /// The message as those may see it who look for a fault: as long as it is, with `*` over each byte of what proves who somebody is
    /// (answers to challenges, passwords in addresses, push tokens), of what audio is encrypted with (`a=crypto`, `k=`, `a=ice-pwd`), and
    /// of what people write or press (bodies of other types). Names, addresses and what was dialled stay.
    ///
    /// As everything keeps its length, Content-Length and offsets hold.
    public func masked() -> [UInt8] {
        var mask = Mask(bytes)
        for field in fields { mask.cover(field, of: self) }
        mask.coverAddresses(before: Int(body.lower))
        mask.coverBody(of: self)
        return mask.bytes
    }
}

private struct Mask {
    private(set) var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Bodies that say how calls are and not what people say. Sessions are looked into.
    private static let readable = [
        "application/dialog-info+xml", "application/simple-message-summary",
    ]
    /// Of these the first line says how a transfer goes; what follows may be any header fields.
    private static let fragments = "message/sipfrag"
    private static let sessions = "application/sdp"
    /// Parts of names of fields that hold something secret, whoever invented them.
    private static let secretNames = ["auth", "token", "secret", "passw", "cookie", "key"]
    /// Lines of a session of which the rest is secret from there on (RFC 4568, 4566, 8839, 4567).
    private static let secretLines = ["a=crypto:", "k=", "a=ice-pwd:", "a=key-mgmt:"]
    private static let schemes = ["sip:", "sips:", "://"]
    /// What a header field of an address begins with that proves who somebody is (RFC 3261 §19.1.1).
    private static let credentials = ["authorization"]
    /// A parameter that lets somebody wake a phone (RFC 8599).
    private static let pushToken = "pn-prid="

    /// Line ends stay, so that what is masked is still a message.
    private mutating func cover(_ range: Range<Int>) {
        for offset in range.clamped(to: 0..<bytes.count) where bytes[offset] != 13 && bytes[offset] != 10 {
            bytes[offset] = UInt8(ascii: "*")
        }
    }

    // MARK: Header fields

    mutating func cover(_ field: Field, of message: Message) {
        switch field.name {
        case .authorization, .proxyAuthorization: coverCredentials(field.value.range, of: message)
        case .authenticationInfo, .subject: cover(field.value.range)
        case .other:
            let name = message.string(ByteRange(field.nameRange)).lowercased()
            if Self.secretNames.contains(where: name.contains) { cover(field.value.range) }
        default: break
        }
    }

    /// Of a digest those parameters stay that a challenge says too, or a registration.
    private mutating func coverCredentials(_ value: Range<Int>, of message: Message) {
        let span = message.bytes.span
        let schemeEnd = span.skip(.token, from: value.lowerBound, to: value.upperBound)
        guard span.equals(value.lowerBound..<schemeEnd, "digest".utf8) else { return cover(value) }
        var secret: [Range<Int>] = []
        var (reader, read) = (AuthParameterReader(from: schemeEnd, to: value.upperBound, part: .credentials), schemeEnd)
        do throws(ParseError) {
            while let parameter = try reader.next(span) {
                read = parameter.value.upperBound
                switch parameter.key {
                case .username, .realm, .nonce, .uri, .nc, .qop, .opaque, .userhash, .algorithm: break
                default: secret.append(parameter.value)
                }
            }
        } catch {
            // What cannot be read may be anything.
            secret.append(read..<value.upperBound)
        }
        for range in secret { cover(range) }
    }

    /// Passwords in addresses, credentials in their header fields, and tokens of phones that are pushed. Each byte is looked at a fixed
    /// number of times, whoever sends it.
    mutating func coverAddresses(before end: Int) {
        var start = 0
        while start < end {
            let stop = bytes[start..<end].firstIndex(where: Self.separates) ?? end
            coverAddress(start..<stop)
            start = stop + 1
        }
    }

    private static func separates(_ byte: UInt8) -> Bool {
        byte <= 32 || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "\"")
    }

    private mutating func coverAddress(_ word: Range<Int>) {
        if let start = first(Self.schemes, in: word),
            let at = bytes[start..<word.upperBound].lastIndex(of: UInt8(ascii: "@")),
            let colon = bytes[start..<at].firstIndex(of: UInt8(ascii: ":"))
        {
            cover(colon + 1..<at)
        }
        if let mark = bytes[word].firstIndex(of: UInt8(ascii: "?")),
            first(Self.credentials, in: mark..<word.upperBound) != nil
        {
            cover(mark + 1..<word.upperBound)
        }
        if let start = first([Self.pushToken], in: word) { cover(start..<word.upperBound) }
    }

    /// Where the first of some texts ends.
    private func first(_ texts: [String], in word: Range<Int>) -> Int? {
        for offset in word {
            for text in texts {
                if let end = after(text, at: offset, before: word.upperBound) { return end }
            }
        }
        return nil
    }

    private func after(_ text: String, at offset: Int, before end: Int) -> Int? {
        let upper = offset + text.utf8.count
        return upper <= end && bytes.span.equals(offset..<upper, text.utf8) ? upper : nil
    }

    // MARK: The body

    mutating func coverBody(of message: Message) {
        guard !message.body.isEmpty, !Self.readable.contains(where: message.hasBody) else { return }
        let body = message.body.range
        if message.hasBody(Self.fragments) {
            let line = bytes[body].firstIndex { $0 == 13 || $0 == 10 } ?? body.upperBound
            return cover(line..<body.upperBound)
        }
        guard let session = (try? message.content(ofType: Self.sessions))?.range else { return cover(body) }
        cover(body.lowerBound..<session.lowerBound)
        coverSession(session)
        cover(session.upperBound..<body.upperBound)
    }

    private mutating func coverSession(_ session: Range<Int>) {
        var line = session.lowerBound
        while line < session.upperBound {
            let end = bytes[line..<session.upperBound].firstIndex { $0 == 10 || $0 == 13 } ?? session.upperBound
            for prefix in Self.secretLines {
                if let start = after(prefix, at: line, before: end) { cover(keys(start..<end, prefix)) }
            }
            line = end + 1
        }
    }

    /// Which suite was offered says nothing of its key.
    private func keys(_ value: Range<Int>, _ prefix: String) -> Range<Int> {
        guard prefix == "a=crypto:" else { return value }
        var offset = value.lowerBound
        while offset < value.upperBound {
            if let start = after("inline:", at: offset, before: value.upperBound) { return start..<value.upperBound }
            offset += 1
        }
        return value
    }
}
