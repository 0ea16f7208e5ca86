// SPDX-License-Identifier: Apache-2.0

/// Where a call waits until somebody takes it: a number that people tell each other.
public struct ParkingPlace: Hashable, Sendable {
    /// 1 to ``Limits/parkingPlaces``.
    public let number: Int

    /// What is dialled to park a call in the first place that is free.
    public static let code = "*68"

    public init?(_ number: Int) {
        guard (1...Limits.parkingPlaces).contains(number) else { return nil }
        self.number = number
    }

    /// `*683`: what is dialled to take the call that waits there.
    public var text: String { Self.code + String(number) }

    /// Reads ``text``.
    public init?(dialled: some StringProtocol) {
        guard dialled.utf8.count <= Self.code.utf8.count + 2, dialled.hasPrefix(Self.code) else { return nil }
        let digits = dialled.utf8.dropFirst(Self.code.utf8.count)
        guard digits.first != UInt8(ascii: "0"), let value = DecimalDigits.value(of: digits) else { return nil }
        self.init(Int(value))
    }
}

extension ParkingPlace: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

extension ParkingPlace: CustomStringConvertible {
    public var description: String { text }
}

extension ParkingPlace: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a place is written *683", Self.init(dialled:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}

/// How calls are parked.
public struct ParkingSettings: Hashable, Sendable {
    /// Who may take a parked call. The raw value is what an operator types.
    public enum Reach: String, CaseIterable, Codable, Hashable, Sendable {
        /// Every phone of the business.
        case everybody
        /// The phones of the pick-up group of whoever parked it, and of that extension itself.
        case group
    }

    /// How many calls can be parked at a time: none to ``Limits/parkingPlaces``.
    public let places: Int
    /// How long a call is parked before it rings where it was parked, in ``Limits/parkingSeconds``.
    public let seconds: Int
    public let reach: Reach

    /// Nine places, so that each is one digit, and two minutes.
    public static let usual = Self(unchecked: 9, 120, .everybody)

    private init(unchecked places: Int, _ seconds: Int, _ reach: Reach) {
        (self.places, self.seconds, self.reach) = (places, seconds, reach)
    }

    /// - Returns: `nil` for more places, or another time, than there can be.
    public init?(places: Int, seconds: Int, reach: Reach) {
        guard (0...Limits.parkingPlaces).contains(places), Limits.parkingSeconds.contains(seconds) else { return nil }
        self.init(unchecked: places, seconds, reach)
    }

    /// Whether there is such a place.
    public func has(_ place: ParkingPlace) -> Bool { place.number <= places }

    /// In the order in which they are taken.
    public var all: [ParkingPlace] { places == 0 ? [] : (1...places).compactMap { ParkingPlace($0) } }
}

extension ParkingSettings: Codable {
    private enum CodingKeys: String, CodingKey { case places, seconds, reach }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let settings = Self(
            places: try container.decode(Int.self, forKey: .places),
            seconds: try container.decode(Int.self, forKey: .seconds),
            reach: try container.decode(Reach.self, forKey: .reach)
        )
        guard let settings else {
            throw DecodingError.dataCorruptedError(
                forKey: .places,
                in: container,
                debugDescription: "more places than there can be, or a time that nobody waits"
            )
        }
        self = settings
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(places, forKey: .places)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(reach, forKey: .reach)
    }
}
