// SPDX-License-Identifier: Apache-2.0

/// What the first bytes of a connection say about whom a TLS client wants to reach.
///
/// Only looks: nothing is decrypted, answered or kept, so it can be asked again when more bytes have come. Later bytes never
/// change an answer other than ``incomplete``.
///
/// Sources: RFC 8446 §4.1.2 (TLS 1.2: RFC 5246 §7.4.1.2), in records as RFC 8446 §5.1 says, server_name as RFC 6066 §3 says.
public enum ClientHello: Hashable, Sendable {
    public enum Fault: Error, Hashable, Sendable {
        /// SIP in the clear, a scanner, another version of another protocol.
        case notTLS
        /// A length that does not fit, a name that is none, two names.
        case malformed
        /// Longer than ``Limits/clientHelloBytes``.
        case tooLong
    }

    /// The end of it has not come.
    case incomplete
    /// It asks for this host: in lower case, at most 253 bytes of letters, digits, `-`, `_` and single dots.
    case named(String)
    /// It asks for nobody, as phones do that were given an address.
    case unnamed
    case refused(Fault)

    /// - Parameter bytes: All that has come since the connection began, or its first ``Limits/clientHelloBytes``.
    public static func look(at bytes: Span<UInt8>) -> Self {
        let first = bytes.extracting(0..<min(bytes.count, Limits.clientHelloBytes))
        do throws(Fault) {
            guard let message = try handshake(first) else {
                return first.count < Limits.clientHelloBytes ? .incomplete : .refused(.tooLong)
            }
            return try name(message.span).map(Self.named) ?? .unnamed
        } catch {
            return .refused(error)
        }
    }

    // MARK: Records

    /// The first handshake message, out of the records that it may be cut into: its body, without type and length.
    ///
    /// - Returns: `nil` when its end has not come.
    private static func handshake(_ bytes: Span<UInt8>) throws(Fault) -> [UInt8]? {
        var message: [UInt8] = []
        var offset = 0
        while offset < bytes.count {
            guard let length = try recordLength(bytes, at: offset) else { return nil }
            let start = offset + recordHead
            offset = start + length
            let part = bytes.extracting(start..<min(offset, bytes.count))
            unsafe part.withUnsafeBufferPointer { unsafe message.append(contentsOf: $0) }
            if let end = try messageEnd(message), message.count >= end { return Array(message[messageHead..<end]) }
        }
        return nil
    }

    private static let recordHead = 5
    private static let messageHead = 4

    /// Type (22 is handshake), version (3, minor) and length (1…2¹⁴), judged as far as they have come.
    private static func recordLength(_ bytes: Span<UInt8>, at offset: Int) throws(Fault) -> Int? {
        let count = bytes.count - offset
        guard bytes[offset] == 22, count < 2 || bytes[offset + 1] == 3 else { throw .notTLS }
        guard count >= recordHead else { return nil }
        let length = Int(bytes[offset + 3]) << 8 | Int(bytes[offset + 4])
        guard (1...1 << 14).contains(length) else { throw .malformed }
        return length
    }

    /// Type (1 is client_hello) and length, three bytes of it.
    private static func messageEnd(_ message: [UInt8]) throws(Fault) -> Int? {
        if let type = message.first, type != 1 { throw .notTLS }
        guard message.count >= messageHead else { return nil }
        let length = Int(message[1]) << 16 | Int(message[2]) << 8 | Int(message[3])
        guard recordHead + messageHead + length <= Limits.clientHelloBytes else { throw .tooLong }
        return messageHead + length
    }

    // MARK: The message

    /// Version (2), random (32), session identifier, cipher suites, compression methods, then extensions, which TLS 1.2
    /// may leave out.
    private static func name(_ body: Span<UInt8>) throws(Fault) -> String? {
        var cursor = Cursor(0..<body.count)
        _ = try cursor.take(34)
        _ = try cursor.vector(1, body)
        _ = try cursor.vector(2, body)
        _ = try cursor.vector(1, body)
        guard !cursor.isAtEnd else { return nil }
        var extensions = Cursor(try cursor.vector(2, body))
        guard cursor.isAtEnd else { throw .malformed }
        var name: String?
        while !extensions.isAtEnd {
            let isServerName = try extensions.number(2, body) == 0
            let content = try extensions.vector(2, body)
            guard isServerName else { continue }
            guard name == nil else { throw .malformed }
            name = try serverName(body, content)
        }
        return name
    }

    /// A list of names, of which one may be of each type; there is only one type: 0, host_name.
    private static func serverName(_ body: Span<UInt8>, _ content: Range<Int>) throws(Fault) -> String {
        var cursor = Cursor(content)
        var names = Cursor(try cursor.vector(2, body))
        guard cursor.isAtEnd else { throw .malformed }
        var name: String?
        while !names.isAtEnd {
            let isHost = try names.number(1, body) == 0
            let text = try names.vector(2, body)
            guard isHost else { continue }
            guard name == nil else { throw .malformed }
            name = try hostName(body.extracting(text))
        }
        guard let name else { throw .malformed }
        return name
    }

    private static func hostName(_ bytes: Span<UInt8>) throws(Fault) -> String {
        guard (1...Limits.hostNameBytes).contains(bytes.count) else { throw .malformed }
        var (name, label) = ([UInt8](), 0)
        name.reserveCapacity(bytes.count)
        for index in 0..<bytes.count {
            let byte = bytes[index]
            let isDot = byte == UInt8(ascii: ".")
            guard isDot ? label > 0 : label < Limits.hostLabelBytes else { throw .malformed }
            label = isDot ? 0 : label + 1
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): name.append(byte | 0x20)
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"), UInt8(ascii: "."):
                name.append(byte)
            default: throw .malformed
            }
        }
        guard label > 0 else { throw .malformed }
        return String(decoding: name, as: UTF8.self)
    }

    /// A part of the message that is still to be read.
    private struct Cursor {
        private var range: Range<Int>

        init(_ range: Range<Int>) { self.range = range }

        var isAtEnd: Bool { range.isEmpty }

        mutating func take(_ count: Int) throws(Fault) -> Range<Int> {
            guard count <= range.count else { throw .malformed }
            let taken = range.lowerBound..<range.lowerBound + count
            range = taken.upperBound..<range.upperBound
            return taken
        }

        /// - Parameter width: Bytes of it, 1 or 2.
        mutating func number(_ width: Int, _ bytes: Span<UInt8>) throws(Fault) -> Int {
            var number = 0
            for index in try take(width) { number = number << 8 | Int(bytes[index]) }
            return number
        }

        /// What has its length in front, in `width` bytes.
        mutating func vector(_ width: Int, _ bytes: Span<UInt8>) throws(Fault) -> Range<Int> {
            try take(number(width, bytes))
        }
    }
}
