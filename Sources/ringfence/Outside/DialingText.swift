// SPDX-License-Identifier: Apache-2.0

import Admin
import Model
import Primitives

extension ShowDialing.Reply {
    /// All of it, in parts that are left out where they are empty.
    var text: String {
        let parts = [home, countries, classes, releases, approvals, quotas] + settings.profiles.map(profile)
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private var home: String {
        let numbering = settings.numbering
        guard let home = numbering.home else { return "Nobody has said where the business is." }
        let more = [
            numbering.outsidePrefix.map { "dial \($0) for a number outside" },
            numbering.areaCode.map { "area \($0)" },
            numbering.internationalPrefix.map { "dial \($0) before the code of a country" },
        ].compactMap(\.self)
        return "The business is in \(home.name)" + (more.isEmpty ? "." : ": " + more.joined(separator: ", ") + ".")
    }

    private var countries: String {
        settings.rights.countryTable ?? "Calls abroad are closed."
    }

    private var classes: String { settings.rights.classTable }

    private var releases: String {
        let open = settings.releases.filter { at < $0.until }.sorted { $0.until < $1.until }
        guard !open.isEmpty else { return "" }
        let rows = open.map {
            [
                $0.scope.words, $0.until.seconds, $0.extensions.map { counted($0.count, "extension") } ?? "everybody",
                $0.releasedBy, $0.reason,
            ]
        }
        return Table(["open for a while", "until", "for", "by", "why"], rows).text
    }

    var approvals: String {
        let rows = settings.approvals.filter { at < $0.until }.sorted { $0.number < $1.number }.map {
            [$0.number.text, $0.until.seconds, $0.approvedBy, $0.reason]
        }
        return rows.isEmpty ? "" : Table(["approved number", "until", "by", "why"], rows).text
    }

    private var quotas: String {
        let rows = settings.hotSpots.sorted { $0.prefix < $1.prefix }.map { [$0.prefix.text, "\($0.callsPerDay)"] }
        return rows.isEmpty ? "" : Table(["range", "calls a day"], rows).text
    }

    private func profile(_ profile: DialingProfile) -> String {
        let extensions = profile.extensions.sorted().map(\.text).joined(separator: ", ")
        let tables = [profile.rights.countryTable ?? "Calls abroad are closed.", profile.rights.classTable]
        return "Profile \(profile.name), for \(extensions.isEmpty ? "nobody" : extensions):\n"
            + tables.joined(separator: "\n\n")
    }
}

extension DialingRights {
    /// `nil` where none is open.
    fileprivate var countryTable: String? {
        guard !countries.isEmpty else { return nil }
        let rows = countries.sorted { $0.key < $1.key }.map { region, rule in
            [
                region.text, region.name, rule.access.words, rule.answer.words,
                onwardCountries.contains(region) ? "yes" : "no",
            ]
        }
        return Table(["country", "name", "state", "a call", "forward there"], rows).text
    }

    fileprivate var classTable: String {
        let rows = NumberClass.allCases.filter { (classes[$0] ?? .refuse) != .refuse }.map {
            [$0.rawValue, (classes[$0] ?? .refuse).words, onwardClasses.contains($0) ? "yes" : "no"]
        }
        return Table(["class", "a call", "forward there"], rows).text
    }
}

extension CountryAccess {
    fileprivate var words: String {
        switch self {
        case .closed: "closed"
        case .withoutHighRisk: "open without its high-risk ranges"
        case .open: "open"
        }
    }
}

extension CallAnswer {
    /// What becomes of a call. The server asks nothing yet: `PaidCallRules` refuses what needs an answer.
    var words: String {
        switch self {
        case .allow: "goes out"
        case .screen: "is refused until digits can be asked for"
        case .code: "is refused until a code can be asked for"
        case .person: "is refused until a person can be asked"
        case .refuse: "is refused"
        }
    }
}
