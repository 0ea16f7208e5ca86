// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Store

extension Administrator {
    func perform(_ command: PhoneCommand, by actor: Actor, under permit: Permit) async throws(Refusal) -> Answer {
        switch command {
        case .enrol(let wanted): .enrolled(try await enrol(wanted, by: actor))
        case .list(let number): .phones(try await listPhones(number, under: permit))
        case .revoke(let id): .phoneRevoked(try await revoke(id, by: actor))
        }
    }

    private func enrol(_ wanted: [NewPhone], by actor: Actor) async throws(Refusal) -> [EnrolledPhone] {
        try require(wanted.count)
        let snapshot = store.snapshot
        var counts: [ExtensionNumber: Int] = [:]
        var (changes, drafts, answers): ([Change], [JournalDraft], [EnrolledPhone]) = ([], [], [])
        for new in wanted {
            let target = try find(new.extension)
            guard target.isEnabled else { throw .extensionDisabled(target.number) }
            let count = counts[target.number] ?? snapshot.deviceCount(of: target.number)
            guard count < Guard.Limits.devicesPerExtension else { throw .tooManyPhones(target.number) }
            guard new.minimum != .sha512256 else { throw .digestNobodySpeaks() }
            counts[target.number] = count + 1
            let password = SIPPassword.generate(using: &entropy)
            let device = makeDevice(
                for: target.number,
                label: try name(new.label ?? "Phone \(count + 1)"),
                minimum: new.minimum ?? .md5,
                password: password
            )
            changes.append(.enrol(device))
            drafts.append(draft("phone.enrol", device.id.text, JournalDetail.of(nil, became: device.summary), actor))
            let enrolment = Enrolment(
                username: device.username,
                password: password,
                domain: snapshot.domain.text,
                for: facts
            )
            answers.append(EnrolledPhone(id: device.id, extension: target.number, enrolment: enrolment))
        }
        let names = wanted.count == 1 ? "A phone of extension \(wanted[0].extension)" : "\(wanted.count) phones"
        try await change(changes, drafts, notice: "\(names) enrolled by \(actor.name)")
        return answers
    }

    private func makeDevice(
        for number: ExtensionNumber,
        label: String,
        minimum: DigestStrength,
        password: SIPPassword
    ) -> Device {
        let username = Device.generateUsername(using: &entropy)
        return Device(
            id: DeviceID.generate(using: &entropy),
            extension: number,
            username: username,
            hashes: DigestHashes(username: username, realm: store.snapshot.domain.text, password: password),
            minimum: minimum,
            label: label,
            createdAt: now()
        )
    }

    private func listPhones(_ text: String?, under permit: Permit) async throws(Refusal) -> [PhoneReport] {
        let numbers: [ExtensionNumber]
        if let text {
            numbers = [try find(text).number]
        } else {
            numbers = store.snapshot.extensions.keys.filter { permit.covers($0) }.sorted()
        }
        let registrations = Dictionary(grouping: await engine.registrations(), by: \.phone)
        let snapshot = store.snapshot
        return numbers.flatMap { snapshot.devices(of: $0) }.map { report($0.summary, registrations[$0.id] ?? []) }
    }

    private func revoke(_ text: String, by actor: Actor) async throws(Refusal) -> PhoneRevocation {
        guard let id = DeviceID(parsing: text), let number = store.snapshot.device(id)?.number else {
            throw .noPhone(text)
        }
        let calls = Set(await engine.calls().filter { $0.involves(number) }.map(\.id))
        let registrations = await engine.registrations().count { $0.phone == id }
        // Somebody else may have revoked it while what is live was counted.
        guard let device = store.snapshot.device(id) else { throw .noPhone(text) }
        try await change(
            [.revoke(id)],
            [draft("phone.revoke", id.text, JournalDetail.of(device.summary, became: nil), actor)],
            notice: "Phone \(id) of extension \(device.number) revoked by \(actor.name)"
        )
        let callsLeft = await engine.calls().count { calls.contains($0.id) }
        let registrationsLeft = await engine.registrations().count { $0.phone == id }
        return PhoneRevocation(
            id: id,
            extension: device.number,
            endedCalls: calls.count - callsLeft,
            removedRegistrations: max(0, registrations - registrationsLeft)
        )
    }
}
