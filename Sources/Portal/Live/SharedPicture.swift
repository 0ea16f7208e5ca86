// SPDX-License-Identifier: Apache-2.0

import Admin
import Model

/// Something of this moment that many look at: it is asked for once a beat, whoever and however many watch. What a role may not see
/// is not in its picture.
actor SharedPicture<Value: Sendable> {
    private struct Kept {
        let picture: Task<Value?, Never>
        let at: ContinuousClock.Instant
    }

    private let age: Duration
    private var kept: [Role: Kept] = [:]

    /// - Parameter age: How old it may be.
    init(age: Duration = Limits.beat - .milliseconds(100)) { self.age = age }

    /// - Parameters:
    ///   - begin: Not what was asked for before: a page that shows more already must not go back.
    ///   - make: Asks for it as somebody of that role; `nil` where it is not for them.
    func value(
        for role: Role,
        notBefore begin: ContinuousClock.Instant? = nil,
        _ make: @escaping @Sendable () async -> Value?
    ) async -> Value? {
        if let kept = kept[role], ContinuousClock.now - kept.at < age, begin.map({ $0 <= kept.at }) ?? true {
            return await kept.picture.value
        }
        // Those of own extensions are as many as there are extensions.
        if kept.count >= Limits.picturedRoles { kept = kept.filter { ContinuousClock.now - $0.value.at < age } }
        let picture = Task { await make() }
        kept[role] = Kept(picture: picture, at: .now)
        return await picture.value
    }
}
