// SPDX-License-Identifier: Apache-2.0

/// What a business wants of the control `call-limits`. Emergency calls are never limited.
public struct CallLimitSettings: Hashable, Sendable {
    /// How much one extension or one trunk may do.
    public struct Limit: Hashable, Sendable, Codable {
        /// Outside calls at a time, ringing ones included.
        public let simultaneous: Int
        /// Calls begun within a second and within a minute.
        public let perSecond: Int
        public let perMinute: Int

        /// - Returns: `nil` unless 1 ≤ `simultaneous` ≤ ``Limits/simultaneousCalls`` and
        ///   1 ≤ `perSecond` ≤ `perMinute` ≤ ``Limits/callsPerMinute``.
        public init?(simultaneous: Int, perSecond: Int, perMinute: Int) {
            guard (1...Limits.simultaneousCalls).contains(simultaneous), perSecond >= 1, perSecond <= perMinute,
                perMinute <= Limits.callsPerMinute
            else { return nil }
            self.init(simultaneous, perSecond, perMinute)
        }

        private init(_ simultaneous: Int, _ perSecond: Int, _ perMinute: Int) {
            (self.simultaneous, self.perSecond, self.perMinute) = (simultaneous, perSecond, perMinute)
        }

        /// A person: one call and one to consult or transfer, as fast as a redial key.
        public static let person = Limit(2, 2, 20)
        /// A primary rate line, which is what small providers give.
        public static let trunk = Limit(30, 10, 200)

        private enum Key: String, CodingKey { case simultaneous, perSecond, perMinute }

        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: Key.self)
            guard
                let limit = Limit(
                    simultaneous: try values.decode(Int.self, forKey: .simultaneous),
                    perSecond: try values.decode(Int.self, forKey: .perSecond),
                    perMinute: try values.decode(Int.self, forKey: .perMinute)
                )
            else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "a call limit is out of its range")
                )
            }
            self = limit
        }
    }

    /// Of every extension that has none of its own.
    public var person = Limit.person
    /// Of extensions with a limit of their own: a fax server, a conference room.
    public private(set) var own: [ExtensionNumber: Limit] = [:]
    /// Of every trunk that has none of its own.
    public var trunk = Limit.trunk
    /// Of trunks with a limit of their own, by their name.
    public private(set) var trunks: [String: Limit] = [:]
    /// Hundredths of the extensions that may be in a call abroad at a time, and how many at least.
    public private(set) var abroadPercent = 10
    public private(set) var abroadLeast = 2

    public init() {}

    /// - Returns: Whether it was taken: not more than ``Limits/namedExtensions``.
    public mutating func set(_ limit: Limit?, of number: ExtensionNumber) -> Bool {
        guard own[number] != nil || limit == nil || own.count < Limits.namedExtensions else { return false }
        own[number] = limit
        return true
    }

    /// - Returns: Whether it was taken: not more than ``Limits/namedExtensions``, names of 1 to ``Limits/nameBytes`` bytes.
    public mutating func set(_ limit: Limit?, ofTrunk name: String) -> Bool {
        guard trunks[name] != nil || limit == nil || trunks.count < Limits.namedExtensions,
            (1...Limits.nameBytes).contains(name.utf8.count)
        else { return false }
        trunks[name] = limit
        return true
    }

    /// - Returns: Whether they were taken: 1…100 and 1…``Limits/simultaneousCalls``.
    public mutating func setAbroad(percent: Int, least: Int) -> Bool {
        guard (1...100).contains(percent), (1...Limits.simultaneousCalls).contains(least) else { return false }
        (abroadPercent, abroadLeast) = (percent, least)
        return true
    }

    /// How many calls abroad the business may have at a time.
    public func abroad(ofExtensions count: Int) -> Int {
        max(abroadLeast, min(max(count, 0), Limits.patternThreshold) * abroadPercent / 100)
    }
}

extension CallLimitSettings: Codable {
    private enum Key: String, CodingKey { case person, own, trunk, trunks, abroadPercent, abroadLeast }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init()
        person = try values.decodeIfPresent(Limit.self, forKey: .person) ?? .person
        trunk = try values.decodeIfPresent(Limit.self, forKey: .trunk) ?? .trunk
        let percent = try values.decodeIfPresent(Int.self, forKey: .abroadPercent) ?? abroadPercent
        let least = try values.decodeIfPresent(Int.self, forKey: .abroadLeast) ?? abroadLeast
        var isValid = setAbroad(percent: percent, least: least)
        for (text, limit) in try values.decodeIfPresent([String: Limit].self, forKey: .own) ?? [:] {
            isValid = isValid && (ExtensionNumber(parsing: text).map { set(limit, of: $0) } ?? false)
        }
        for (name, limit) in try values.decodeIfPresent([String: Limit].self, forKey: .trunks) ?? [:] {
            isValid = isValid && set(limit, ofTrunk: name)
        }
        guard isValid else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a call limit is out of its range")
            )
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(person, forKey: .person)
        try values.encode(Dictionary(uniqueKeysWithValues: own.map { ($0.key.text, $0.value) }), forKey: .own)
        try values.encode(trunk, forKey: .trunk)
        try values.encode(trunks, forKey: .trunks)
        try values.encode(abroadPercent, forKey: .abroadPercent)
        try values.encode(abroadLeast, forKey: .abroadLeast)
    }
}
