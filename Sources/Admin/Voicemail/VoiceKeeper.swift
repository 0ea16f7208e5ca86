// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives

/// Keeps voice messages beside the settings. Implemented by `Server`.
public protocol VoiceKeeper: Sendable {
    /// What is kept of a PIN.
    func hash(pin: Redacted<String>) async throws(Refusal) -> Redacted<String>
    /// Messages were deleted: lamps follow.
    func followMessages(of number: ExtensionNumber) async
}
