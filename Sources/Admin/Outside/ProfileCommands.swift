// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Gives extensions rights of their own, beginning with those of the business. Who had the profile before and is not named has
/// it no more.
public struct SetProfile: Command {
    public static let name = "profile.set"
    public static let rights: [Right] = [.openDialling]

    /// As typed, and so are the extensions.
    public let profile: String
    public let extensions: [String]

    public init(profile: String, extensions: [String]) { (self.profile, self.extensions) = (profile, extensions) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(profile: "-", extensions: ["-"]) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> DialingProfile {
        try administrator.require(extensions.count)
        guard let name = PickupGroup(parsing: profile) else { throw .noProfileName(profile) }
        var numbers: Set<ExtensionNumber> = []
        for text in extensions { numbers.insert(try administrator.find(text).number) }
        var new = administrator.store.snapshot.outside.dialing
        let old = new.profiles.first { $0.name == name }
        let profile = DialingProfile(name: name, rights: old?.rights ?? new.rights, extensions: numbers)
        guard new.put(profile) else { throw .tooManyProfiles() }
        try await administrator.dial(
            new,
            caller.draft(Self.name, name.text, JournalDetail.of(old, became: profile)),
            notice: "\(numbers.count) extensions may call what the profile \(name) allows, by \(caller.name)"
        )
        return profile
    }
}

/// Takes these rights away: its extensions have those of the business again.
public struct RemoveProfile: Command {
    public static let name = "profile.remove"
    public static let rights: [Right] = [.openDialling]

    /// As typed.
    public let profile: String

    public init(profile: String) { self.profile = profile }

    public static func harmless(_: ExtensionNumber) -> Self { Self(profile: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> DialingProfile {
        var new = administrator.store.snapshot.outside.dialing
        let old = try new.profile(typed: profile)
        new.removeProfile(old.name)
        try await administrator.dial(
            new,
            caller.draft(Self.name, old.name.text, JournalDetail.of(old, became: nil)),
            notice: "The profile \(old.name) is removed, by \(caller.name)"
        )
        return old
    }
}

/// Allows so many calls a day to a range that is in the news, instead of all that its country allows.
public struct LimitRange: Command {
    public static let name = "range.limit"
    public static let rights: [Right] = [.closeDialling]

    /// `+4479`, as typed.
    public let prefix: String
    public let callsPerDay: Int

    public init(prefix: String, callsPerDay: Int) { (self.prefix, self.callsPerDay) = (prefix, callsPerDay) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(prefix: "-", callsPerDay: 0) }

    /// A quota that is there is raised only by who may open.
    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> HotSpot {
        var new = administrator.store.snapshot.outside.dialing
        guard let prefix = NumberPrefix(parsing: prefix), let calls = UInt16(exactly: callsPerDay) else {
            throw .noQuota(self.prefix)
        }
        let old = new.hotSpots.first { $0.prefix == prefix }
        guard old.map({ calls <= $0.callsPerDay }) ?? true else { throw .quotaIsSmaller(prefix) }
        let spot = HotSpot(prefix: prefix, callsPerDay: calls)
        guard new.put(spot) else { throw .tooManyOfThese(Model.Limits.hotSpots) }
        try await administrator.dial(
            new,
            caller.draft(Self.name, prefix.text, JournalDetail.of(old, became: spot)),
            notice: "At most \(calls) calls a day to numbers that begin with \(prefix), by \(caller.name)"
        )
        return spot
    }
}

/// Takes such a limit away.
public struct FreeRange: Command {
    public static let name = "range.free"
    public static let rights: [Right] = [.openDialling]

    /// As typed.
    public let prefix: String

    public init(prefix: String) { self.prefix = prefix }

    public static func harmless(_: ExtensionNumber) -> Self { Self(prefix: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> HotSpot {
        var new = administrator.store.snapshot.outside.dialing
        guard let prefix = NumberPrefix(parsing: prefix), let old = new.hotSpots.first(where: { $0.prefix == prefix })
        else { throw .noQuota(self.prefix) }
        new.removeHotSpot(prefix)
        try await administrator.dial(
            new,
            caller.draft(Self.name, prefix.text, JournalDetail.of(old, became: nil)),
            notice: "No limit a day for numbers that begin with \(prefix), by \(caller.name)"
        )
        return old
    }
}

extension Refusal {
    fileprivate static func noQuota(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is no range with a limit a day.",
            reason:
                "a range is a plus and the digits that its numbers begin with, and a limit 0 to \(UInt16.max) calls",
            remedy: "set one: ringfence range limit +4479 --calls 5"
        )
    }

    fileprivate static func quotaIsSmaller(_ prefix: NumberPrefix) -> Self {
        Self(
            .countryDialing,
            problem: "The limit of \(prefix) was not raised.",
            reason: "a smaller one holds, and only who may open where calls go takes it away",
            remedy: "take it away first: ringfence range free \(prefix)"
        )
    }
}
