// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// May this number be called, by its country and its class (controls `country-dialing` and `premium-numbers`)? The first rule that
/// says no decides. Calls for help are not asked about. No allocation.
public enum DialingRules {
    /// - Parameters:
    ///   - facts: Of the number that is dialled, after all rewriting.
    ///   - number: The extension that pays; `nil` where it is none.
    public static func decide(
        _ facts: NumberFacts,
        _ way: DialingWay,
        by number: ExtensionNumber?,
        in settings: DialingSettings,
        at now: WallTime
    ) -> DialingVerdict {
        let rights = settings.rights(of: number)
        switch basis(facts, rights, number, in: settings, at: now) {
        case .failure(let reason): return .refused(DialingRefusal(facts, way, reason))
        case .success(let basis):
            let isReleased = isClassReleased(facts.numberClass, number, in: settings, at: now)
            let answer = answer(facts, rights, basis, isReleased: isReleased)
            if let reason = refusal(answer, facts, way, rights, basis) {
                return .refused(DialingRefusal(facts, way, reason))
            }
            return verdict(answer, DialingPermit(facts, way, basis, quota: quota(of: facts.number, in: settings)))
        }
    }

    /// By what right the number may be reached at all.
    private static func basis(
        _ facts: NumberFacts,
        _ rights: DialingRights,
        _ number: ExtensionNumber?,
        in settings: DialingSettings,
        at now: WallTime
    ) -> Result<DialingPermit.Basis, DialingRefusal.Reason> {
        guard let region = facts.region, facts.numberClass != .unknown else { return .failure(.unknownNumber) }
        switch facts.numberClass.standing {
        case .never: return .failure(.never)
        case .approved:
            for approval in settings.approvals where approval.number == facts.number && now < approval.until {
                return .success(.approval(until: approval.until))
            }
            return .failure(.notApproved)
        case .byClass: break
        }
        if isHome(facts, region, settings.numbering.home) {
            return facts.isInFraudRange ? .failure(.highRisk(region)) : .success(.home)
        }
        switch rights.countries[region]?.access ?? .closed {
        case .open: return .success(.country)
        case .withoutHighRisk where !facts.isHighRisk: return .success(.country)
        case .withoutHighRisk:
            return release(facts, region, number, in: settings, at: now) ?? .failure(.highRisk(region))
        case .closed: return release(facts, region, number, in: settings, at: now) ?? .failure(.countryClosed(region))
        }
    }

    /// Toll-free numbers belong to everybody with the country code: those of +1 are Canada's as much as the United States'.
    private static func isHome(_ facts: NumberFacts, _ region: Region, _ home: Region?) -> Bool {
        guard let home else { return false }
        return region == home
            || facts.numberClass == .tollFree && CountryDialing.codeOfRegion(home, begins: facts.number)
    }

    private static func release(
        _ facts: NumberFacts,
        _ region: Region,
        _ number: ExtensionNumber?,
        in settings: DialingSettings,
        at now: WallTime
    ) -> Result<DialingPermit.Basis, DialingRefusal.Reason>? {
        for release in settings.releases where now < release.until && release.includes(number) {
            switch release.scope {
            case .region(region) where !facts.isHighRisk: return .success(.release(until: release.until))
            case .prefix(let prefix) where facts.number.hasPrefix(prefix):
                return .success(.release(until: release.until))
            case .region, .prefix, .numberClass: continue
            }
        }
        return nil
    }

    /// Whether a class may be called for a while that is refused otherwise.
    private static func isClassReleased(
        _ numberClass: NumberClass,
        _ number: ExtensionNumber?,
        in settings: DialingSettings,
        at now: WallTime
    ) -> Bool {
        for release in settings.releases where now < release.until && release.includes(number) {
            if case .numberClass(numberClass) = release.scope { return true }
        }
        return false
    }

    private static func answer(
        _ facts: NumberFacts,
        _ rights: DialingRights,
        _ basis: DialingPermit.Basis,
        isReleased: Bool
    ) -> CallAnswer {
        let byClass = isReleased ? .allow : rights.classes[facts.numberClass] ?? .refuse
        return switch basis {
        case .home: byClass
        case .country: byClass.stricter(facts.region.flatMap { rights.countries[$0]?.answer } ?? .refuse)
        case .release: byClass
        // Who approved the number has answered for its class.
        case .approval: .allow
        }
    }

    private static func refusal(
        _ answer: CallAnswer,
        _ facts: NumberFacts,
        _ way: DialingWay,
        _ rights: DialingRights,
        _ basis: DialingPermit.Basis
    ) -> DialingRefusal.Reason? {
        if answer == .refuse { return .classRefused }
        if way.isOnward {
            let isFree =
                basis == .home
                ? rights.onwardClasses.contains(facts.numberClass)
                : facts.region.map { rights.onwardCountries.contains($0) } ?? false
            guard isFree, facts.numberClass.standing == .byClass else { return .notOnward }
        }
        return answer != .allow && !way.canAnswer ? .nobodyToAsk : nil
    }

    private static func quota(of number: PhoneNumber, in settings: DialingSettings) -> HotSpot? {
        var found: HotSpot?
        for spot in settings.hotSpots where number.hasPrefix(spot.prefix) {
            if spot.prefix.digitCount > found?.prefix.digitCount ?? 0 { found = spot }
        }
        return found
    }

    private static func verdict(_ answer: CallAnswer, _ permit: DialingPermit) -> DialingVerdict {
        switch answer {
        case .allow: .allowed(permit)
        case .screen: .screened(permit)
        case .code: .needsCode(permit)
        case .person: .needsPerson(permit)
        case .refuse: .refused(DialingRefusal(permit.facts, permit.way, .classRefused))
        }
    }
}

extension NumberClass {
    /// What it takes to call a class.
    enum Standing {
        /// Its answer among the rights.
        case byClass
        /// Approval of the single number, because who is called is paid.
        case approved
        /// Nobody may open it.
        case never
    }

    var standing: Standing {
        switch self {
        case .geographic, .mobile, .geographicOrMobile, .tollFree, .pager, .universalAccess, .voip, .voicemail: .byClass
        case .sharedCost, .premium, .personal: .approved
        case .satellite, .internationalNetwork, .internationalPremium, .unknown: .never
        }
    }
}

extension DialingRelease {
    fileprivate func includes(_ number: ExtensionNumber?) -> Bool {
        guard let extensions else { return true }
        return number.map { extensions.contains($0) } ?? false
    }
}

extension DialingRefusal.Reason: Error {}
