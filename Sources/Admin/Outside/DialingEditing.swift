// SPDX-License-Identifier: Apache-2.0

import Guard
public import Model
import Primitives

extension DialingSettings {
    func adding(_ release: DialingRelease) throws(Refusal) -> Self {
        var new = self
        guard new.put(release) else { throw .tooManyOfThese(Model.Limits.dialingReleases) }
        return new
    }

    /// With a country open for good.
    func opening(_ region: Region, _ asked: OpenCountry) throws(Refusal) -> Self {
        guard region != numbering.home else { throw .alreadyHome(region) }
        return try changing(asked.profile) { rights in
            rights.countries[region] = CountryRule(asked.withHighRisk ? .open : .withoutHighRisk, answer: asked.answer)
            if asked.onward { rights.onwardCountries.insert(region) } else { rights.onwardCountries.remove(region) }
        }
    }

    /// Without leave for a while, whoever has it.
    func ending(_ scope: DialingRelease.Scope) -> Self {
        var new = self
        new.endRelease(of: scope)
        return new
    }

    func closing(_ scope: DialingRelease.Scope, profile: String?) throws(Refusal) -> Self {
        var new = self
        if let region = scope.region {
            new = try changing(profileOrAll: profile) { rights in
                rights.countries[region] = nil
                rights.onwardCountries.remove(region)
            }
        }
        if profile == nil { new.endRelease(of: scope) }
        return new
    }

    /// With other rights of one profile, or of everybody, those of all profiles included.
    func changing(
        profileOrAll profile: String?,
        _ change: (inout DialingRights) -> Void
    ) throws(Refusal) -> Self {
        var new = try changing(profile, change)
        guard profile == nil else { return new }
        for one in profiles { new = try new.changing(one.name.text, change) }
        return new
    }

    /// With other rights, of the business or of one profile.
    func changing(_ profile: String?, _ change: (inout DialingRights) -> Void) throws(Refusal) -> Self {
        var new = self
        if let profile {
            var one = try self.profile(typed: profile)
            change(&one.rights)
            guard new.put(one) else { throw .tooManyProfiles() }
        } else {
            change(&new.rights)
        }
        return new
    }

    func profile(typed text: String) throws(Refusal) -> DialingProfile {
        guard let name = PickupGroup(parsing: text), let profile = profiles.first(where: { $0.name == name }) else {
            throw .noProfile(text)
        }
        return profile
    }

    func rights(profile: String?) -> DialingRights {
        profile.flatMap { text in profiles.first { $0.name.text == text } }?.rights ?? rights
    }

    func rule(_ region: Region, _ profile: String?) -> CountryRule? { rights(profile: profile).countries[region] }

    /// Without an extension that goes: whoever gets its number next gets none of its rights.
    func without(_ number: ExtensionNumber, at now: WallTime) -> Self {
        var new = self
        for var profile in profiles where profile.extensions.remove(number) != nil { _ = new.put(profile) }
        for release in releases where release.extensions?.contains(number) == true {
            new.endRelease(of: release.scope)
            let rest = release.extensions?.subtracting([number])
            let shorter = DialingRelease(
                release.scope,
                extensions: rest,
                from: now,
                until: release.until,
                releasedBy: release.releasedBy,
                reason: release.reason
            )
            if let shorter { _ = new.put(shorter) }
        }
        return new
    }
}

extension DialingRelease.Scope {
    /// Reads `FR` or `+8835`.
    public init?(typed text: String) {
        if let region = Region(parsing: text) {
            self = .region(region)
        } else if let prefix = NumberPrefix(parsing: text) {
            self = .prefix(prefix)
        } else {
            return nil
        }
    }

    /// The same, and says what it could be where it is neither.
    init(typedOrNot text: String) throws(Refusal) {
        guard let scope = Self(typed: text) else { throw .noRegion(text) }
        self = scope
    }

