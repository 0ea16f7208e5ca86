// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What somebody has to see to before the business calls outside for the first time. Calls for help never wait for it.
public struct GoLive: Hashable, Sendable, Codable {
    /// The raw value is what an operator types.
    public enum Duty: String, CaseIterable, Codable, Hashable, Sendable {
        /// An owner signs in with a second factor.
        case secondFactor = "second-factor"
        /// Telephones, their web pages and mailboxes have no password or PIN that they came with.
        case defaults
        /// The way in from the internet is closed but for what is needed.
        case firewall
        /// An alert reached a person.
        case alerts
    }

    /// Somebody's word that it is done, or that it may wait.
    public struct Word: Hashable, Sendable, Codable {
        /// Who gave it, as the journal names them.
        public let person: String
        public let at: WallTime
        /// The first moment at which it no longer holds, of one that may wait; `nil` for what is done.
        public let until: WallTime?
        /// Why it may wait; empty for what is done.
        public let reason: String

        public init(by person: String, at time: WallTime) {
            (self.person, at, until, reason) = (person, time, nil, "")
        }

        /// - Returns: `nil` where the reason is none that is shown, or where it ends later than ``Limits/longestRelease`` after it began.
        public init?(by person: String, at time: WallTime, waitingUntil until: WallTime, reason: String) {
            guard ExceptionText.isFit(person, reason), time < until, until <= time + Limits.longestRelease else {
                return nil
            }
            (self.person, at, self.until, self.reason) = (person, time, until, reason)
        }
    }

    /// Since when it is asked for; `nil` where nothing is: of a business from before there was a gate, or one that is run without a
    /// portal.
    public let askedSince: WallTime?
    private var words: [String: Word] = [:]

    /// Nothing is asked for.
    public static let open = GoLive(askedSince: nil)
    /// Everything is, and nothing is done.
    public static func asked(since time: WallTime) -> GoLive { GoLive(askedSince: time) }

    private init(askedSince: WallTime?) { self.askedSince = askedSince }

    public var isAsked: Bool { askedSince != nil }

    /// Since when no call leaves; `nil` while calls do.
    public func closedSince(at now: WallTime) -> WallTime? {
        missing(at: now).compactMap { self[$0]?.until ?? askedSince }.min()
    }

    public subscript(duty: Duty) -> Word? { words[duty.rawValue] }

    /// Takes somebody's word, in place of one before.
    public func with(_ word: Word, for duty: Duty) -> GoLive {
        var new = self
        new.words[duty.rawValue] = word
        return new
    }

    /// What is neither done nor may wait.
    public func missing(at now: WallTime) -> [Duty] {
        guard isAsked else { return [] }
        return Duty.allCases.filter { duty in
            guard let word = self[duty] else { return true }
            return word.until.map { $0 <= now } ?? false
        }
    }

    /// What may wait for now.
    public func waiting(at now: WallTime) -> [Duty] {
        guard isAsked else { return [] }
        return Duty.allCases.filter { self[$0]?.until.map { now < $0 } ?? false }
    }
}
