// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Primitives

/// Makes of passwords what is kept of them, and compares. It takes much memory and some time on purpose, so it works on threads of
/// its own and few at a time. Implemented by `Portal`.
public protocol PasswordHasher: Sendable {
    /// - Throws: When too many wait already.
    func hash(_ password: Redacted<String>) async throws(Refusal) -> Redacted<String>
    /// - Parameter hash: `nil` for nobody's, which takes as long.
    func verify(_ password: Redacted<String>, against hash: Redacted<String>?) async throws(Refusal) -> Bool
}
