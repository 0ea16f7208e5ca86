// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a type looks like as JSON, found out by having it decoded from nothing: each field that it asks for is one that it has.
final class Shape {
    enum Kind {
        case unknown
        case string
        case words([String])
        case integer
        case number
        case truth
        case list(Shape)
        case object
    }

    var kind = Kind.unknown
    /// In the order in which they were asked for.
    var fields: [(name: String, shape: Shape, isRequired: Bool)] = []

    func field(_ name: String, isRequired: Bool) -> Shape {
        kind = .object
        if let known = fields.first(where: { $0.name == name }) { return known.shape }
        let shape = Shape()
        fields.append((name, shape, isRequired))
        return shape
    }

    /// JSON Schema (2020-12).
    var schema: [String: Any] {
        switch kind {
        case .unknown: return [:]
        case .string: return ["type": "string"]
        case .words(let words): return ["type": "string", "enum": words]
        case .integer: return ["type": "integer"]
        case .number: return ["type": "number"]
        case .truth: return ["type": "boolean"]
        case .list(let item): return ["type": "array", "items": item.schema]
        case .object:
            var schema: [String: Any] = ["type": "object"]
            if !fields.isEmpty {
                schema["properties"] = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.shape.schema) })
            }
            let required = fields.filter(\.isRequired).map(\.name).sorted()
            if !required.isEmpty { schema["required"] = required }
            return schema
        }
    }
}

/// Decodes anything from nothing, and notes what was asked for.
struct SchemaProbe {
    struct Failed: Error {}

    /// Texts that types of ours are written as: the first that a type takes is its sample.
    private static let samples = [
        "a", "101", "1", "2026-11-30T00:00:00.000Z", "192.0.2.10", "10.0.0.0/16", "192.0.2.10:5061", "example.com",
        "tls 192.0.2.10:5061 clients=none", "192.0.2.10:40000-40001", "https://a.example", "00112233445566aa",
        "+4930123456",
        "DE", "EUR", "0.10", "1/1", "main", "owner", "sip-passwords", "2026-11-30", "112", "08:00", "mo-fr 08:00-18:00",
        "mo-fr 08:00-18:00 Europe/Berlin", "Europe/Berlin", "md5", "tls", "00112233445566778899aabbccddeeff",
        "extension 101", "office@example.com",
    ]

    /// Types that stay unknown, for whoever runs this.
    final class Notes {
        var unknown: Set<String> = []
        fileprivate var known: [ObjectIdentifier: (shape: Shape, value: Any?)] = [:]
    }

    static func shape<Value: Decodable>(of type: Value.Type, _ notes: Notes) -> Shape {
        let shape = Shape()
        _ = try? value(of: type, shape, depth: 0, notes)
        return shape
    }

    static func value<Value: Decodable>(
        of type: Value.Type,
        _ shape: Shape,
        depth: Int,
        _ notes: Notes
    ) throws -> Value {
        guard depth < 12 else { throw Failed() }
        if let first = words(of: type, shape) { return first }
        if let known = notes.known[ObjectIdentifier(type)] {
            (shape.kind, shape.fields) = (known.shape.kind, known.shape.fields)
            guard let value = known.value as? Value else { throw Failed() }
            return value
        }
        for sample in samples {
            let tried = Shape()
            let value = try? Value(from: ProbeDecoder(tried, sample, depth, notes))
            (shape.kind, shape.fields) = (tried.kind, tried.fields)
            if let value {
                notes.known[ObjectIdentifier(type)] = (tried, value)
                return value
            }
            // Another text is of use only to a type that is written as one.
            if case .string = tried.kind { continue }
            break
        }
        notes.known[ObjectIdentifier(type)] = (shape, nil)
        notes.unknown.insert("\(type)")
        throw Failed()
    }

    /// The words of an enumeration.
    private static func words<Value: Decodable>(of type: Value.Type, _ shape: Shape) -> Value? {
        guard let listed = type as? any CaseIterable.Type else { return nil }
        let cases = all(listed)
        guard let first = cases.first as? Value else { return nil }
        let words = cases.compactMap { one in (one as? any Encodable).flatMap { word($0) } }
        guard words.count == cases.count else { return nil }
        shape.kind = .words(words)
        return first
    }

    private static func all<Value: CaseIterable>(_ type: Value.Type) -> [Any] { Array(type.allCases) }

    private static func word(_ value: some Encodable) -> String? {
        guard let data = try? JSONEncoder().encode(value) else { return nil }
        return try? JSONDecoder().decode(String.self, from: data)
    }
}

