// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Store

extension Administrator {
    /// Tells people of extensions that nobody uses, and ends those that they have known of for long enough: by nobody's hand, with
    /// a line of the journal for each.
    public nonisolated var dormancyReview: Job {
        Job("extension.review", .daily(minute: Limits.dormancyMinute)) { [self] now in
            try await reviewDormancy(at: now)
        }
    }

    func reviewDormancy(at now: WallTime) async throws(Refusal) {
        let live = await engine.live([.registrations, .calls])
        // A phone that stays registered says so once a day at most.
        let used = Set(live.registrations.map(\.extension) + live.calls.flatMap(\.extensions))
        try writing { try $0.noteUse(of: used, at: now) }
        let uses = try writing { try $0.uses() }
        var unused: [(value: Extension, days: Int)] = []
        for value in store.snapshot.extensions.values.sorted(by: { $0.number < $1.number }) {
            let use = uses[value.number] ?? ExtensionUse()
            switch DormancyRules.decide(value, use, at: now) {
            case .inUse, .disabled, .reserved: break
            case .unused(let days): if use.toldAt == nil { unused.append((value, days)) }
            case .dormant(let days): try await retire(value.number, after: days, at: now)
            }
        }
        guard !unused.isEmpty else { return }
        for (value, days) in unused { publish(.unused(value, days: days, at: now)) }
        try writing { try $0.noteTold(of: unused.map(\.value.number), at: now) }
    }

    /// Cuts an extension off and takes its phones away, so that no password of theirs is good any more.
    private func retire(_ number: ExtensionNumber, after days: Int, at now: WallTime) async throws(Refusal) {
        // Looked up again here: while another one was ended, somebody may have changed it.
        guard var value = store.snapshot.extensions[number], value.isEnabled else { return }
        let (old, phones) = (value, store.snapshot.devices(of: number))
        value.isEnabled = false
        let entry = JournalDraft(
            actor: JournalDraft.system,
            action: "extension.retire",
            subject: number.text,
            detail: JournalDetail.of(old, became: value)
        )
        let drafts = phones.map { phone in
            JournalDraft(
                actor: JournalDraft.system,
                action: RevokePhone.name,
                subject: phone.id.text,
                detail: JournalDetail.of(phone.summary, became: nil)
            )
        }
        try await change(
            [.put(value)] + phones.map { .revoke($0.id) },
            [entry] + drafts,
            notice: "Extension \(number) is disabled and its phones are revoked: nobody used it for \(days) days"
        )
        publish(.retired(value, phones: phones.count, days: days, at: now))
    }

    private func publish(_ event: SecurityEvent) { events.publish(.noticed(event)) }
}

extension CallReport {
    fileprivate var extensions: [ExtensionNumber] { [caller, callee].compactMap { $0?.number } }
}

extension SecurityEvent {
    fileprivate static func unused(_ value: Extension, days: Int, at now: WallTime) -> Self {
        let number = value.number
        return Self(
            at: now,
            kind: .extensionUnused,
            source: .machine,
            subject: .extension(number),
            detail: """
                nobody used extension \(number) (\(value.name)) for \(days) days; it ends \
                \(Guard.Limits.noticeDays) days from now; to end it at once: ringfence extension remove \(number); to keep it: \
                ringfence extension reserve \(number) --reason TEXT --until \(Guard.Limits.reservedDays)d
                """
        )
    }

    fileprivate static func retired(_ value: Extension, phones: Int, days: Int, at now: WallTime) -> Self {
        let number = value.number
        return Self(
            at: now,
            kind: .extensionRetired,
            source: .machine,
            subject: .extension(number),
            detail: """
                nobody used extension \(number) (\(value.name)) for \(days) days; \(phones) of its phones are revoked; to have it \
                back: ringfence extension enable \(number), then ringfence phone enrol \(number)
                """
        )
    }
}
