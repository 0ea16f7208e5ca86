// SPDX-License-Identifier: Apache-2.0

/// The values of all Contact fields (RFC 3261 §20.10).
public enum ContactList: Sendable {
    /// `*`: all of them, to be removed (RFC 3261 §10.2.2). Never beside an address.
    case wildcard
    /// In order; empty when there is no Contact.
    case addresses([NameAddress])
}

/// Reads the comma-separated addresses of every field of one name, one by one, without allocating.
///
/// ```swift
/// var reader = AddressReader(.contact)
/// while let contact = try reader.next(in: message) { … }
/// ```
public struct AddressReader: Sendable {
    private let name: HeaderName
    private var field: Int?
    private var offset = 0
    private var count = 0

    public init(_ name: HeaderName) {
        self.name = name
    }

    /// The next address, or `nil` after the last one.
    ///
    /// - Throws: `.malformed` for an address that is none, an empty place between commas included; `.tooLarge` after
    ///   ``Limits/addresses``.
    public mutating func next(in message: Message) throws(ParseError) -> NameAddress? {
        guard let value = nextPlace(in: message) else { return nil }
        count += 1
        guard count <= Limits.addresses else {
            throw ParseError(.tooLarge(.address, limit: Limits.addresses), at: value.lowerBound)
        }
        offset = value.lowerBound
        let address = try NameAddress(message.bytes.span, at: &offset, to: value.upperBound)
        // On a comma: another address must follow it.
        if offset < value.upperBound { offset += 1 } else { offset = 0 }
        return address
    }

    /// What is left of the current field, or the next one.
    private mutating func nextPlace(in message: Message) -> Range<Int>? {
        if let field, offset > 0 { return offset..<message.fields[field].value.range.upperBound }
        var index = field.map { $0 + 1 } ?? message.firstIndex(name) ?? message.fields.count
        while index < message.fields.count, message.fields[index].name != name { index += 1 }
        guard index < message.fields.count else { return nil }
        field = index
        return message.fields[index].value.range
    }
}

extension Message {
    /// All contacts.
    ///
    /// - Throws: `.malformed(.address)` for a `*` beside an address, and what ``AddressReader/next(in:)`` throws.
    public func contacts() throws(ParseError) -> ContactList {
        if try isWildcardContact() { return .wildcard }
        return .addresses(try addresses(.contact))
    }

    /// The first contact, or `nil` when there is none or it is `*`. Does not allocate.
    public func firstContact() throws(ParseError) -> NameAddress? {
        if try isWildcardContact() { return nil }
        var reader = AddressReader(.contact)
        return try reader.next(in: self)
    }

    /// The route that the request still has to take, the next hop first (RFC 3261 §20.34).
    public func routes() throws(ParseError) -> [NameAddress] { try addresses(.route) }

    /// The proxies that want to stay in the dialog, the last one first (RFC 3261 §20.30).
    public func recordRoutes() throws(ParseError) -> [NameAddress] { try addresses(.recordRoute) }

    /// Every address of every field of this name.
    public func addresses(_ name: HeaderName) throws(ParseError) -> [NameAddress] {
        var addresses: [NameAddress] = []
        var reader = AddressReader(name)
        while let address = try reader.next(in: self) { addresses.append(address) }
        return addresses
    }

    /// The one address of a field such as Refer-To, Referred-By or Reply-To; `nil` when the field is not there.
    public func address(of name: HeaderName) throws(ParseError) -> NameAddress? {
        guard let value = first(name) else { return nil }
        var offset = Int(value.lower)
        let address = try NameAddress(bytes.span, at: &offset, to: Int(value.upper))
        guard offset == Int(value.upper) else { throw ParseError(.malformed(.address), at: offset) }
        return address
    }

    /// - Throws: `.missing(.from)` or `.malformed(.address)`.
    public func from() throws(ParseError) -> NameAddress {
        if let core { return core.from }
        return try required(.from)
    }

    /// - Throws: `.missing(.to)` or `.malformed(.address)`.
    public func to() throws(ParseError) -> NameAddress {
        if let core { return core.to }
        return try required(.to)
    }

    private func required(_ name: HeaderName) throws(ParseError) -> NameAddress {
        guard let address = try address(of: name) else { throw ParseError(.missing(name), at: bytes.count) }
        return address
    }

    /// Whether the contact is `*`: all of them, to be removed (RFC 3261 §10.2.2). Does not allocate.
    ///
    /// - Throws: `.malformed(.address)` for a `*` beside an address.
    public func isWildcardContact() throws(ParseError) -> Bool {
        guard let value = first(.contact), value.count == 1, bytes.span[Int(value.lower)] == UInt8(ascii: "*") else {
            return false
        }
        guard repeated & Self.bit(.contact) == 0 else { throw ParseError(.malformed(.address), at: Int(value.lower)) }
        return true
    }
}
