// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Where each phone has logged in from, and how often its account was tried in vain.
///
/// It tells a phone that was not told its new password from a guesser, and makes slow guessing from many addresses useless
/// (row C02): an account that was tried too often is good only where its phones already were, until the day is over. One
/// that no phone has logged in to yet is never guarded, because nobody could log in to it any more.
///
/// Holds only accounts that exist or existed: nobody can fill it with names of their own.
public struct LoginHistory: Sendable {
    public enum Failure: Hashable, Sendable {
        case ordinary
        /// From where this phone, by its name, used to log in, by the same kind of client: it repeats an old password.
        case stalePhone(String)
        /// The last one that the account's budget had room for: from now on it is guarded.
        case spentBudget
    }

    private struct Home {
        let source: IPAddress
        let client: Int
    }

    private struct Account {
        var name = ""
        /// The newest last.
        var homes: [Home] = []
        var failures = 0
        var began = MonotonicTime(nanoseconds: 0)
    }

    /// What names are counted under that no phone has logged in with. No account is called this.
    private static let nobody = ""
    private var accounts: [String: Account] = [:]
    /// Accounts whose budget is spent. Nearly always none, so that asking costs nothing.
    private var guarded: [String: MonotonicTime] = [:]
    private let sites: [IPPrefix]

    public init(sites: [IPPrefix] = []) {
        self.sites = sites
        accounts[Self.nobody] = Account(homes: [Home(source: IPAddress(high: 0, low: 0), client: 0)])
    }

    /// A phone has logged in.
    ///
    /// - Parameters:
    ///   - name: What people call it.
    ///   - client: What it calls itself.
    public mutating func succeeded(
        _ username: String,
        as name: @autoclosure () -> String,
        from source: IPAddress,
        client: ArraySlice<UInt8>
    ) {
        let home = Home(source: source.accountable, client: Self.hash(client))
        if let last = accounts[username]?.homes.last, last.source == home.source, last.client == home.client { return }
        guard accounts[username] != nil || accounts.count < Limits.rememberedAccounts else { return }
        var account = accounts[username] ?? Account()
        account.name = name()
        account.homes.removeAll { $0.source == home.source && $0.client == home.client }
        if account.homes.count == Limits.homesOfAccount { account.homes.removeFirst() }
        account.homes.append(home)
        accounts[username] = account
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
        let (source, client) = (source.accountable, Self.hash(client))
        // The same work for every name, or the time would tell which ones exist.
        let key = accounts.index(forKey: username) == nil ? Self.nobody : username
        var account = accounts[key] ?? Account()
        if account.homes.contains(where: { $0.source == source && $0.client == client }) {
            return .stalePhone(account.name)
        }
        if now - account.began >= Limits.failureDay { (account.failures, account.began) = (0, now) }
        account.failures += 1
        accounts[key] = account
        guard account.failures == Limits.failuresPerDay, exists, key != Self.nobody else { return .ordinary }
        guarded[username] = now + Limits.failureDay
        return .spentBudget
    }

    /// Whether the right password is good enough from there.
    public mutating func accepts(_ username: String, from source: IPAddress, at now: MonotonicTime) -> Bool {
        guard !guarded.isEmpty, let end = guarded[username] else { return true }
        guard now < end else {
            guarded[username] = nil
            return true
        }
        let home = source.accountable
        return accounts[username]?.homes.contains { $0.source == home } == true
            || sites.contains { $0.contains(source) }
    }

    /// Makes room: of accounts that are gone, only as many are remembered as may be stale phones.
    public mutating func forget(unless exists: (String) -> Bool) {
        let gone = accounts.keys.filter { $0 != Self.nobody && !exists($0) }
        guard gone.count > Limits.retiredAccounts else { return }
        for username in gone.sorted().dropLast(Limits.retiredAccounts) { accounts[username] = nil }
        for username in guarded.keys where accounts[username] == nil { guarded[username] = nil }
    }

    private static func hash(_ client: ArraySlice<UInt8>) -> Int {
        var hasher = Hasher()
        for byte in client.prefix(Limits.userAgentBytes) { hasher.combine(byte) }
        return hasher.finalize()
    }
}
