// SPDX-License-Identifier: Apache-2.0

/// Who somebody is that runs the system, by whatever channel they come in.
public enum Identity: Hashable, Sendable {
    /// An account of the machine, by the kernel's word.
    case account(LocalAccount)
    /// Somebody who signed in to the portal, by their name among the operators.
    case signedIn(name: String)
}

extension Identity: CustomStringConvertible {
    /// As the journal names them: `alice (uid 1001)`, `alice (portal)`.
    public var description: String {
        switch self {
        case .account(let account): account.description
        case .signedIn(let name): "\(name) (portal)"
        }
    }
}
