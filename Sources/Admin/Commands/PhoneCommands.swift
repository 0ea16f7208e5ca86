// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Store

/// Makes a user name and a password for each phone: all of them or none.
public struct EnrolPhones: Command {
    public static let name = "phone.enrol"
    public static let rights: [Right] = [.enrolPhones]

    public let phones: [NewPhone]

    public init(_ phones: [NewPhone]) { self.phones = phones }

    public static func harmless(_: ExtensionNumber) -> Self { Self([]) }

    /// - Returns: Each with its password, this once.
    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> [EnrolledPhone] {
        try administrator.require(phones.count)
        let snapshot = administrator.store.snapshot
        var counts: [ExtensionNumber: Int] = [:]
        var (changes, drafts, replies): ([Change], [JournalDraft], [EnrolledPhone]) = ([], [], [])
        for new in phones {
            let number = try administrator.findEnabled(new)
            let count = counts[number] ?? snapshot.deviceCount(of: number)
            guard count < Guard.Limits.devicesPerExtension else { throw .tooManyPhones(number) }
            counts[number] = count + 1
            let (device, enrolment) = try administrator.enrol(new, count + 1, for: number)
            changes.append(.enrol(device))
            drafts.append(caller.draft("phone.enrol", device.id.text, JournalDetail.of(nil, became: device.summary)))
            replies.append(EnrolledPhone(id: device.id, extension: number, enrolment: enrolment))
        }
        let names = phones.count == 1 ? "A phone of extension \(phones[0].extension)" : "\(phones.count) phones"
        try await administrator.change(changes, drafts, notice: "\(names) enrolled by \(caller.name)")
        return replies
    }
}

/// The phones of one extension, or all.
public struct ListPhones: ExtensionCommand {
    public static let name = "phone.list"
    public static let rights: [Right] = [.seePhones]

    /// As typed; `nil` for all.
    public let `extension`: String?

    public init(extension: String? = nil) { self.extension = `extension` }

    public var subject: Authoriser.Subject { `extension`.map { .extension(ExtensionNumber(parsing: $0)) } ?? .any }

    public static func harmless(_ number: ExtensionNumber) -> Self { Self(extension: number.text) }
    public static func owners(of phones: [PhoneReport]) -> [[ExtensionNumber]] { phones.map { [$0.extension] } }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> [PhoneReport] {
        let numbers: [ExtensionNumber]
        if let `extension` {
            numbers = [try administrator.find(`extension`).number]
        } else {
            numbers = administrator.store.snapshot.extensions.keys.filter { caller.permit.covers($0) }.sorted()
        }
        let live = await administrator.engine.live(.registrations)
        let registrations = Dictionary(grouping: live.registrations, by: \.phone)
        let snapshot = administrator.store.snapshot
        return numbers.flatMap { snapshot.devices(of: $0) }.map {
            PhoneReport($0.summary, registrations[$0.id] ?? [])
        }
    }
}

/// Kills a phone's credential: it is unregistered at once and cannot come back.
public struct RevokePhone: Command {
    public static let name = "phone.revoke"
    public static let rights: [Right] = [.revokePhones]

    /// As typed.
    public let id: String

    public init(id: String) { self.id = id }

    public static func harmless(_: ExtensionNumber) -> Self { Self(id: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> PhoneRevocation {
        guard let id = DeviceID(parsing: id), let number = administrator.store.snapshot.device(id)?.number else {
            throw .noPhone(self.id)
        }
        let before = await administrator.engine.live([.calls, .registrations])
        let calls = Set(before.calls.filter { $0.involves(number) }.map(\.id))
        // Somebody else may have revoked it while what is live was counted.
        guard let device = administrator.store.snapshot.device(id) else { throw .noPhone(self.id) }
        try await administrator.change(
            [.revoke(id)],
            [caller.draft("phone.revoke", id.text, JournalDetail.of(device.summary, became: nil))],
            notice: "Phone \(id) of extension \(device.number) revoked by \(caller.name)"
        )
        let after = await administrator.engine.live([.calls, .registrations])
        let registrations = before.registrations.count { $0.phone == id }
        return PhoneRevocation(
            id: id,
            extension: device.number,
            endedCalls: calls.count - after.calls.count { calls.contains($0.id) },
            removedRegistrations: max(0, registrations - after.registrations.count { $0.phone == id })
        )
    }
}

extension Administrator {
    /// Where a phone is to be enrolled.
    fileprivate func findEnabled(_ new: NewPhone) throws(Refusal) -> ExtensionNumber {
        let target = try find(new.extension)
        guard target.isEnabled else { throw .extensionDisabled(target.number) }
        guard new.minimum != .sha512256 else { throw .digestNobodySpeaks() }
        return target.number
    }

    /// - Parameter count: Which phone of its extension it is, for its name.
    fileprivate func enrol(
        _ new: NewPhone,
        _ count: Int,
        for number: ExtensionNumber
    ) throws(Refusal) -> (Device, Enrolment) {
        let (domain, password) = (store.snapshot.domain.text, SIPPassword.generate(using: &entropy))
        let label = try name(new.label ?? "Phone \(count)")
        let username = Device.generateUsername(using: &entropy)
        let device = Device(
            id: DeviceID.generate(using: &entropy),
            extension: number,
            username: username,
            hashes: DigestHashes(username: username, realm: domain, password: password),
            minimum: new.minimum ?? .md5,
            label: label,
            createdAt: now()
        )
        return (device, Enrolment(username: username, password: password, domain: domain, for: facts))
    }
}
