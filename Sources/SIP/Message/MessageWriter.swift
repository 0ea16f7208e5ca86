// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Writes messages.
///
/// No byte of a value can end its line: CR, LF, NUL and every other control comes out as a space, which is also what
/// unfolds a folded value. So there is nothing to escape and nothing to forget, whoever chose the bytes.
///
/// ```swift
/// var writer = MessageWriter()
/// writer.response(200, "OK")
/// writer.copy(.via, from: request)
/// writer.field(.expires, 3_600)
/// writer.finish()
/// ```
public struct MessageWriter: Sendable {
    public private(set) var bytes: [UInt8]

    /// - Parameter capacity: Bytes for which there is room at once. The default is what a request with SDP needs.
    public init(capacity: Int = 1_024) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// The first line of a request. A byte that would end the URI is written as an escape.
    public mutating func request(_ method: Method, uri: some Sequence<UInt8>) {
        append(token: method.text)
        bytes.append(UInt8(ascii: " "))
        for byte in uri {
            if byte > 0x20, byte != 0x7F {
                bytes.append(byte)
            } else {
                append(raw: "%")
                Hex.append(byte, to: &bytes)
            }
        }
        append(raw: " SIP/2.0\r\n")
    }

    /// The first line of a response.
    ///
    /// - Parameter status: 100…699.
    public mutating func response(_ status: Int, _ reason: StaticString) {
        append(raw: "SIP/2.0 ")
        append(status)
        bytes.append(UInt8(ascii: " "))
        append(reason)
        endLine()
    }

    public mutating func field(_ name: HeaderName, _ value: String) {
        begin(name.canonical)
        append(value)
        endLine()
    }

    public mutating func field(_ name: HeaderName, _ value: some Sequence<UInt8>) {
        begin(name.canonical)
        append(value)
        endLine()
    }

    public mutating func field(_ name: HeaderName, _ value: [UInt8]) {
        begin(name.canonical)
        append(value.span, 0..<value.count)
        endLine()
    }

    public mutating func field(_ name: HeaderName, _ number: Int) {
        begin(name.canonical)
        append(number)
        endLine()
    }

    public mutating func field(named name: StaticString, _ value: some Sequence<UInt8>) {
        begin(name)
        append(value)
        endLine()
    }

    /// A field whose value is put together from parts, without making a string of them first.
    ///
    /// ```swift
    /// writer.field(.contact) { $0.append("<sip:"); $0.append(user); $0.append(">") }
    /// ```
    public mutating func field(_ name: HeaderName, _ build: (inout ValueWriter) -> Void) {
        begin(name.canonical)
        var value = ValueWriter(bytes: bytes.take())
        build(&value)
        bytes = value.bytes
        endLine()
    }

    /// Every field of that name, in order.
    public mutating func copy(_ name: HeaderName, from message: Message) {
        let span = message.bytes.span
        for field in message.fields where field.name == name {
            if name == .other {
                append(span, field.nameRange)
                append(raw: ": ")
            } else {
                begin(name.canonical)
            }
            append(span, field.value.range)
            endLine()
        }
    }

    /// Content-Type, Content-Length, the blank line and the body. Nothing may be written afterwards.
    public mutating func finish(contentType: StaticString? = nil, body: [UInt8] = []) {
        if let contentType {
            begin(HeaderName.contentType.canonical)
            append(contentType)
            endLine()
        }
        field(.contentLength, body.count)
        endLine()
        bytes.append(contentsOf: body)
    }
}

/// The value of one field while it is written. What ``MessageWriter`` promises holds here too.
public struct ValueWriter: Sendable {
    fileprivate(set) var bytes: [UInt8]

    public mutating func append(_ text: String) { bytes.appendValue(text) }
    public mutating func append(_ text: StaticString) { bytes.appendValue(text) }
    public mutating func append(_ value: [UInt8]) { bytes.appendValue(value.span, 0..<value.count) }
    public mutating func append(_ value: ArraySlice<UInt8>) { bytes.appendValue(value.span, 0..<value.count) }
    public mutating func append(_ value: some Sequence<UInt8>) { bytes.appendValue(value) }
    public mutating func append(_ number: Int) { bytes.appendDecimal(number) }
    /// Two digits, lower case.
    public mutating func append(hexadecimal byte: UInt8) { Hex.append(byte, to: &bytes) }
    /// All 16 digits, lower case.
    public mutating func append(hexadecimal word: UInt64) {
        for place in 0..<8 { Hex.append(UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * place)), to: &bytes) }
    }
    public mutating func append(_ address: IPAddress) { bytes.append(address) }
    public mutating func append(_ nonce: Nonce) { nonce.append(to: &bytes) }

    /// A range of another message.
    public mutating func append(_ range: ByteRange, of message: Message) {
        bytes.appendValue(message.bytes.span, range.range)
    }
}

extension MessageWriter {
    mutating func begin(_ name: StaticString) {
        append(raw: name)
        append(raw: ": ")
    }

    mutating func endLine() { append(raw: "\r\n") }

    mutating func append(_ text: String) { bytes.appendValue(text) }
    mutating func append(_ text: StaticString) { bytes.appendValue(text) }
    mutating func append(_ value: some Sequence<UInt8>) { bytes.appendValue(value) }
    mutating func append(_ number: Int) { bytes.appendDecimal(number) }
    mutating func append(_ address: IPAddress) { bytes.append(address) }
    mutating func append(_ span: Span<UInt8>, _ range: Range<Int>) { bytes.appendValue(span, range) }

    /// Our own text, as it is.
    private mutating func append(raw text: StaticString) { bytes.append(raw: text) }

    /// A method, of which only what a token may hold is written.
    private mutating func append(token text: String) {
        for byte in text.utf8 { bytes.append(ByteSet.token.contains(byte) ? byte : UInt8(ascii: "_")) }
    }
}
