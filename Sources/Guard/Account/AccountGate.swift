// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// How much one phone may ask for that makes work for others, after it has shown its secret (rows S18 and D15 of the
/// attack catalogue).
///
/// One bucket a phone and use; phones are enrolled by the operator, so there are only so many.
public struct AccountGate: Sendable {
    public enum Use: Hashable, Sendable {
        /// A SUBSCRIBE: answered, and followed by a NOTIFY that waits half a minute for its answer.
        case subscription
        /// A MESSAGE: rings at every phone of its receiver.
        case message
        /// An INVITE that begins a call, or a REFER: leaves a record, whatever becomes of it.
        case call
        /// The same for help: its own bucket, so that nothing else a phone did uses it up.
        case help
    }

    private struct Key: Hashable {
        let device: DeviceID
        let use: Use
    }

    private var buckets: [Key: TokenBucket] = [:]
    private static let subscriptions = TokenBucket.Pace(Limits.subscriptionRate)
    private static let messages = TokenBucket.Pace(Limits.messageRate)
    private static let calls = TokenBucket.Pace(Limits.callRate)
    private static let help = TokenBucket.Pace(Limits.helpRate)

    public init() {}

    /// Takes one from the phone's bucket; `false` when it is empty, and then nothing is taken.
    public mutating func admits(_ use: Use, of device: DeviceID, at now: MonotonicTime) -> Bool {
        let pace: TokenBucket.Pace
        switch use {
        case .subscription: pace = Self.subscriptions
        case .message: pace = Self.messages
        case .call: pace = Self.calls
        case .help: pace = Self.help
        }
        var bucket = buckets[Key(device: device, use: use)] ?? TokenBucket()
        guard bucket.holds(1, at: now.nanoseconds, pace) else { return false }
        bucket.take(1, at: now.nanoseconds, pace)
        buckets[Key(device: device, use: use)] = bucket
        return true
    }

    /// Forgets phones that are not enrolled any more.
    public mutating func keep(_ isEnrolled: (DeviceID) -> Bool) {
        buckets = buckets.filter { isEnrolled($0.key.device) }
    }
}
