// SPDX-License-Identifier: Apache-2.0

/// One thing that must be right for the system to work.
public struct DoctorFact: Hashable, Sendable, Codable {
    /// `seal key`, `certificate`, `listener 192.0.2.1:5061`.
    public let name: String
    public let isWell: Bool
    /// What was seen.
    public let finding: String
    /// What to do; `nil` where all is well.
    public let remedy: String?

    public init(name: String, isWell: Bool, finding: String, remedy: String? = nil) {
        (self.name, self.isWell, self.finding, self.remedy) = (name, isWell, finding, remedy)
    }
}

/// What `ringfence doctor` answers.
public struct DoctorReport: Hashable, Sendable, Codable {
    public let facts: [DoctorFact]

    public init(facts: [DoctorFact]) { self.facts = facts }

    public var isWell: Bool { facts.allSatisfy(\.isWell) }
}
