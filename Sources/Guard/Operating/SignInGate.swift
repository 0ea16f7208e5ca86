// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Who may try to sign in now, and who has to wait.
///
/// Failures are counted for the source, and for the name apart from where somebody is known who has it: whoever guesses at a name
/// makes its owner wait in strange browsers only. Names are counted whether anybody has them or not, so a wait says nothing.
public struct SignInGate: Sendable {
    /// What failures are counted for.
    public enum Subject: Hashable, Sendable {
        /// One address, or one /64 of IPv6.
        case source(IPAddress)
        /// In browsers that are not known.
        case name(String)
        /// Of somebody, by what the store keeps of it.
        case browser([UInt8], of: String)
    }

    private struct Count: Sendable {
        var failures = 0
        var last: MonotonicTime
    }

    private var counts: [Subject: Count] = [:]

    public init() {}

    /// Lets somebody try, or says how long they have to wait. Whoever is let in is counted as failed until ``succeed(_:)`` is called: tries
    /// that run side by side cannot be more than those one after the other.
    ///
    /// - Returns: `nil` when they may.
    public mutating func enter(_ subjects: [Subject], at now: MonotonicTime) -> Duration? {
        if let wait = subjects.compactMap({ wait(of: $0, at: now) }).max() { return wait }
        for subject in subjects { count(subject, at: now) }
        return nil
    }

    /// Whether another failure of any of these makes the next one wait.
    public func isSlowed(_ subjects: [Subject], at now: MonotonicTime) -> Bool {
        subjects.contains { wait(of: $0, at: now) != nil }
    }

    /// Everything fitted: what was counted is forgotten, but for the source, where others may be guessing.
    public mutating func succeed(_ subjects: [Subject]) {
        for subject in subjects {
            switch subject {
            case .source: if let count = counts[subject] { counts[subject]?.failures = max(0, count.failures - 1) }
            case .name, .browser: counts[subject] = nil
            }
        }
    }

    /// It was not looked at: it counts neither as failed nor as right.
    public mutating func withdraw(_ subjects: [Subject]) {
        for subject in subjects {
            if let count = counts[subject] { counts[subject]?.failures = max(0, count.failures - 1) }
        }
    }

    private func wait(of subject: Subject, at now: MonotonicTime) -> Duration? {
        guard let count = counts[subject], now - count.last < Limits.signInMemory else { return nil }
        let beyond = count.failures - Limits.freeSignIns
        guard beyond >= 0 else { return nil }
        let longest = Limits.longestSignInWait
        let wait = beyond < 10 ? min(longest, Limits.firstSignInWait * (1 << beyond)) : longest
        let left = wait - (now - count.last)
        return left > .zero ? left : nil
    }

    private mutating func count(_ subject: Subject, at now: MonotonicTime) {
        var count = counts[subject] ?? Count(last: now)
        if now - count.last >= Limits.signInMemory { count.failures = 0 }
        (count.failures, count.last) = (count.failures + 1, now)
        if counts[subject] == nil, counts.count >= Limits.countedSignIns { forget(at: now) }
        counts[subject] = count
    }

    /// What is remembered no more, or else the one that failed longest ago.
    private mutating func forget(at now: MonotonicTime) {
        counts = counts.filter { now - $0.value.last < Limits.signInMemory }
        guard counts.count >= Limits.countedSignIns, let oldest = counts.min(by: { $0.value.last < $1.value.last })
        else { return }
        counts[oldest.key] = nil
    }
}
