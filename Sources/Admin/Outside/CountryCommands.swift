// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
import Store

/// Where calls of the business may go.
public struct ShowDialing: Command {
    public struct Reply: Codable, Hashable, Sendable {
        public let settings: DialingSettings
        public let at: WallTime

        public init(settings: DialingSettings, at time: WallTime) { (self.settings, at) = (settings, time) }
    }

    public static let name = "country.list"
    public static let rights: [Right] = [.seeDialling]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> Reply {
        Reply(settings: administrator.store.snapshot.outside.dialing, at: administrator.now())
    }
}

/// Says where the business is, and how its people dial.
public struct SetHome: Command {
    public static let name = "country.home"
    public static let rights: [Right] = [.openDialling]

    /// `DE`, as typed, and so are the others; empty for none of them.
    public let region: String
    public let outsidePrefix: String
    public let areaCode: String
    public let internationalPrefix: String

    public init(region: String, outsidePrefix: String = "", areaCode: String = "", internationalPrefix: String = "") {
        (self.region, self.outsidePrefix) = (region, outsidePrefix)
        (self.areaCode, self.internationalPrefix) = (areaCode, internationalPrefix)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(region: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> NumberingSettings {
        let region = try Region(typed: region)
        guard region != .international else { throw .noRegion("001") }
        let old = administrator.store.snapshot.outside.dialing
        var new = old
        new.numbering = NumberingSettings(
            home: region,
            outsidePrefix: try Self.digits(outsidePrefix),
            areaCode: try Self.digits(areaCode),
            internationalPrefix: try Self.digits(internationalPrefix)
        )
        let snapshot = administrator.store.snapshot
        let lost = HelpRules.lost(by: new.numbering, in: snapshot)
        guard lost.isEmpty else { throw .needsNumbers(of: lost, in: region, snapshot.outside.routing) }
        try await administrator.dial(
            new,
            caller.draft(Self.name, region.text, JournalDetail.of(old.numbering, became: new.numbering)),
            notice: "The business is in \(region.name), by \(caller.name)"
        )
        return new.numbering
    }

    private static func digits(_ text: String) throws(Refusal) -> DigitString? {
        guard !text.isEmpty else { return nil }
        guard let digits = DigitString(parsing: text) else { throw .noDigits(text) }
        return digits
    }
}

/// Lets calls go to a country: for good, or to a country or range for a while.
public struct OpenCountry: Command {
    public static let name = "country.open"
    public static let rights: [Right] = [.openDialling]

    /// `FR`, or a range such as `+8835` where it is for a while; as typed.
    public let place: String
    /// Whether the ranges that fraud uses are open too.
    public var withHighRisk = false
    /// What happens to a call there.
    public var answer = CallAnswer.allow
    /// Whether calls may be forwarded and transferred there too.
    public var onward = false
    /// For the extensions of one profile only; `nil` for everybody else.
    public var profile: String?
    /// Why, and who decided; may be left out where it is for good.
    public var reason: String?
    /// As typed: `8h`, `2026-12-24`; `nil` for good.
    public var until: String?

    public init(_ place: String) { self.place = place }

    public static func harmless(_: ExtensionNumber) -> Self { Self("-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ShowDialing.Reply {
        guard answer != .refuse else { throw .refusesOnly("ringfence country close \(place)") }
        let old = administrator.store.snapshot.outside.dialing
        let new: DialingSettings
        let (detail, end): (String, String)
        if let until {
            let scope = try DialingRelease.Scope(typedOrNot: place)
            let release = try administrator.release(scope, until, reason, profile, old, by: caller)
            new = try old.adding(release)
            (detail, end) = (JournalDetail.of(nil, became: release), " until \(release.until)")
        } else {
            let region = try Region(typed: place)
            new = try old.opening(region, self)
            guard new != old else { throw .openAlready(region) }
            let change = DialingChange(
                profile: profile,
                old: old.rule(region, profile),
                new: new.rule(region, profile),
                onward: onward,
                reason: try reason.map { text throws(Refusal) in try administrator.reason(text) }
            )
            (detail, end) = (JournalDetail.of(change), "")
        }
        try await administrator.dial(
            new,
            caller.draft(Self.name, place, detail),
            notice: "Calls to \(DialingRelease.Scope(typed: place)?.words ?? place) are open\(end), by \(caller.name)"
        )
        if onward, until == nil {
            let undo = "ringfence country close \(place)"
            administrator.alertOfOnward(place, undo: undo, profile: profile, by: caller)
        }
        return ShowDialing.Reply(settings: new, at: administrator.now())
    }
}

/// Lets no call go to a country or range any more, whoever had leave. Calls that are up go on.
public struct CloseCountry: Command {
    public static let name = "country.close"
    public static let rights: [Right] = [.closeDialling]

    /// As typed.
    public let place: String
    /// For the extensions of one profile only; `nil` for everybody, those of all profiles included.
    public let profile: String?
    /// Whether only leave for a while ends, and what is open for good stays so.
    public let releaseOnly: Bool?

    public init(_ place: String, profile: String? = nil, releaseOnly: Bool? = nil) {
        (self.place, self.profile, self.releaseOnly) = (place, profile, releaseOnly)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self("-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ShowDialing.Reply {
        let scope = try DialingRelease.Scope(typedOrNot: place)
        let old = administrator.store.snapshot.outside.dialing
        let new = releaseOnly == true ? old.ending(scope) : try old.closing(scope, profile: profile)
        guard new != old else { throw .closedAlready(scope) }
        let change = DialingChange(profile: profile, old: scope.region.flatMap { old.rule($0, profile) }, new: nil)
        try await administrator.dial(
            new,
            caller.draft(Self.name, place, JournalDetail.of(change)),
            notice: "Calls to \(scope.words) are closed, by \(caller.name)"
        )
        return ShowDialing.Reply(settings: new, at: administrator.now())
    }
}

/// What a change did to the rights of a country or class, for the journal.
struct DialingChange: Encodable {
    var profile: String?
    var old: CountryRule?
    var new: CountryRule?
    var oldAnswer: CallAnswer?
    var newAnswer: CallAnswer?
    var onward: Bool?
    var reason: String?
}

extension Administrator {
    /// Writes the settings of where calls may go; what has ended goes with it.
    func dial(_ settings: DialingSettings, _ draft: JournalDraft, notice: String) async throws(Refusal) {
        var settings = settings
        settings.dropEnded(at: now())
        try await change([.outside(.dial(settings))], [draft], notice: notice)
    }

    func reason(_ text: String?) throws(Refusal) -> String {
        guard let reason = text.flatMap({ DisplayName.parse($0, limit: Model.Limits.reasonBytes) }) else {
            throw .noLeaveReason
        }
        return reason
    }

    /// - Parameters:
    ///   - until: As typed, and so are the others.
    ///   - profile: `nil` for everybody.
    func release(
        _ scope: DialingRelease.Scope,
        _ until: String,
        _ why: String?,
        _ profile: String?,
        _ settings: DialingSettings,
        by caller: Caller
    ) throws(Refusal) -> DialingRelease {
        let (end, reason) = (try end(until), try reason(why))
        var extensions: Set<ExtensionNumber>?
        if let profile { extensions = try settings.profile(typed: profile).extensions }
        guard extensions?.isEmpty != true else { throw .emptyProfile(profile ?? "") }
        let release = DialingRelease(
            scope,
            extensions: extensions,
            from: now(),
            until: end,
            releasedBy: caller.shortName,
            reason: reason
        )
        guard let release else { throw .releaseTooLong }
        return release
    }
}

extension Administrator {
    /// People hear that calls may be forwarded and transferred somewhere from now on.
    ///
    /// - Parameter place: `FR`, `mobile`.
    func alertOfOnward(_ place: String, undo: String, profile: String?, by caller: Caller) {
        let whose = profile.map { " for the profile \($0)" } ?? ""
        alert(
            .forwardChanged,
            nil,
            "lets calls be forwarded and transferred to \(place) outside\(whose)",
            undo: undo + (profile.map { " --profile \($0)" } ?? ""),
            by: caller
        )
    }
}

extension Caller {
    /// As much of the name as stands in a list.
    var shortName: String {
        var text = Substring(name)
        while text.utf8.count > Model.Limits.nameBytes { text = text.dropLast() }
        return String(text)
    }
}
