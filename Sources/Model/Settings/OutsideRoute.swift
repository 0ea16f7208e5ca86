// SPDX-License-Identifier: Apache-2.0

/// Which trunks some of the calls to the outside take, and in which order. A call that no route is for takes every trunk, first
/// choice first; calls for help do so in any case.
public struct OutsideRoute: Hashable, Sendable, Codable {
    /// Which of its trunks is asked first.
    public enum Order: String, CaseIterable, Hashable, Sendable, Codable {
        /// As they are named.
        case listed
        /// By what ``Limits/comparedSeconds`` cost over each; as they are named where that is the same.
        case leastCost = "least-cost"
    }

    /// When it is for calls: by the one notion of hours that a business has, night switch and holidays included.
    public enum Hours: String, CaseIterable, Hashable, Sendable, Codable {
        case always, open, closed

        func include(isOpen: Bool) -> Bool {
            switch self {
            case .always: true
            case .open: isOpen
            case .closed: !isOpen
            }
        }
    }

    public let name: ShortName
    /// What the numbers begin with; empty for anything.
    public var prefixes: Set<NumberPrefix>
    /// Empty for any class.
    public var classes: Set<NumberClass>
    /// Empty for any country.
    public var regions: Set<Region>
    /// Whether it is for other countries only.
    public var isAbroad: Bool
    public var hours: Hours
    public var order: Order
    /// At least one, none twice.
    public private(set) var trunks: [TrunkName]

    /// - Returns: `nil` without a trunk, for one that comes twice, and for more of anything than ``Limits/routeConditions``.
    public init?(
        name: ShortName,
        prefixes: Set<NumberPrefix> = [],
        classes: Set<NumberClass> = [],
        regions: Set<Region> = [],
        isAbroad: Bool = false,
        hours: Hours = .always,
        order: Order = .listed,
        trunks: [TrunkName]
    ) {
        guard !trunks.isEmpty, trunks.count <= Limits.trunks, Set(trunks).count == trunks.count,
            prefixes.count <= Limits.routeConditions, regions.count <= Limits.routeConditions
        else { return nil }
        (self.name, self.prefixes, self.classes, self.regions) = (name, prefixes, classes, regions)
        (self.isAbroad, self.hours, self.order, self.trunks) = (isAbroad, hours, order, trunks)
    }

    /// Without a trunk that is not there any more.
    ///
    /// - Returns: `nil` where none is left.
    public func without(_ trunk: TrunkName) -> Self? {
        var rest = self
        rest.trunks.removeAll { $0 == trunk }
        return rest.trunks.isEmpty ? nil : rest
    }

    // MARK: Which route decides

    /// How narrowly it names a number, so that of several routes the narrowest decides: by the longest prefix, then by class, then
    /// by country, then by being abroad, then by the hours.
    ///
    /// - Parameter region: Of the number; `nil` where it is in none.
    /// - Returns: `nil` where it is not for such a call.
    public func narrowness(
        for number: PhoneNumber,
        _ numberClass: NumberClass,
        in region: Region?,
        home: Region?,
        isOpen: Bool
    ) -> Int? {
        guard hours.include(isOpen: isOpen), classes.isEmpty || classes.contains(numberClass),
            regions.isEmpty || region.map({ regions.contains($0) }) ?? false, !isAbroad || region != home
        else { return nil }
        var digits = 0
        for prefix in prefixes where prefix.digitCount > digits && number.hasPrefix(prefix) {
            digits = prefix.digitCount
        }
        guard prefixes.isEmpty || digits > 0 else { return nil }
        let kinds = [!classes.isEmpty, !regions.isEmpty, isAbroad, hours != .always]
        return kinds.reduce(digits) { $0 << 1 | ($1 ? 1 : 0) }
    }

    /// Whether there is a call for which neither this nor the other would be the narrower one.
    public func competes(with other: Self) -> Bool {
        hours == other.hours && isAbroad == other.isAbroad && Self.meet(prefixes, other.prefixes)
            && Self.meet(classes, other.classes) && Self.meet(regions, other.regions)
    }

    private static func meet<Value>(_ one: Set<Value>, _ other: Set<Value>) -> Bool {
        one.isEmpty && other.isEmpty || !one.isDisjoint(with: other)
    }
}

extension OutsideRoute {
    private enum CodingKeys: String, CodingKey {
        case name, prefixes, classes, regions, isAbroad, hours, order, trunks
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let route = Self(
            name: try container.decode(ShortName.self, forKey: .name),
            prefixes: try container.decode(Set<NumberPrefix>.self, forKey: .prefixes),
            classes: try container.decode(Set<NumberClass>.self, forKey: .classes),
            regions: try container.decode(Set<Region>.self, forKey: .regions),
            isAbroad: try container.decode(Bool.self, forKey: .isAbroad),
            hours: try container.decode(Hours.self, forKey: .hours),
            order: try container.decode(Order.self, forKey: .order),
            trunks: try container.decode([TrunkName].self, forKey: .trunks)
        )
        guard let route else {
            throw DecodingError.dataCorruptedError(
                forKey: .trunks,
                in: container,
                debugDescription: "a route has a trunk, none twice, and not too many conditions"
            )
        }
        self = route
    }

    /// Sets in order, so that the same route is always written alike.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(prefixes.sorted(), forKey: .prefixes)
        try container.encode(classes.sorted { $0.rawValue < $1.rawValue }, forKey: .classes)
        try container.encode(regions.sorted(), forKey: .regions)
        try container.encode(isAbroad, forKey: .isAbroad)
        try container.encode(hours, forKey: .hours)
        try container.encode(order, forKey: .order)
        try container.encode(trunks, forKey: .trunks)
    }
}
