// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Compares where calls may go with the database, and every call that left with where it might (ATTACKS T01).
    static let countryDialing = Check(.countryDialing) { system in
        let (facts, left) = (system.outside, LeftCall.all(in: system))
        let dialing = facts.inForce.dialing
        var findings: [Finding] = []
        if facts.stored?.dialing != dialing { findings.append(.otherDialing(isRead: facts.stored != nil)) }
        findings += dialing.releases.compactMap { Finding($0, at: system.now) }
        findings += left.filter { $0.refusal?.control == .countryDialing }.map(Finding.leftAnyway)
        let home =
            dialing.numbering.home.map { "the business is in \($0.name)" } ?? "nobody has said where the business is"
        return CheckReport(
            control: .countryDialing,
            examined: [
                "settings in force and in the database; \(home)",
                openCountries(dialing, left),
                "\(left.count) legs in the records that left by a trunk",
            ],
            findings: findings
        )
    }

    /// Each with when it was last called, so that the owner can close what nobody calls.
    private static func openCountries(_ dialing: DialingSettings, _ left: [LeftCall]) -> String {
        var open: Set<Region> = []
        for rights in [dialing.rights] + dialing.profiles.map(\.rights) {
            open.formUnion(rights.countries.filter { $0.value.access != .closed }.keys)
        }
        guard !open.isEmpty else { return "no country abroad is open" }
        let lines = open.sorted { $0.name < $1.name }.map { region in
            let last = left.filter { $0.charge.region == region }.map(\.charge.reservedAt).max()
            return "\(region.name) (\(last.map { "last call \($0)" } ?? "not called in these records"))"
        }
        return "open abroad: " + lines.joined(separator: ", ")
    }
}

extension Finding {
    fileprivate static func otherDialing(isRead: Bool) -> Self {
        Finding(
            "other-settings",
            .countryDialing,
            .critical,
            "Calls are decided by other settings than those that are stored.",
            evidence: isRead
                ? "where calls may go is not the same in the running server and in the database"
                : "the settings in the database cannot be read",
            remedy: "start the server again; if this comes back, look who wrote to its folder: ringfence journal verify"
        )
    }

    /// - Returns: `nil` for a release that is over.
    fileprivate init?(_ release: DialingRelease, at now: WallTime) {
        guard now < release.until else { return nil }
        let isTooLong = release.until - now > Model.Limits.longestRelease
        self.init(
            isTooLong ? "endless-release" : "release",
            .countryDialing,
            isTooLong ? .critical : .notice,
            isTooLong
                ? "A country or range is released for longer than anybody may."
                : "A country or range is released for a time.",
            evidence: "\(release.words), by \(release.releasedBy) until \(release.until): \(release.reason)",
            remedy: "when it is no longer needed: ringfence \(release.closing)"
        )
    }

    fileprivate static func leftAnyway(_ call: LeftCall) -> Self {
        Finding(
            "left-anyway",
            .countryDialing,
            .critical,
            "A call left for a number that was closed.",
            evidence: "record \(call.record.id) of \(call.charge.reservedAt): extension \(call.charge.payer.extension) "
                + "paid for a call to \(call.charge.number); \(call.refusal?.callRefusal.reason ?? "")",
            remedy: "disable the trunk and report the bug: ringfence trunk disable \(call.charge.payer.trunk)"
        )
    }
}

extension DialingRelease {
    fileprivate var words: String {
        let who = extensions.map { ", for \($0.count) extension\($0.count == 1 ? "" : "s")" } ?? ""
        switch scope {
        case .region(let region): return region.name + who
        case .prefix(let prefix): return "numbers that begin with \(prefix)" + who
        case .numberClass(let numberClass): return numberClass.plural + who
        }
    }

    /// What takes it back.
    fileprivate var closing: String {
        switch scope {
        case .region(let region): "country close \(region)"
        case .prefix(let prefix): "country close \(prefix)"
        case .numberClass(let numberClass): "class refuse \(numberClass.rawValue)"
        }
    }
}