    var region: Region? {
        switch self {
        case .region(let region): region
        case .prefix, .numberClass: nil
        }
    }

    /// For people: `Cuba`, `numbers that begin with +8835`.
    public var words: String {
        switch self {
        case .region(let region): region.name
        case .prefix(let prefix): "numbers that begin with \(prefix)"
        case .numberClass(let numberClass): numberClass.plural
        }
    }
}

extension Region {
    /// - Throws: How a country is written.
    init(typed text: String) throws(Refusal) {
        guard let region = Self(parsing: text) else { throw .noRegion(text) }
        self = region
    }
}

extension Refusal {
    static func noRegion(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is no country.",
            reason: "countries are named by the two letters of ISO 3166, and ranges of numbers by a plus and digits",
            remedy: "see those that are open: ringfence country list; open one: ringfence country open FR"
        )
    }

    static func noDigits(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) cannot be dialled before a number.",
            reason: "it is one digit or a few, such as 0, 9 or 00",
            remedy: "give digits only: ringfence country home DE --outside-prefix 0"
        )
    }

    fileprivate static func alreadyHome(_ region: Region) -> Self {
        Self(
            problem: "\(region.name) is not opened.",
            reason: "it is where the business is, so calls there go by the classes of numbers",
            remedy: "see them: ringfence country list; allow one: ringfence class allow shared-cost"
        )
    }

    static func openAlready(_ region: Region) -> Self {
        Self(
            problem: "Calls to \(region.name) are open as you want it already.",
            reason: "there is nothing to change",
            remedy: "see where calls may go: ringfence country list"
        )
    }

    /// - Parameter command: What closes it.
    static func refusesOnly(_ command: String) -> Self {
        Self(
            problem: "Nothing was opened.",
            reason: "calls that are refused go nowhere",
            remedy: "close it instead: \(command)"
        )
    }

    static func closedAlready(_ scope: DialingRelease.Scope) -> Self {
        Self(
            problem: "Calls to \(scope.words) are closed already.",
            reason: "there is nothing to change",
            remedy: "see where calls may go: ringfence country list"
        )
    }

    static let noLeaveReason = Self(
        problem: "Nothing was changed.",
        reason: "what is allowed without a reason is never taken back, because nobody knows what it was for",
        remedy: "say why, and who decided, in 1 to \(Model.Limits.reasonBytes) characters: --reason TEXT"
    )

    static let releaseTooLong = Self(
        .countryDialing,
        problem: "Nothing was opened.",
        reason: "leave for a while lasts \(Model.Limits.longestRelease.components.seconds / 86_400) days at most",
        remedy: "choose an end in that time, or open the country for good: ringfence country open FR"
    )

    static func tooManyOfThese(_ limit: Int) -> Self {
        Self(
            .countryDialing,
            problem: "Nothing was changed.",
            reason: "there are \(limit) of these already, and nobody keeps more in mind",
            remedy: "take back those that are not needed: ringfence country list"
        )
    }

    static func tooManyProfiles() -> Self {
        Self(
            problem: "The profile was not made.",
            reason: "there are \(Model.Limits.dialingProfiles) already",
            remedy: "remove one that nobody needs: ringfence country list"
        )
    }

    static func noProfileName(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) cannot be the name of a profile.",
            reason: "a name has 1 to 32 letters, digits and hyphens",
            remedy: "choose such a name: ringfence profile set sales --extensions 101 102"
        )
    }

    static func noProfile(_ text: String) -> Self {
        Self(
            problem: "There is no profile \(quoted(text)).",
            reason: "nobody has made it, or it was removed",
            remedy: "make it: ringfence profile set sales --extensions 101 102"
        )
    }

    static func emptyProfile(_ text: String) -> Self {
        Self(
            problem: "Nothing was opened.",
            reason: "no extension has the profile \(quoted(text))",
            remedy: "name its extensions: ringfence profile set sales --extensions 101 102"
        )
    }
}
