// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Store

/// A command that is told one extension and nothing else.
public protocol NumberCommand: Command {
    /// As typed.
    var number: String { get }

    init(number: String)
}

extension NumberCommand {
    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-") }
}

/// Cuts an extension off: its calls end, its phones are unregistered, their passwords refused.
public struct DisableExtension: NumberCommand {
    public static let name = "extension.disable"
    public static let rights: [Right] = [.cutOffExtensions]

    /// As typed.
    public let number: String

    public init(number: String) { self.number = number }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ExtensionChange {
        try await administrator.enable(number, false, by: caller)
    }
}

/// Lets a disabled extension register and call again.
public struct EnableExtension: NumberCommand {
    public static let name = "extension.enable"
    public static let rights: [Right] = [.changeExtensions]

    /// As typed.
    public let number: String

    public init(number: String) { self.number = number }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ExtensionChange {
        try await administrator.enable(number, true, by: caller)
    }
}

/// Deletes an extension with its phones.
public struct RemoveExtension: NumberCommand {
    public static let name = "extension.remove"
    public static let rights: [Right] = [.changeExtensions]

    /// As typed.
    public let number: String

    public init(number: String) { self.number = number }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ExtensionChange {
        let value = try administrator.find(number).number
        let before = await administrator.live(of: value)
        let revoked = try await administrator.delete(number, by: caller)
        let ended = await administrator.ended(before)
        return ExtensionChange(number: value, change: .removed, ended, revokedPhones: revoked)
    }
}

/// What was live of an extension before a change.
private struct LiveExtension {
    let number: ExtensionNumber
    let calls: Set<String>
    let registrations: Int
}

extension Administrator {
    fileprivate func live(of number: ExtensionNumber) async -> LiveExtension {
        let live = await engine.live([.calls, .registrations])
        return LiveExtension(
            number: number,
            calls: Set(live.calls.filter { $0.involves(number) }.map(\.id)),
            registrations: live.registrations.count { $0.extension == number }
        )
    }

    /// How much of it is gone.
    fileprivate func ended(_ before: LiveExtension) async -> (calls: Int, registrations: Int) {
        let after = await engine.live([.calls, .registrations])
        let calls = after.calls.count { before.calls.contains($0.id) }
        let registrations = after.registrations.count { $0.extension == before.number }
        return (before.calls.count - calls, max(0, before.registrations - registrations))
    }

    fileprivate func enable(
        _ text: String,
        _ isEnabled: Bool,
        by caller: Caller
    ) async throws(Refusal) -> ExtensionChange {
        let number = try find(text).number
        let before = await live(of: number)
        let action = isEnabled ? EnableExtension.name : DisableExtension.name
        // Else the next night would end it again.
        if isEnabled { try writing { try $0.countUse(of: number, from: now()) } }
        // Looked up again there: others may have changed it while what is live was counted.
        _ = try await change(text, action, by: caller) { (value: inout Extension) throws(Refusal) in
            guard value.isEnabled != isEnabled else { throw .alreadySo(number, isEnabled: isEnabled) }
            value.isEnabled = isEnabled
            return "Extension \(number) \(isEnabled ? "enabled" : "disabled") by \(caller.name)"
        }
        return ExtensionChange(number: number, change: isEnabled ? .enabled : .disabled, await ended(before))
    }

    /// - Returns: How many phones went with it.
    fileprivate func delete(_ text: String, by caller: Caller) async throws(Refusal) -> Int {
        let old = try find(text)
        let phones = store.snapshot.devices(of: old.number)
        let watchers = operators(of: old.number, by: caller)
        let outside = outsideTraces(of: old.number, by: caller)
        let drafts =
            phones.map { caller.draft("phone.revoke", $0.id.text, JournalDetail.of($0.summary, became: nil)) }
            + [caller.draft("extension.remove", old.number.text, JournalDetail.of(old, became: nil))]
        try await change(
            [.remove(old.number)] + watchers.map(\.change) + outside.map(\.change),
            drafts + watchers.map(\.draft) + outside.map(\.draft),
            notice: "Extension \(old.number) removed by \(caller.name)"
        )
        return phones.count
    }
}
