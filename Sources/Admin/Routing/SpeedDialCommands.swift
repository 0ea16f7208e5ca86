// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Store

/// What two digits stand for, and at whose phones.
public struct SpeedDialReport: Hashable, Sendable, Codable {
    /// `nil` for the business.
    public let `extension`: ExtensionNumber?
    public let dials: SpeedDials

    public init(_ number: ExtensionNumber?, _ dials: SpeedDials) { (self.extension, self.dials) = (number, dials) }
}

/// Every speed dial, of the business and of extensions.
public struct ListSpeedDials: Command {
    public static let name = "speed.list"
    public static let rights: [Right] = [.seeNumbers]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [SpeedDialReport] {
        let routing = administrator.store.snapshot.outside.routing
        return [SpeedDialReport(nil, routing.speedDials)]
            + routing.ownSpeedDials.sorted { $0.key < $1.key }.map { SpeedDialReport($0.key, $0.value) }
    }
}

/// Lets two digits stand for a number, or for nothing any more. It gives nobody the right to call that.
public struct SetSpeedDial: Command {
    public static let name = "speed.set"
    public static let rights: [Right] = [.changeNumbers]

    /// `07`, as typed, and so are the others.
    public let key: String
    /// `nil` for nothing.
    public let target: String?
    /// `nil` for the business.
    public let `extension`: String?

    public init(key: String, target: String?, extension: String? = nil) {
        (self.key, self.target, self.extension) = (key, target, `extension`)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(key: "-", target: nil) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> SpeedDialReport {
        guard let key = SpeedDials.Key(parsing: key) else { throw .noSpeedDial(key) }
        let routing = administrator.store.snapshot.outside.routing
        let number = try `extension`.map { text throws(Refusal) in try administrator.find(text).number }
        let old = number.map { routing.ownSpeedDials[$0] ?? .none } ?? routing.speedDials
        var new = old
        new[key] = try target.map { text throws(Refusal) in try administrator.speedDialTarget(text) }
        guard new != old else { throw .speedDialIsSo }
        guard number == nil || old != .none || routing.ownSpeedDials.count < Model.Limits.routedExtensions else {
            throw .tooManyForwards
        }
        let whose = number.map { "extension \($0)" } ?? "the business"
        try await administrator.change(
            [.outside(.route(.speedDial(new, of: number)))],
            [caller.draft(Self.name, whose, JournalDetail.of(old, became: new))],
            notice: "\(key.dialled) stands for \(new[key]?.text ?? "nothing") at \(whose), by \(caller.name)"
        )
        return SpeedDialReport(number, new)
    }
}

extension Administrator {
    /// Somebody whom a speed dial may stand for: an extension, a group or a number outside.
    fileprivate func speedDialTarget(_ text: String) throws(Refusal) -> Forward.Target {
        guard let target = Forward.Target(parsing: text) else { throw .noSpeedDialTarget(text) }
        let snapshot = store.snapshot
        if let refusal = HelpRules.refusal(ofSpeedDial: text, by: DialPlan(snapshot.outside.dialing)) { throw refusal }
        if case .extension(let number) = target, snapshot.extensions[number] == nil,
            snapshot.outside.routing.group(numbered: number) == nil
        {
            throw .noExtension(number)
        }
        return target
    }
}

extension Refusal {
    fileprivate static func noSpeedDial(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is no speed dial.",
            reason: "a speed dial is two digits",
            remedy: "give it like this: ringfence speed set 07 +493012345678"
        )
    }

    fileprivate static func noSpeedDialTarget(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is nothing that a speed dial stands for.",
            reason: "it stands for an extension, or for a telephone number with its country code",
            remedy: "name one: ringfence speed set 07 102, or +493012345678"
        )
    }

    fileprivate static let speedDialIsSo = Self(
        problem: "The speed dial is as you want it already.",
        reason: "there is nothing to change",
        remedy: "look at it: ringfence speed list"
    )
}
