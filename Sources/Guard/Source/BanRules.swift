// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// What a source may do wrong before somebody is told, and before it is shut out.
public enum BanRules {
    /// How often something may happen within ``Limits/offenceWindow``: one number alarms, the other one denies.
    public struct Thresholds: Hashable, Sendable {
        public let alarm: Int
        public let deny: Int
    }

    /// Why a source cannot be shut out although it did enough for it.
    public enum Protection: Hashable, Sendable {
        /// Its address could be forged, so somebody else would be hit (row PROVEN of the attack catalogue).
        case unproven
        case thisMachine
        /// A network that the owner named.
        case site
        /// So many phones are registered from there.
        case phones(Int)
        /// Phones logged in from there of late, and may be about to come back.
        case home
        /// More sources at once than are shut out one by one; the source gate still slows them all down.
        case tooManyBans

        /// Whether those there who do not log in are made to wait instead: phones share the address with whoever misbehaves.
        public var slowsDown: Bool {
            switch self {
            case .phones, .home: true
            case .unproven, .thisMachine, .site, .tooManyBans: false
            }
        }

        /// For a sentence that begins with "not banned:".
        public var words: String {
            switch self {
            case .unproven: "its address may be forged, and the ban would hit whoever really has it"
            case .thisMachine: "it is an address of this machine"
            case .site: "it is inside a network that was named as a site"
            case .phones(let count): "\(count) phone\(count == 1 ? " is" : "s are") registered from there"
            case .home:
                "phones logged in from there within the last \(Limits.knownFor.components.seconds / 3_600) hours; who does not log in there is slowed down"
            case .tooManyBans: "more sources misbehave at once than are banned one by one"
            }
        }
    }

    /// Over all accounts together.
    public static func thresholds(of reason: Ban.Reason) -> Thresholds? {
        switch reason {
        case .guessing: Thresholds(alarm: 5, deny: 10)
        case .scanning: Thresholds(alarm: 1, deny: 3)
        case .malformed: Thresholds(alarm: 5, deny: 20)
        case .forging: Thresholds(alarm: 3, deny: 10)
        case .flooding: Thresholds(alarm: 1, deny: 3)
        case .decision: nil
        }
    }

    /// Wrong passwords for one account from one source (row C01).
    public static let guessesForOneAccount = Thresholds(alarm: 3, deny: 5)

    /// How long the ban of that number in a row lasts: a quarter of an hour, then twice as long each time, up to a day.
    public static func duration(ofRepetition number: Int) -> Duration {
        let doublings = min(max(number - 1, 0), 16)
        return min(Limits.shortestBan * (1 << doublings), Limits.longestBan)
    }

    /// Why this address is not shut out whatever comes from there; `nil` when it can be.
    public static func protection(
        of source: IPAddress,
        reachedAt local: IPAddress,
        sites: [IPPrefix],
        phones: Int,
        isHome: Bool = false
    ) -> Protection? {
        // The audit and the attacks of `ringfence attack run` come from here.
        if source == local || source == .loopbackIPv4 || source == .loopbackIPv6 { return .thisMachine }
        if sites.contains(where: { $0.contains(source) }) { return .site }
        if phones > 0 { return .phones(phones) }
        return isHome ? .home : nil
    }
}

extension IPAddress {
    /// What a program of this machine speaks from unless it asks for another one.
    fileprivate static let loopbackIPv4 = IPAddress(v4: 0x7F00_0001)
    fileprivate static let loopbackIPv6 = IPAddress(high: 0, low: 1)
}
