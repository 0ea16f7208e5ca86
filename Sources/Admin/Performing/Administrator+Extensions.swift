// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Store

extension Administrator {
    func perform(
        _ command: ExtensionCommand,
        by actor: Actor,
        under permit: Permit
    ) async throws(Refusal) -> Answer {
        switch command {
        case .add(let wanted): .extensions(try await add(wanted, by: actor))
        case .list: .extensions(listExtensions(under: permit))
        case .show(let number): .extension(try await show(number))
        case .disable(let number): .extensionChanged(try await enable(number, false, by: actor))
        case .enable(let number): .extensionChanged(try await enable(number, true, by: actor))
        case .group(let number, let name): .extensionChanged(try await regroup(number, name, by: actor))
        case .forwarding(let number, let policy): .extensionChanged(try await forward(number, to: policy, by: actor))
        case .remove(let number): .extensionChanged(try await remove(number, by: actor))
        }
    }

    private func add(_ wanted: [NewExtension], by actor: Actor) async throws(Refusal) -> [ExtensionReport] {
        try require(wanted.count)
        let snapshot = store.snapshot
        guard snapshot.extensions.count + wanted.count <= Limits.extensions else { throw .tooManyExtensions() }
        var added: [ExtensionNumber: Extension] = [:]
        var (changes, drafts, reports): ([Change], [JournalDraft], [ExtensionReport]) = ([], [], [])
        for new in wanted {
            let number = try parse(new.number)
            guard snapshot.extensions[number] == nil else { throw .extensionExists(number) }
            guard added[number] == nil else { throw .extensionTwice(number) }
            var value = Extension(number: number, name: try name(new.name ?? "Extension \(number)"), createdAt: now())
            if let name = new.group { value.pickupGroup = try group(name) }
            added[number] = value
            changes.append(.put(value))
            drafts.append(draft("extension.add", number.text, JournalDetail.of(nil, became: value), actor))
            reports.append(report(value, in: snapshot))
        }
        let names = wanted.count == 1 ? "Extension \(wanted[0].number)" : "\(wanted.count) extensions"
        try await change(changes, drafts, notice: "\(names) added by \(actor.name)")
        return reports
    }

    private func listExtensions(under permit: Permit) -> [ExtensionReport] {
        let snapshot = store.snapshot
        return snapshot.extensions.values.filter { permit.covers($0.number) }.sorted { $0.number < $1.number }
            .map { report($0, in: snapshot) }
    }

    private func show(_ text: String) async throws(Refusal) -> ExtensionDetail {
        let value = try find(text)
        let registrations = await engine.registrations().filter { $0.extension == value.number }
        let calls = await engine.calls().filter { $0.involves(value.number) }
        let snapshot = store.snapshot
        return ExtensionDetail(
            summary: report(value, in: snapshot),
            phones: snapshot.devices(of: value.number).map { report($0.summary, registrations) },
            registrations: registrations,
            calls: calls
        )
    }

    private func enable(_ text: String, _ isEnabled: Bool, by actor: Actor) async throws(Refusal) -> ExtensionChange {
        let number = try find(text).number
        let verb = isEnabled ? "enabled" : "disabled"
        let cut = try await cuttingOff(number) { () async throws(Refusal) in
            let old = try self.find(text)
            guard old.isEnabled != isEnabled else { throw .alreadySo(number, isEnabled: isEnabled) }
            var new = old
            new.isEnabled = isEnabled
            let action = isEnabled ? "extension.enable" : "extension.disable"
            let entry = self.draft(action, number.text, JournalDetail.of(old, became: new), actor)
            try await self.change([.put(new)], [entry], notice: "Extension \(number) \(verb) by \(actor.name)")
        }
        return ExtensionChange(
            number: number,
            change: isEnabled ? .enabled : .disabled,
            endedCalls: cut.calls,
            removedRegistrations: cut.registrations,
            revokedPhones: 0
        )
    }

    private func regroup(_ text: String, _ name: String?, by actor: Actor) async throws(Refusal) -> ExtensionChange {
        let old = try find(text)
        var new = old
        new.pickupGroup = nil
        if let name { new.pickupGroup = try group(name) }
        let entry = draft("extension.group", old.number.text, JournalDetail.of(old, became: new), actor)
        let place = new.pickupGroup.map { "in pick-up group \($0)" } ?? "in no pick-up group"
        try await change([.put(new)], [entry], notice: "Extension \(old.number) is \(place), by \(actor.name)")
        return ExtensionChange(
            number: old.number,
            change: .grouped,
            endedCalls: 0,
            removedRegistrations: 0,
            revokedPhones: 0
        )
    }

    private func forward(
        _ text: String,
        to policy: ForwardingPolicy,
        by actor: Actor
    ) async throws(Refusal) -> ExtensionChange {
        let old = try find(text)
        var new = old
        new.forwarding = policy
        let entry = draft("extension.forwarding", old.number.text, JournalDetail.of(old, became: new), actor)
        let notice = "Extension \(old.number) may forward its calls to \(policy.rawValue), by \(actor.name)"
        try await change([.put(new)], [entry], notice: notice)
        return ExtensionChange(
            number: old.number,
            change: .forwardingSet,
            endedCalls: 0,
            removedRegistrations: 0,
            revokedPhones: 0
        )
    }

    private func remove(_ text: String, by actor: Actor) async throws(Refusal) -> ExtensionChange {
        let number = try find(text).number
        var revoked = 0
        let cut = try await cuttingOff(number) { () async throws(Refusal) in
            revoked = try await self.delete(text, by: actor)
        }
        return ExtensionChange(
            number: number,
            change: .removed,
            endedCalls: cut.calls,
            removedRegistrations: cut.registrations,
            revokedPhones: revoked
        )
    }

    /// - Returns: How many phones went with it.
    private func delete(_ text: String, by actor: Actor) async throws(Refusal) -> Int {
        let old = try find(text)
        let phones = store.snapshot.devices(of: old.number)
        let watchers = operators(of: old.number, by: actor)
        let drafts =
            phones.map { draft("phone.revoke", $0.id.text, JournalDetail.of($0.summary, became: nil), actor) }
            + [draft("extension.remove", old.number.text, JournalDetail.of(old, became: nil), actor)]
        try await change(
            [.remove(old.number)] + watchers.map(\.change),
            drafts + watchers.map(\.draft),
            notice: "Extension \(old.number) removed by \(actor.name)"
        )
        return phones.count
    }

    /// What was live of an extension before a change and is gone after it.
    ///
    /// - Parameter change: Looks at the settings itself: others may change them while what is live is counted.
    private func cuttingOff(
        _ number: ExtensionNumber,
        _ change: () async throws(Refusal) -> Void
    ) async throws(Refusal) -> (calls: Int, registrations: Int) {
        let calls = Set(await engine.calls().filter { $0.involves(number) }.map(\.id))
        let registrations = await engine.registrations().count { $0.extension == number }
        try await change()
        let callsLeft = await engine.calls().count { calls.contains($0.id) }
        let registrationsLeft = await engine.registrations().count { $0.extension == number }
        return (calls.count - callsLeft, max(0, registrations - registrationsLeft))
    }
}
