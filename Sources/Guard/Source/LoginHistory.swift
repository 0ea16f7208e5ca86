// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Where each phone has logged in from, and how often its account was tried in vain.
///
/// It tells a phone that was not told its new password from a guesser, and makes slow guessing from many addresses useless
/// (row C02): an account that was tried too often is good only where its phones already were, until the day is over. One
/// that no phone has logged in to yet is never guarded, because nobody could log in to it any more.
///
/// A table whose places are found by a seeded hash of the user name, so that a name that is not in it reads as much memory,
/// and as cold, as one that is: the time must not tell which names exist (row R04). Only phones that logged in take places.
public struct LoginHistory: Sendable {
    public enum Failure: Hashable, Sendable {
        case ordinary
        /// From where this phone, by its name, used to log in, by the same kind of client: it repeats an old password.
        case stalePhone(EventSubject?)
        /// The last one that the account's budget had room for: from now on it is guarded.
        case spentBudget
    }

    private struct Place {
        /// The hash of the user name; 0 for nobody's.
        var tag: UInt64 = 0
        /// Networks and clients, as a hash of 32 bits each; 0 for none.
        var homes = InlineArray<4, UInt64>(repeating: 0)
        /// The home that is forgotten next.
        var oldest = 0
        var failures = 0
        var began = MonotonicTime(nanoseconds: 0)
    }

    private static let ways = 4
    /// Rows of places, then one for names that are not there, where what is done for the others is done as well.
    private var places: [Place]
    private var labels: [UInt64: EventSubject] = [:]
    /// Accounts whose budget is spent. Nearly always none, so that asking costs nothing.
    private var guarded: [UInt64: MonotonicTime] = [:]
    /// Networks that phones sit in.
    public var sites: [IPPrefix]
    /// Where phones have logged in from, each in the place of its hash: one that shares a place with another is forgotten.
    private var networks: [UInt32] = Array(repeating: 0, count: Limits.familiarNetworks)

    /// - Parameter phones: How many there are. Four places each, of 64 bytes.
    public init(phones: Int, sites: [IPPrefix] = []) {
        self.sites = sites
        places = Self.empty(for: phones)
    }

    private static func empty(for phones: Int) -> [Place] {
        var rows = 8
        while rows < min(phones, Limits.rememberedAccounts) { rows *= 2 }
        return Array(repeating: Place(), count: rows * ways + 1)
    }

    /// Makes room for as many phones. What is remembered stays.
    public mutating func resize(phones: Int) {
        var larger = Self.empty(for: phones)
        guard larger.count > places.count else { return }
        swap(&places, &larger)
        for place in larger.dropLast() where place.tag != 0 { places[free(for: place.tag)] = place }
    }

    /// A phone has logged in.
    ///
    /// - Parameters:
    ///   - name: What people call it.
    ///   - client: What it calls itself.
    /// - Returns: Whether it was not known to log in from there.
    @discardableResult
    public mutating func succeeded(
        _ username: String,
        as name: @autoclosure () -> EventSubject,
        from source: IPAddress,
        client: ArraySlice<UInt8>
    ) -> Bool {
        let (tag, home) = (Self.tag(username), Self.home(source, client))
        let network = UInt32(truncatingIfNeeded: Self.network(source))
        networks[Self.place(of: network)] = network
        let index = find(tag) ?? free(for: tag)
        if places[index].tag != tag {
            labels[places[index].tag] = nil
            places[index] = Place(tag: tag)
            labels[tag] = name()
        }
        for position in 0..<4 where places[index].homes[position] == home { return false }
        places[index].homes[places[index].oldest] = home
        places[index].oldest = (places[index].oldest + 1) % 4
        return true
    }

    /// Somebody tried an account in vain.
    ///
    /// - Parameter exists: Whether it is one of ours; others are only known if they once were.
    public mutating func failed(
        _ username: String,
        exists: Bool,
        from source: IPAddress,
        client: ArraySlice<UInt8>,
        at now: MonotonicTime
    ) -> Failure {
        let (tag, home) = (Self.tag(username), Self.home(source, client))
        let index = find(tag) ?? places.count - 1
        for position in 0..<4 where places[index].homes[position] == home {
            return .stalePhone(labels[tag])
        }
        if now - places[index].began >= Limits.failureDay { (places[index].failures, places[index].began) = (0, now) }
        places[index].failures &+= 1
        guard places[index].failures == Limits.failuresPerDay, exists, places[index].tag == tag else {
            return .ordinary
        }
        guarded[tag] = now + Limits.failureDay
        return .spentBudget
    }

    /// Whether the right password is good enough from there.
    public mutating func accepts(_ username: String, from source: IPAddress, at now: MonotonicTime) -> Bool {
        guard !guarded.isEmpty else { return true }
        let tag = Self.tag(username)
        guard let end = guarded[tag] else { return true }
        guard now < end else {
            guarded[tag] = nil
            return true
        }
        let network = Self.network(source)
        if let index = find(tag) {
            for position in 0..<4 where places[index].homes[position] >> 32 == network { return true }
        }
        return sites.contains { $0.contains(source) }
    }

    /// A phone comes from there.
    ///
    /// - Returns: Whether none has come from there before, and it is no site.
    public mutating func meets(_ source: IPAddress) -> Bool {
        let network = UInt32(truncatingIfNeeded: Self.network(source))
        let place = Self.place(of: network)
        guard networks[place] != network else { return false }
        networks[place] = network
        return !sites.contains { $0.contains(source) }
    }

    // MARK: Places

    private static func place(of network: UInt32) -> Int { Int(network >> 1) & (Limits.familiarNetworks - 1) }

    /// There is a power of two of them.
    private func row(of tag: UInt64) -> Int { Int(truncatingIfNeeded: tag) & (places.count / Self.ways - 1) }

    /// Reads the whole row, whether it finds the name or not.
    private func find(_ tag: UInt64) -> Int? {
        let first = row(of: tag) * Self.ways
        var found: Int?
        for index in first..<first + Self.ways where places[index].tag == tag { found = index }
        return found
    }

    /// A place for a new name: a free one, or the one whose account was left alone for longest.
    private func free(for tag: UInt64) -> Int {
        let first = row(of: tag) * Self.ways
        var best = first
        for index in first..<first + Self.ways {
            if places[index].tag == 0 { return index }
            if places[index].failures < places[best].failures { best = index }
        }
        return best
    }

    /// Seeded anew in each process; never 0.
    private static func tag(_ username: String) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(username)
        return UInt64(bitPattern: Int64(hasher.finalize())) | 1 << 63
    }

    private static func home(_ source: IPAddress, _ client: ArraySlice<UInt8>) -> UInt64 {
        var hasher = Hasher()
        for byte in client.prefix(Limits.userAgentBytes) { hasher.combine(byte) }
        return network(source) << 32 | UInt64(UInt32(truncatingIfNeeded: hasher.finalize()))
    }

    /// 32 bits, never 0.
    private static func network(_ source: IPAddress) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(source.accountable)
        return UInt64(UInt32(truncatingIfNeeded: hasher.finalize()) | 1)
    }
}
