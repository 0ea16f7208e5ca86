// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Which trunks calls to the outside take.
public struct ListRoutes: Command {
    public static let name = "route.list"
    public static let rights: [Right] = [.seeTrunks]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [OutsideRoute] {
        administrator.store.snapshot.outside.routes
    }
}

/// A route, as typed. What is left out is for every call.
public struct NewRoute: Hashable, Sendable, Codable {
    public let name: String
    /// In the order in which they are asked.
    public let trunks: [String]
    /// `+4930`.
    public var prefixes: [String] = []
    public var classes: [NumberClass] = []
    /// `FR`.
    public var countries: [String] = []
    public var isAbroad = false
    public var hours = OutsideRoute.Hours.always
    public var order = OutsideRoute.Order.listed

    public init(name: String, trunks: [String]) { (self.name, self.trunks) = (name, trunks) }
}

/// Says which trunks some of the calls take, and in which order. Calls that are up go on.
public struct AddRoute: Command {
    public static let name = "route.add"
    public static let rights: [Right] = [.changeTrunks]

    public let route: NewRoute

    public init(_ route: NewRoute) { self.route = route }

    public static func harmless(_: ExtensionNumber) -> Self { Self(NewRoute(name: "-", trunks: [])) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> OutsideRoute
    {
        let outside = administrator.store.snapshot.outside
        let new = try administrator.route(route)
        guard !outside.routes.contains(where: { $0.name == new.name }) else { throw .routeExists(new.name) }
        if let other = outside.routes.first(where: new.competes) { throw .routesCompete(new, other) }
        guard outside.routes.count < Model.Limits.outsideRoutes else { throw .tooManyRoutes() }
        try await administrator.change(
            [.outside(.putRoute(new))],
            [caller.draft(Self.name, new.name.text, JournalDetail.of(nil, became: new))],
            notice: "\(new.words) take \(new.trunkWords), by \(caller.name)"
        )
        return new
    }
}

/// Forgets a route: its calls take what another one says, or every trunk.
public struct RemoveRoute: Command {
    public static let name = "route.remove"
    public static let rights: [Right] = [.changeTrunks]

    /// Its name, as typed.
    public let route: String

    public init(route: String) { self.route = route }

    public static func harmless(_: ExtensionNumber) -> Self { Self(route: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> OutsideRoute
    {
        let routes = administrator.store.snapshot.outside.routes
        guard let old = routes.first(where: { $0.name.text == route.lowercased() }) else { throw .noRoute(route) }
        try await administrator.change(
            [.outside(.removeRoute(old.name))],
            [caller.draft(Self.name, old.name.text, JournalDetail.of(old, became: nil))],
            notice: "Route \(old.name) was removed by \(caller.name)"
        )
        return old
    }
}

extension Administrator {
    fileprivate func route(_ typed: NewRoute) throws(Refusal) -> OutsideRoute {
        guard let name = ShortName(parsing: typed.name) else { throw .noRouteName(typed.name) }
        var trunks: [TrunkName] = []
        for text in typed.trunks { trunks.append(try trunk(text).trunk.name) }
        var prefixes: Set<NumberPrefix> = []
        for text in typed.prefixes {
            guard let prefix = NumberPrefix(parsing: text) else { throw .noRoutePrefix(text) }
            prefixes.insert(prefix)
        }
        var regions: Set<Region> = []
        for text in typed.countries { regions.insert(try Region(typed: text)) }
        let route = OutsideRoute(
            name: name,
            prefixes: prefixes,
            classes: Set(typed.classes),
            regions: regions,
            isAbroad: typed.isAbroad,
            hours: typed.hours,
            order: typed.order,
            trunks: trunks
        )
        guard let route else { throw .noWayOfRoute(name) }
        return route
    }
}

extension OutsideRoute {
    /// For people: `calls to mobile numbers in France while the business is closed`.
    public var words: String {
        let kinds = classes.isEmpty ? [] : [" to ", Self.list(classes.map(\.plural).sorted())]
        let places = regions.isEmpty ? [] : [" in ", Self.list(regions.map(\.name).sorted())]
        let digits = prefixes.isEmpty ? [] : [" that begin with ", Self.list(prefixes.sorted().map(\.text))]
        let abroad = isAbroad ? [" abroad"] : []
        let time: [String] =
            switch hours {
            case .always: []
            case .open: [" while the business is open"]
            case .closed: [" while the business is closed"]
            }
        let numbers = kinds.isEmpty && !(places + digits).isEmpty ? [" to numbers"] : []
        let words = numbers + kinds + places + digits + abroad
        return (["calls"] + (words.isEmpty ? [" to all numbers"] : words) + time).joined()
    }

    /// For people: `backup, then main`, `the cheapest of backup and main`.
    public var trunkWords: String {
        let names = trunks.map(\.text)
        return switch order {
        case .listed: names.joined(separator: ", then ")
        case .leastCost: names.count == 1 ? names[0] : "the cheapest of \(Self.list(names))"
        }
    }

    private static func list(_ words: [String]) -> String {
        words.count < 2 ? words.joined() : "\(words.dropLast().joined(separator: ", ")) and \(words[words.count - 1])"
    }
}

extension Refusal {
    static func lastTrunk(_ trunk: TrunkName, of route: ShortName) -> Self {
        Self(
            problem: "Trunk \(trunk) cannot be removed.",
            reason: "route \(route) has no other, and its calls would go wherever there is a way",
            remedy: "disable the trunk, or remove the route first: ringfence route remove \(route)"
        )
    }

    fileprivate static func noRouteName(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) cannot be the name of a route.",
            reason: "a name is 1 to \(Model.Limits.groupBytes) letters, digits and hyphens",
            remedy: "choose a short one: ringfence route add abroad --abroad --trunk backup"
        )
    }

    fileprivate static func noRoutePrefix(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is no beginning of a number.",
            reason: "it is a plus, the code of a country and perhaps more digits",
            remedy: "give it like this: --prefix +4930"
        )
    }

    fileprivate static func noWayOfRoute(_ name: ShortName) -> Self {
        Self(
            problem: "Route \(name) was not added.",
            reason:
                "it names no trunk, one of them twice, or more than \(Model.Limits.routeConditions) countries or prefixes",
            remedy: "name each trunk once, first choice first: --trunk main backup"
        )
    }

    fileprivate static func routeExists(_ name: ShortName) -> Self {
        Self(
            problem: "Route \(name) was not added.",
            reason: "there is one of that name",
            remedy: "remove it first, or choose another name: ringfence route remove \(name)"
        )
    }

    fileprivate static func routesCompete(_ new: OutsideRoute, _ other: OutsideRoute) -> Self {
        Self(
            problem: "Route \(new.name) was not added.",
            reason:
                "route \(other.name) is for some of the same numbers just as narrowly, so that neither would decide",
            remedy: "remove that one, or say more of yours: ringfence route list"
        )
    }

    fileprivate static func tooManyRoutes() -> Self {
        Self(
            problem: "No more routes can be added.",
            reason: "there are \(Model.Limits.outsideRoutes) already, and all of them are looked at for each call",
            remedy: "remove those that nobody needs: ringfence route list"
        )
    }

    fileprivate static func noRoute(_ text: String) -> Self {
        Self(
            problem: "There is no route \(quoted(text)).",
            reason: "nobody has added it, or it was removed",
            remedy: "see those that there are: ringfence route list"
        )
    }
}
