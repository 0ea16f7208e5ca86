// SPDX-License-Identifier: Apache-2.0

extension Message {
    /// The value of the first field of this name without the white space around it; a folded value still contains its
    /// CRLF and blank.
    @inline(__always)
    public func first(_ name: HeaderName) -> ByteRange? {
        guard let index = firstIndex(name) else { return nil }
        return fields[index].value
    }

    /// How many fields there are, whatever their names.
    public var fieldCount: Int { fields.count }

    /// How many fields have this name. One field may hold several comma-separated values.
    public func count(_ name: HeaderName) -> Int {
        var count = 0
        for field in fields where field.name == name { count += 1 }
        return count
    }

    /// Hands over the value of each field of this name, in order.
    public func forEach(_ name: HeaderName, _ body: (ByteRange) -> Void) {
        guard let first = firstIndex(name) else { return }
        for field in fields[first...] where field.name == name { body(field.value) }
    }

    /// The value of the first field with this name, full or compact, in any case.
    public func first(named text: String) -> ByteRange? {
        let name = HeaderName(named: text)
        guard name == .other else { return first(name) }
        let span = bytes.span
        return fields.first { $0.name == .other && span.equals($0.nameRange, text.utf8) }?.value
    }

    /// A range as text; what is no UTF-8 becomes U+FFFD.
    public func string(_ range: ByteRange) -> String {
        bytes.span.text(clamped(range))
    }

    public func bytes(_ range: ByteRange) -> ArraySlice<UInt8> {
        bytes[clamped(range)]
    }

    /// Whether a range holds exactly this text.
    public func holds(_ range: ByteRange, _ text: String) -> Bool {
        bytes.span.equalsExactly(range.range, text)
    }

    /// Whether a range holds this text, whatever the case of its ASCII letters.
    public func holds(_ range: ByteRange, ignoringCase text: String) -> Bool {
        bytes.span.equals(range.range, text.utf8)
    }

    /// A range of another message must not trap here.
    private func clamped(_ range: ByteRange) -> Range<Int> {
        let lower = min(Int(range.lower), bytes.count)
        return lower..<max(lower, min(Int(range.upper), bytes.count))
    }
}
