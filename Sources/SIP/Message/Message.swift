// SPDX-License-Identifier: Apache-2.0

/// One SIP message: its bytes, and the index of its header fields.
///
/// Fields are found once, in one pass, and their values are parsed when somebody asks. Parsing into an existing value
/// reuses its storage: after the first messages it allocates nothing.
///
/// ```swift
/// try message.parse(datagram)           // 400, 505, 513: framing and grammar of the whole
/// try message.validate()                // 400, 416: the header fields that every message needs
/// let from = try message.from()
/// ```
///
/// Source: RFC 3261 §7, §18.3, §25.
public struct Message: Sendable {
    public enum Start: Sendable {
        case request(Method)
        /// 100…699; 0 when the first line is no SIP or has no such status, which nobody answers.
        case response(status: Int)
    }

    /// The whole message. What a datagram holds after the body is cut off.
    public private(set) var bytes: [UInt8] = []
    public private(set) var start = Start.response(status: 0)
    public private(set) var requestURI = ByteRange(0..<0)
    public private(set) var reasonPhrase = ByteRange(0..<0)
    /// As long as Content-Length says; without one, what comes after the blank line (RFC 3261 §18.3).
    public private(set) var body = ByteRange(0..<0)

    private(set) var fields: [Field] = []
    /// The index in `fields` of the first field of each name; meaningless where its bit in `present` is 0.
    private var firsts = InlineArray<64, UInt8>(repeating: 0)
    /// A bit for each ``HeaderName`` that is there.
    private(set) var present: UInt64 = 0
    /// A bit for each ``HeaderName`` that is there more than once.
    private(set) var repeated: UInt64 = 0
    /// What ``validate()`` read, so that nobody reads it again.
    var core: CoreFields?

    public init() {}

    /// Parses a message into new storage.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        try parse(bytes)
    }

    /// Finds the start line, the header fields and the body.
    ///
    /// After a throw, everything that could be read stays readable, so that a 400 can be written: see ``isAnswerable``.
    ///
    /// - Parameter bytes: A datagram, or what ``StreamFramer`` cut from a stream.
    /// - Throws: The first problem, as a ``ParseError`` with its status.
    public mutating func parse(_ bytes: Span<UInt8>) throws(ParseError) {
        reset()
        guard bytes.count <= Limits.messageBytes else {
            throw ParseError(.tooLarge(.message, limit: Limits.messageBytes), at: Limits.messageBytes)
        }
        unsafe bytes.withUnsafeBufferPointer { unsafe self.bytes.append(contentsOf: $0) }
        let line = StartLine(bytes)
        take(line.kind, bytes)
        var problem = line.problem
        if let offset = line.end {
            let fault = index(bytes, from: offset)
            problem = problem ?? fault
        }
        if let problem { throw problem }
    }

    private mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        start = .response(status: 0)
        requestURI = ByteRange(0..<0)
        reasonPhrase = ByteRange(0..<0)
        body = ByteRange(0..<0)
        present = 0
        repeated = 0
        core = nil
    }

    private mutating func take(_ kind: StartLine.Kind, _ bytes: Span<UInt8>) {
        switch kind {
        case .request(let method, let uri):
            start = .request(Method(bytes, method))
            requestURI = ByteRange(uri)
        case .response(let status, let reason):
            start = .response(status: status)
            reasonPhrase = ByteRange(reason)
        case .unreadable: break
        }
    }

    /// Indexes the fields and locates the body. Goes on after a field that cannot be read.
    private mutating func index(_ bytes: Span<UInt8>, from start: Int) -> ParseError? {
        var scanner = FieldScanner(offset: start)
        var problem: ParseError?
        while true {
            switch scanner.next(bytes) {
            case .field(let field):
                guard fields.count < Limits.fields else {
                    return problem ?? ParseError(.tooLarge(.header, limit: Limits.fields), at: Int(field.nameLower))
                }
                add(field)
            case .damaged(let damage): problem = problem ?? damage
            case .unfinished: return problem ?? ParseError(.unfinishedHeader, at: bytes.count)
            case .end:
                let fault = locateBody(bytes, from: scanner.offset)
                return problem ?? fault
            }
        }
    }

    @inline(__always)
    private mutating func add(_ field: Field) {
        let bit = Self.bit(field.name)
        if present & bit == 0 {
            present |= bit
            firsts[Int(field.name.rawValue & 63)] = UInt8(truncatingIfNeeded: fields.count)
        } else {
            repeated |= bit
        }
        fields.append(field)
    }

    private mutating func locateBody(_ bytes: Span<UInt8>, from start: Int) -> ParseError? {
        body = ByteRange(start..<bytes.count)
        guard present & Self.bit(.contentLength) != 0 else { return nil }
        var length = ContentLength()
        for field in fields where field.name == .contentLength {
            if let problem = length.take(bytes, field.value.range) { return problem }
        }
        guard let count = length.value, count <= bytes.count - start else {
            return ParseError(.truncatedBody, at: bytes.count)
        }
        body = ByteRange(start..<start + count)
        self.bytes.removeLast(bytes.count - start - count)
        return nil
    }

    @inline(__always)
    static func bit(_ name: HeaderName) -> UInt64 { 1 &<< UInt64(name.rawValue) }

    /// The place of the first field of a name in `fields`.
    @inline(__always)
    func firstIndex(_ name: HeaderName) -> Int? {
        present & Self.bit(name) == 0 ? nil : Int(firsts[Int(name.rawValue & 63)])
    }
}

extension Message {
    /// The method of a request; `nil` for a response.
    public var method: Method? {
        switch start {
        case .request(let method): method
        case .response: nil
        }
    }

    /// The status of a response, 100…699, or 0 when the first line could not be read; `nil` for a request.
    public var status: Int? {
        switch start {
        case .request: nil
        case .response(let status): status
        }
    }

    /// Whether a response to this can be written: a request other than ACK with the fields that the response copies
    /// (RFC 3261 §8.2.6.2). Asked after a throw; a response and a fragment are dropped.
    public var isAnswerable: Bool {
        let copied: [HeaderName] = [.via, .from, .to, .callID, .cseq]
        return switch start {
        case .request(.ack), .response: false
        case .request: copied.allSatisfy { first($0) != nil }
        }
    }
}

/// The values that are needed on every way of a message.
struct CoreFields: Sendable {
    let via: Via
    let from: NameAddress
    let to: NameAddress
    let cseq: CSeq
    /// `nil` in a response.
    let requestURI: SIPURI?
}

/// One or more Content-Length fields, which must agree (RFC 3261 §20.14; RFC 4475 §3.3.9).
struct ContentLength {
    private(set) var value: Int?

    mutating func take(_ bytes: Span<UInt8>, _ range: Range<Int>) -> ParseError? {
        // One more than the limit stands for everything above it: it is longer than any body that can be here.
        let most = UInt32(Limits.messageBytes) + 1
        guard let length = bytes.saturatedNumber(range, maximum: most) else {
            return ParseError(.malformed(.contentLength), at: range.lowerBound)
        }
        if let value, value != Int(length) { return ParseError(.repeated(.contentLength), at: range.lowerBound) }
        value = Int(length)
        return nil
    }
}
