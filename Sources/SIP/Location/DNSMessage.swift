// SPDX-License-Identifier: Apache-2.0

import Primitives

/// The answer of a name server (RFC 1035 §4): its records, as far as ``DNSRecord`` has a value for them.
///
/// Written by strangers: no length or pointer in it is believed before it was compared with what there is. A name that holds
/// anything but letters, digits, hyphens and underscores is nobody's, and its record is passed over.
public struct DNSMessage: Sendable {
    /// Whether the name exists (RFC 1035 §4.1.1, RCODE 3 says that it does not).
    public let exists: Bool
    /// Whether it was cut short.
    public let isTruncated: Bool
    /// The answer section, at most ``Limits/dnsRecords``.
    public let answers: [DNSRecord]

    /// - Returns: `nil` for what is no answer, or one that says that the server could not do its work.
    public init?(parsing bytes: Span<UInt8>) {
        guard bytes.count >= 12, bytes.count <= Limits.dnsBytes else { return nil }
        let (flags, questions, records) = (bytes.word16(2), bytes.word16(4), bytes.word16(6))
        guard let flags, let questions, let records, flags & 0x8000 != 0 else { return nil }
        switch flags & 15 {
        case 0: exists = true
        case 3: exists = false
        default: return nil
        }
        isTruncated = flags & 0x0200 != 0
        var reader = Reader(offset: 12)
        for _ in 0..<questions {
            guard reader.skipName(bytes), reader.skip(4, in: bytes) else { return nil }
        }
        var answers: [DNSRecord] = []
        for _ in 0..<min(Int(records), Limits.dnsRecords) {
            guard let step = reader.record(bytes) else { break }
            if let record = step.record { answers.append(record) }
        }
        self.answers = answers
    }

    /// The values that belong to a name, by way of its aliases, each of which is followed once.
    public func values(of name: String) -> [DNSRecord.Value] {
        var (owner, seen): (String, Set<String>) = (name.lowercased(), [])
        while seen.insert(owner).inserted {
            let own = answers.filter { $0.owner == owner }.map(\.value)
            guard case .alias(let next)? = own.first(where: { if case .alias = $0 { true } else { false } }) else {
                return own
            }
            owner = next
        }
        return []
    }
}

/// Reads records one after the other.
private struct Reader {
    var offset: Int

    mutating func skip(_ count: Int, in bytes: Span<UInt8>) -> Bool {
        guard count <= bytes.count - offset else { return false }
        offset += count
        return true
    }

    mutating func skipName(_ bytes: Span<UInt8>) -> Bool {
        guard let end = bytes.nameEnd(from: offset) else { return false }
        offset = end
        return true
    }

    /// The next record; its value is `nil` when there is none for it here.
    mutating func record(_ bytes: Span<UInt8>) -> (record: DNSRecord?, Void)? {
        let start = offset
        guard skipName(bytes), let type = bytes.word16(offset), let form = bytes.word16(offset + 2),
            let length = bytes.word16(offset + 8), skip(10, in: bytes)
        else { return nil }
        let place = offset
        guard skip(Int(length), in: bytes) else { return nil }
        // Class IN (RFC 1035 §3.2.4).
        guard form == 1, let owner = bytes.name(from: start), let value = bytes.value(type, place..<offset) else {
            return (nil, ())
        }
        return (DNSRecord(owner: owner, value: value), ())
    }
}

extension Span<UInt8> {
    fileprivate func word16(_ offset: Int) -> UInt16? {
        guard offset >= 0, offset + 2 <= count else { return nil }
        return UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
    }

    /// Where a name ends that stands in a message (RFC 1035 §4.1.4): behind its root or its first pointer.
    fileprivate func nameEnd(from start: Int) -> Int? {
        var offset = start
        while offset < count {
            let length = Int(self[offset])
            switch length {
            case 0: return offset + 1
            case 192...: return offset + 2 <= count ? offset + 2 : nil
            case 1...63: offset += 1 + length
            default: return nil
            }
        }
        return nil
    }

    /// The name that begins there, in lower case, empty for the root. Pointers lead backwards only, so there is an end.
    fileprivate func name(from start: Int) -> String? {
        var (text, offset, before): ([UInt8], Int, Int) = ([], start, start)
        while offset < count {
            let length = Int(self[offset])
            switch length {
            case 0: return String(decoding: text, as: UTF8.self)
            case 192...:
                guard let pointer = word16(offset), Int(pointer & 0x3FFF) < before else { return nil }
                offset = Int(pointer & 0x3FFF)
                before = offset
            case 1...63:
                guard length < count - offset, text.count + length + 1 <= 254 else { return nil }
                if !text.isEmpty { text.append(UInt8(ascii: ".")) }
                for index in offset + 1...offset + length {
                    guard let letter = Self.hostLetter(self[index]) else { return nil }
                    text.append(letter)
                }
                offset += 1 + length
            default: return nil
            }
        }
        return nil
    }

    private static func hostLetter(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            byte
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        default: nil
        }
    }

    fileprivate func value(_ type: UInt16, _ place: Range<Int>) -> DNSRecord.Value? {
        // CNAME (RFC 1035 §3.3.1).
        if type == 5 { return name(from: place.lowerBound).map(DNSRecord.Value.alias) }
        switch DNSRecord.Kind(rawValue: type) {
        case .a?: return place.count == 4 ? .address(IPAddress(v4: UInt32(networkWord(place)))) : nil
        case .aaaa?:
            guard place.count == 16 else { return nil }
            let (high, low) = (place.lowerBound..<place.lowerBound + 8, place.lowerBound + 8..<place.upperBound)
            return .address(IPAddress(high: networkWord(high), low: networkWord(low)))
        case .srv?: return service(place).map(DNSRecord.Value.service)
        case .naptr?: return pointer(place).map(DNSRecord.Value.pointer)
        case nil: return nil
        }
    }

    /// Up to eight bytes in network order.
    private func networkWord(_ place: Range<Int>) -> UInt64 {
        place.reduce(0) { $0 << 8 | UInt64(self[$1]) }
    }

    private func service(_ place: Range<Int>) -> DNSRecord.Service? {
        let start = place.lowerBound
        guard place.count >= 7, let priority = word16(start), let weight = word16(start + 2),
            let port = word16(start + 4), nameEnd(from: start + 6) == place.upperBound,
            let target = name(from: start + 6)
        else { return nil }
        return DNSRecord.Service(priority: priority, weight: weight, port: port, target: target)
    }

    private func pointer(_ place: Range<Int>) -> DNSRecord.Pointer? {
        guard let order = word16(place.lowerBound), let preference = word16(place.lowerBound + 2) else { return nil }
        var offset = place.lowerBound + 4
        guard let flags = string(&offset, place.upperBound), let service = string(&offset, place.upperBound),
            string(&offset, place.upperBound) != nil, nameEnd(from: offset) == place.upperBound,
            let replacement = name(from: offset)
        else { return nil }
        return DNSRecord.Pointer(
            order: order,
            preference: preference,
            flags: flags.lowercased(),
            service: service.uppercased(),
            replacement: replacement
        )
    }

    /// A character-string (RFC 1035 §3.3).
    private func string(_ offset: inout Int, _ end: Int) -> String? {
        guard offset < end, Int(self[offset]) < end - offset else { return nil }
        let range = offset + 1..<offset + 1 + Int(self[offset])
        offset = range.upperBound
        return String(decoding: range.map { self[$0] }, as: UTF8.self)
    }
}
