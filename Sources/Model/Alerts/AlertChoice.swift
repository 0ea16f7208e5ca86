// SPDX-License-Identifier: Apache-2.0

/// What somebody wants to hear of.
public struct AlertChoice: Hashable, Sendable, Codable {
    /// From here on.
    public let least: Finding.Severity
    /// Of these groups; all when empty.
    public let groups: Set<AlertGroup>

    /// By default everything that falls short, and what is to be known.
    public init(least: Finding.Severity = .notice, groups: Set<AlertGroup> = []) {
        (self.least, self.groups) = (least, groups)
    }

    private enum CodingKeys: String, CodingKey {
        case least, groups
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        least = try values.decode(Finding.Severity.self, forKey: .least)
        groups = try values.decode(Set<AlertGroup>.self, forKey: .groups)
    }

    /// In order, so that the journal is the same for the same choice.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(least, forKey: .least)
        try values.encode(AlertGroup.allCases.filter(groups.contains), forKey: .groups)
    }

    public func includes(_ finding: Finding) -> Bool {
        finding.severity >= least && (groups.isEmpty || groups.contains(finding.code.group))
    }
}

extension AlertChoice: CustomStringConvertible {
    /// For people: `warning and worse of fraud, service`.
    public var description: String {
        let named = AlertGroup.allCases.filter(groups.contains).map(\.rawValue)
        let severity = least == .critical ? "\(least.rawValue)" : "\(least.rawValue) and worse"
        return "\(severity) of \(named.isEmpty ? "everything" : named.joined(separator: ", "))"
    }
}

/// What an alert is about, for whoever chooses what to hear of.
public enum AlertGroup: String, Hashable, Sendable, Codable, CaseIterable {
    /// Phones that cannot log in, and whoever guesses their passwords.
    case registration
    /// Calls that cost money and look like somebody else's.
    case fraud
    /// Attacks on the system itself.
    case attack
    /// What stops working.
    case service
    /// What people did, and who signs in.
    case people
    /// Calls for help.
    case emergency
    /// How the house stood, each morning and each month.
    case report

    /// In a few words, for people.
    public var title: String {
        switch self {
        case .registration: "phones that cannot log in, and whoever guesses their passwords"
        case .fraud: "calls that cost money and look like somebody else's"
        case .attack: "attacks on the system itself"
        case .service: "what stops working"
        case .people: "what people did, and who signs in"
        case .emergency: "calls for help"
        case .report: "how the house stood"
        }
    }
}

extension Finding.Code {
    /// Of something that was noticed: `event.banned`.
    public init(_ kind: SecurityEventKind) { self.init(rawValue: "\(Self.eventPrefix)\(kind.rawValue)") }

    private static let eventPrefix = "event."
    private static let reportPrefix = "report."

    /// What an alert of this code is about. What is found to be wrong is the service's.
    public var group: AlertGroup {
        if rawValue.hasPrefix(Self.reportPrefix) { return .report }
        guard rawValue.hasPrefix(Self.eventPrefix),
            let kind = SecurityEventKind(rawValue: String(rawValue.dropFirst(Self.eventPrefix.count)))
        else { return .service }
        return kind.group
    }
}