private struct ProbeDecoder: Decoder {
    let shape: Shape
    let sample: String
    let depth: Int
    let notes: SchemaProbe.Notes
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    init(_ shape: Shape, _ sample: String, _ depth: Int, _ notes: SchemaProbe.Notes) {
        (self.shape, self.sample, self.depth, self.notes) = (shape, sample, depth, notes)
    }

    func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedDecodingContainer<Key> {
        shape.kind = .object
        return KeyedDecodingContainer(Keyed<Key>(decoder: self))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        let item = Shape()
        shape.kind = .list(item)
        return Unkeyed(decoder: self, item: item)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { Single(decoder: self) }

    fileprivate func probe<Value: Decodable>(_ type: Value.Type, _ shape: Shape) throws -> Value {
        switch type {
        case is String.Type: shape.kind = .string
        case is Bool.Type: shape.kind = .truth
        case is Double.Type, is Float.Type: shape.kind = .number
        case is any FixedWidthInteger.Type: shape.kind = .integer
        default: return try SchemaProbe.value(of: type, shape, depth: depth + 1, notes)
        }
        if let text = sample as? Value { return text }
        if let truth = false as? Value { return truth }
        let json = Data(
            (type is any FixedWidthInteger.Type || type is Double.Type || type is Float.Type ? "[1]" : "[]").utf8
        )
        guard let one = try JSONDecoder().decode([Value].self, from: json).first else { throw SchemaProbe.Failed() }
        return one
    }

    struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let decoder: ProbeDecoder
        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { [] }

        func contains(_: Key) -> Bool { true }
        func decodeNil(forKey _: Key) -> Bool { false }
        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try decoder.probe(type, decoder.shape.field(key.stringValue, isRequired: true))
        }
        func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
            try? decoder.probe(type, decoder.shape.field(key.stringValue, isRequired: false))
        }
        func decodeIfPresent(_ type: String.Type, forKey key: Key) -> String? { optional(type, key) }
        func decodeIfPresent(_ type: Bool.Type, forKey key: Key) -> Bool? { optional(type, key) }
        func decodeIfPresent(_ type: Double.Type, forKey key: Key) -> Double? { optional(type, key) }
        func decodeIfPresent(_ type: Int.Type, forKey key: Key) -> Int? { optional(type, key) }
        func decodeIfPresent(_ type: Int64.Type, forKey key: Key) -> Int64? { optional(type, key) }
        func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) -> UInt8? { optional(type, key) }
        func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) -> UInt16? { optional(type, key) }
        func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) -> UInt32? { optional(type, key) }
        func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) -> UInt64? { optional(type, key) }

        private func optional<Value: Decodable>(_ type: Value.Type, _ key: Key) -> Value? {
            try? decoder.probe(type, decoder.shape.field(key.stringValue, isRequired: false))
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy _: Nested.Type,
            forKey key: Key
        ) -> KeyedDecodingContainer<Nested> {
            nested(key).container(keyedBy: Nested.self)
        }
        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer { nested(key).unkeyedContainer() }
        func superDecoder() -> any Decoder { decoder }
        func superDecoder(forKey key: Key) -> any Decoder { nested(key) }

        private func nested(_ key: Key) -> ProbeDecoder {
            let shape = decoder.shape.field(key.stringValue, isRequired: true)
            return ProbeDecoder(shape, decoder.sample, decoder.depth + 1, decoder.notes)
        }
    }

    struct Unkeyed: UnkeyedDecodingContainer {
        let decoder: ProbeDecoder
        let item: Shape
        var codingPath: [any CodingKey] { [] }
        var count: Int? { 1 }
        var isAtEnd: Bool { currentIndex > 0 }
        var currentIndex = 0

        mutating func decodeNil() -> Bool { false }
        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            currentIndex += 1
            return try decoder.probe(type, item)
        }
        mutating func nestedContainer<Nested: CodingKey>(keyedBy _: Nested.Type) -> KeyedDecodingContainer<Nested> {
            next().container(keyedBy: Nested.self)
        }
        mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer { next().unkeyedContainer() }
        mutating func superDecoder() -> any Decoder { next() }

        private mutating func next() -> ProbeDecoder {
            currentIndex += 1
            return ProbeDecoder(item, decoder.sample, decoder.depth + 1, decoder.notes)
        }
    }

    struct Single: SingleValueDecodingContainer {
        let decoder: ProbeDecoder
        var codingPath: [any CodingKey] { [] }

        func decodeNil() -> Bool { false }
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.probe(type, decoder.shape) }
    }
}
