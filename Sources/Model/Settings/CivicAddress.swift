// SPDX-License-Identifier: Apache-2.0

/// Where somebody is to be looked for: the parts of a civic address that people in need are found by (RFC 5139 §3.1).
public struct CivicAddress: Hashable, Sendable, Codable {
    /// Elements of `civicAddress` that are used here, in the order of its schema (RFC 5139 §4).
    public enum Part: String, CaseIterable, Hashable, Sendable, Codable {
        case state = "A1"
        case city = "A3"
        case street = "RD"
        case house = "HNO"
        case details = "LOC"
        case floor = "FLR"
        case name = "NAM"
        case postcode = "PC"
        case building = "BLD"
        case room = "ROOM"
    }

    public let country: Region
    private let texts: [String: String]

    /// - Returns: `nil` without a city and a street or details, and where a part is longer than ``Limits/addressBytes`` or holds what
    ///   cannot be seen.
    public init?(country: Region, _ parts: [Part: String]) {
        guard country != .international else { return nil }
        var texts: [String: String] = [:]
        for (part, text) in parts where !text.isEmpty {
            guard text.utf8.count <= Limits.addressBytes, DisplayName.parse(text) == text else { return nil }
            texts[part.rawValue] = text
        }
        guard texts[Part.city.rawValue] != nil, texts[Part.street.rawValue] ?? texts[Part.details.rawValue] != nil
        else {
            return nil
        }
        (self.country, self.texts) = (country, texts)
    }

    public subscript(part: Part) -> String? { texts[part.rawValue] }

    /// What there is of it, in the order of the schema.
    public var parts: [(part: Part, text: String)] {
        Part.allCases.compactMap { part in self[part].map { (part, $0) } }
    }

    private enum CodingKeys: String, CodingKey { case country, parts }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let texts = try container.decode([String: String].self, forKey: .parts)
        var parts: [Part: String] = [:]
        for (key, text) in texts { if let part = Part(rawValue: key) { parts[part] = text } }
        guard let address = Self(country: try container.decode(Region.self, forKey: .country), parts) else {
            throw DecodingError.dataCorruptedError(forKey: .parts, in: container, debugDescription: "no civic address")
        }
        self = address
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(country, forKey: .country)
        try container.encode(texts, forKey: .parts)
    }
}

extension CivicAddress: CustomStringConvertible {
    /// For people: `Unter den Linden 1, floor 2, room 204, 10117 Berlin, DE`.
    public var description: String {
        let street = [self[.street], self[.house]].compactMap(\.self).joined(separator: " ")
        let place = [self[.postcode], self[.city]].compactMap(\.self).joined(separator: " ")
        let words = [
            self[.name], street.isEmpty ? nil : street, self[.building].map { "building \($0)" },
            self[.floor].map { "floor \($0)" }, self[.room].map { "room \($0)" }, self[.details], place, self[.state],
            country.text,
        ]
        return words.compactMap(\.self).joined(separator: ", ")
    }
}
