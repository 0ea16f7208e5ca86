// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Store

/// Gives people and places a number: all of them or none.
public struct AddExtensions: Command {
    public static let name = "extension.add"
    public static let rights: [Right] = [.changeExtensions]

    public let extensions: [NewExtension]

    public init(_ extensions: [NewExtension]) { self.extensions = extensions }

    public static func harmless(_: ExtensionNumber) -> Self { Self([]) }

    /// - Returns: What was added, in the order asked for.
    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> [ExtensionReport] {
        try administrator.require(extensions.count)
        let snapshot = administrator.store.snapshot
        guard snapshot.extensions.count + extensions.count <= Limits.extensions else { throw .tooManyExtensions() }
        var added: Set<ExtensionNumber> = []
        var (changes, drafts, reports): ([Change], [JournalDraft], [ExtensionReport]) = ([], [], [])
        for new in extensions {
            let value = try administrator.make(new, in: snapshot)
            guard added.insert(value.number).inserted else { throw .extensionTwice(value.number) }
            changes.append(.put(value))
            drafts.append(caller.draft("extension.add", value.number.text, JournalDetail.of(nil, became: value)))
            reports.append(ExtensionReport(value, in: snapshot))
        }
        let names = extensions.count == 1 ? "Extension \(extensions[0].number)" : "\(extensions.count) extensions"
        try await administrator.change(changes, drafts, notice: "\(names) added by \(caller.name)")
        administrator.alert(ofAdding: added.sorted(), by: caller)
        return reports
    }
}

extension Administrator {
    fileprivate func make(_ new: NewExtension, in snapshot: Snapshot) throws(Refusal) -> Extension {
        let number = try parse(new.number)
        guard snapshot.extensions[number] == nil else { throw .extensionExists(number) }
        if let owner = snapshot.outside.routing.owner(of: number) {
            throw .taken(number, by: owner)
        }
        let plan = DialPlan(snapshot.outside.dialing)
        if let refusal = HelpRules.refusal(ofOwning: number, by: plan) { throw refusal }
        var value = Extension(number: number, name: try name(new.name ?? "Extension \(number)"), createdAt: now())
        if let name = new.group { value.pickupGroup = try group(name) }
        return value
    }
}

public struct ListExtensions: ExtensionCommand {
    public static let name = "extension.list"
    public static let rights: [Right] = [.seeExtensions]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }
    public static func owners(of list: [ExtensionReport]) -> [[ExtensionNumber]] { list.map { [$0.number] } }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> [ExtensionReport] {
        let uses = try await administrator.reading { try $0.uses() }
        let snapshot = administrator.store.snapshot
        return snapshot.extensions.values.filter { caller.permit.covers($0.number) }.sorted { $0.number < $1.number }
            .map { ExtensionReport($0, in: snapshot, lastUse: uses[$0.number]?.usedAt) }
    }
}

/// One extension with what belongs to it.
public struct ShowExtension: ExtensionCommand {
    public static let name = "extension.show"
    public static let rights: [Right] = [.seeExtensions, .seePhones, .seeRegistrations, .seeCalls]

    /// As typed.
    public let number: String

    public init(number: String) { self.number = number }

    public var subject: Authoriser.Subject { .extension(ExtensionNumber(parsing: number)) }

    public static func harmless(_ number: ExtensionNumber) -> Self { Self(number: number.text) }
    public static func owners(of detail: ExtensionDetail) -> [[ExtensionNumber]] { [[detail.summary.number]] }

    public func run(
        in administrator: isolated Administrator,
        for _: Caller
    ) async throws(Refusal) -> ExtensionDetail {
        let uses = try await administrator.reading { try $0.uses() }
        let value = try administrator.find(number)
        let live = await administrator.engine.live([.registrations, .calls])
        let registrations = live.registrations.filter { $0.extension == value.number }
        let snapshot = administrator.store.snapshot
        return ExtensionDetail(
            summary: ExtensionReport(value, in: snapshot, lastUse: uses[value.number]?.usedAt),
            phones: snapshot.devices(of: value.number).map { PhoneReport($0.summary, registrations) },
            registrations: registrations,
            calls: live.calls.filter { $0.involves(value.number) }
        )
    }
}

/// Into a pick-up group, or out of any.
public struct GroupExtension: Command {
    public static let name = "extension.group"
    public static let rights: [Right] = [.changeExtensions]

    /// As typed.
    public let number: String
    public let group: String?

    public init(number: String, group: String?) { (self.number, self.group) = (number, group) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-", group: nil) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ExtensionChange {
        let new: PickupGroup? = if let group { try administrator.group(group) } else { nil }
        let number = try await administrator.change(number, Self.name, by: caller) { value in
            value.pickupGroup = new
            let place = new.map { "in pick-up group \($0)" } ?? "in no pick-up group"
            return "Extension \(value.number) is \(place), by \(caller.name)"
        }
        return ExtensionChange(number: number, change: .grouped)
    }
}

/// Where its phones may forward its calls to.
public struct ForwardExtension: Command {
    public static let name = "extension.forwarding"
    public static let rights: [Right] = [.changeExtensions]

    /// As typed.
    public let number: String
    public let to: ForwardingPolicy

    public init(number: String, to policy: ForwardingPolicy) { (self.number, to) = (number, policy) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-", to: .nobody) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ExtensionChange {
        var before = ForwardingPolicy.nobody
        let number = try await administrator.change(number, Self.name, by: caller) { value in
            before = value.forwarding
            value.forwarding = to
            return "Extension \(value.number) may forward its calls to \(to.rawValue), by \(caller.name)"
        }
        guard before != to else { return ExtensionChange(number: number, change: .forwardingSet) }
        administrator.alert(
            .forwardChanged,
            number,
            "lets extension \(number) forward its calls to \(to.rawValue), and before to \(before.rawValue)",
            undo: "ringfence extension forwarding \(number) --to \(before.rawValue)",
            by: caller
        )
        return ExtensionChange(number: number, change: .forwardingSet)
    }
}

extension Administrator {
    /// Changes one extension, with its old and new values in the journal.
    ///
    /// - Parameters:
    ///   - text: Its number, as typed.
    ///   - edit: Changes it, and says for people what was done.
    func change(
        _ text: String,
        _ action: String,
        by caller: Caller,
        edit: (inout Extension) throws(Refusal) -> String
    ) async throws(Refusal) -> ExtensionNumber {
        let old = try find(text)
        var new = old
        let notice = try edit(&new)
        let entry = caller.draft(action, old.number.text, JournalDetail.of(old, became: new))
        try await change([.put(new)], [entry], notice: notice)
        return old.number
    }
}
