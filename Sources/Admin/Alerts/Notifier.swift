// SPDX-License-Identifier: Apache-2.0

public import Model

/// Tells people what is wrong although nobody asked, without a channel that somebody added. Implemented by `Server`, which logs.
public protocol Notifier: Sendable {
    func notify(_ finding: Finding)
}

/// Carries letters to the other side of a channel. Implemented by `Server`, which blocks threads of its own for it.
public protocol Courier: Sendable {
    /// Returns when the other side has taken the letter.
    func deliver(_ letter: AlertLetter, over access: AlertChannelAccess) async throws(DeliveryFailure)
}

/// What is told to people at this moment, and over what. Implemented by `Server`.
public protocol AlertBoard: Sendable {
    func traffic() async -> [ChannelTraffic]
    /// Tells people of something that is no alarm, over every channel that hears of it.
    func tell(_ finding: Finding) async
    /// Delivers a letter now, beside everything that waits.
    ///
    /// - Throws: Why nobody took it.
    func send(_ letter: AlertLetter, over access: AlertChannelAccess) async throws(DeliveryFailure)
}
