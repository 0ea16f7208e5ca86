// SPDX-License-Identifier: Apache-2.0

/// Who asks for something: the journal keeps the name, the role decides what is answered.
public struct Actor: Hashable, Sendable, Codable {
    public enum Role: String, Hashable, Sendable, Codable, CaseIterable {
        /// May do everything.
        case owner
        /// May look at everything and change nothing.
        case auditor
    }

    /// `root (uid 0)`, as the front end knows it by the kernel's word.
    public let name: String
    public let role: Role

    public init(name: String, role: Role) {
        (self.name, self.role) = (name, role)
    }

    func may(_ command: Command) -> Bool {
        switch role {
        case .owner: true
        case .auditor: !command.changesSomething
        }
    }
}
