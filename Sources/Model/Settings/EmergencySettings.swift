// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What a business wants of the control `emergency-calls`. None of it can stop a call for help.
public struct EmergencySettings: Hashable, Sendable, Codable {
    /// Where a phone stands, and under which number those who help reach it. `nil` for what holds of all phones.
    public struct Place: Hashable, Sendable, Codable {
        public var address: CivicAddress?
        public var callback: PhoneNumber?

        public init(address: CivicAddress? = nil, callback: PhoneNumber? = nil) {
            (self.address, self.callback) = (address, callback)
        }

        public var isEmpty: Bool { address == nil && callback == nil }
    }

    /// How a provider is asked for help, and when that was last tried.
    public struct Way: Hashable, Sendable, Codable {
        /// Whether it takes the location with the call (RFC 6442).
        public var takesLocation = false
        /// A number of the provider's that answers as help would, and is none.
        public var testNumber: DigitString?
        public var lastTest: HelpTest?

        public init() {}

        public var isUsual: Bool { self == Way() }
    }

    /// For whichever phone has none of its own.
    public var usual = Place()
    public private(set) var places: [DeviceID: Place] = [:]
    public private(set) var ways: [TrunkName: Way] = [:]
    /// Who is told at once that somebody calls for help.
    public private(set) var told: [ExtensionNumber] = []

    public init() {}

    /// Where a phone stands, as far as anybody has said it.
    public func place(of phone: DeviceID) -> Place {
        let own = places[phone] ?? Place()
        return Place(address: own.address ?? usual.address, callback: own.callback ?? usual.callback)
    }

    /// What was said of that phone alone.
    public func ownPlace(of phone: DeviceID) -> Place { places[phone] ?? Place() }

    public func way(over trunk: TrunkName) -> Way { ways[trunk] ?? Way() }

    public mutating func put(_ place: Place, of phone: DeviceID) { places[phone] = place.isEmpty ? nil : place }

    public mutating func put(_ way: Way, over trunk: TrunkName) { ways[trunk] = way.isUsual ? nil : way }

    /// - Returns: Whether there are not too many.
    public mutating func tell(_ extensions: [ExtensionNumber]) -> Bool {
        guard extensions.count <= Limits.toldOfHelp else { return false }
        told = Array(Set(extensions)).sorted()
        return true
    }

    /// Without phones, trunks and extensions that are not there any more.
    public func keeping(
        phones: (DeviceID) -> Bool,
        trunks: (TrunkName) -> Bool,
        extensions: (ExtensionNumber) -> Bool
    ) -> Self {
        var kept = self
        kept.ways = ways.filter { trunks($0.key) }
        kept.places = places.filter { phones($0.key) }
        kept.told = told.filter(extensions)
        return kept
    }

    private enum CodingKeys: String, CodingKey { case usual, places, ways, told }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        usual = try container.decode(Place.self, forKey: .usual)
        for (key, place) in try container.decode([String: Place].self, forKey: .places) {
            guard let phone = DeviceID(parsing: key) else { throw Self.damaged(.places, container) }
            places[phone] = place
        }
        for (key, way) in try container.decode([String: Way].self, forKey: .ways) {
            guard let trunk = TrunkName(parsing: key) else { throw Self.damaged(.ways, container) }
            ways[trunk] = way
        }
        guard tell(try container.decode([ExtensionNumber].self, forKey: .told)) else {
            throw Self.damaged(.told, container)
        }
    }

    private static func damaged(_ key: CodingKeys, _ container: KeyedDecodingContainer<CodingKeys>) -> DecodingError {
        .dataCorruptedError(forKey: key, in: container, debugDescription: "no settings of emergency calls")
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(usual, forKey: .usual)
        try container.encode(Dictionary(uniqueKeysWithValues: places.map { ($0.key.text, $0.value) }), forKey: .places)
        try container.encode(Dictionary(uniqueKeysWithValues: ways.map { ($0.key.text, $0.value) }), forKey: .ways)
        try container.encode(told, forKey: .told)
    }
}

/// One try of the way to help over a trunk, by a number that answers in its place.
public struct HelpTest: Hashable, Sendable, Codable {
    public let at: WallTime
    public let number: DigitString
    public let passed: Bool
    /// What was seen, in words.
    public let words: String

    public init(at: WallTime, number: DigitString, passed: Bool, words: String) {
        (self.at, self.number, self.passed, self.words) = (at, number, passed, words)
    }
}
