// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Store

/// The ring groups whose callers wait.
public struct ListQueues: Command {
    public static let name = "queue.list"
    public static let rights: [Right] = [.seeNumbers]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [RingGroup] {
        let groups = administrator.store.snapshot.outside.routing.groups.values
        return groups.filter { $0.queue != nil }.sorted { $0.name < $1.name }
    }
}

/// Lets callers of a ring group wait, or changes for how long.
public struct SetQueue: Command {
    public static let name = "queue.set"
    public static let rights: [Right] = [.changeNumbers]

    /// As typed, and so is the next.
    public let group: String
    public var seconds: Int?
    /// Where they go then, as a key of a menu leads there.
    public var overflow: String?

    public init(group: String) { self.group = group }

    public static func harmless(_: ExtensionNumber) -> Self { Self(group: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> RingGroup {
        let old = try administrator.ringGroup(group)
        let target = try overflow.map { text throws(Refusal) in
            try administrator.target(text, from: nil)
        }
        let seconds = seconds ?? old.queue?.seconds ?? 300
        guard let queue = QueueSettings(seconds: seconds, overflow: target ?? old.queue?.overflow ?? .hangUp) else {
            throw .badQueueSeconds
        }
        guard queue.overflow != .to(.group(old.name)) else { throw .queueToItself(old.name) }
        var new = old
        new.queue = queue
        guard new != old else { throw .queueIsSo(old.name) }
        try await administrator.change(
            [.outside(.route(.putGroup(new)))],
            [caller.draft(Self.name, old.name.text, JournalDetail.of(old, became: new))],
            notice: "Callers of group \(old.name) \(queue.words), by \(caller.name)"
        )
        return new
    }
}

/// Lets a group ring again, as groups do.
public struct RemoveQueue: Command {
    public static let name = "queue.remove"
    public static let rights: [Right] = [.changeNumbers]

    /// As typed.
    public let group: String

    public init(group: String) { self.group = group }

    public static func harmless(_: ExtensionNumber) -> Self { Self(group: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> RingGroup {
        let old = try administrator.ringGroup(group)
        guard old.queue != nil else { throw .noQueue(old.name) }
        var new = old
        new.queue = nil
        try await administrator.change(
            [.outside(.route(.putGroup(new)))],
            [caller.draft(Self.name, old.name.text, JournalDetail.of(old, became: new))],
            notice: "Callers of group \(old.name) wait no more, by \(caller.name)"
        )
        return new
    }
}

extension QueueSettings {
    /// For people: `wait up to 300 seconds, then extension 101`.
    public var words: String { "wait up to \(seconds) seconds, then \(overflow.words)" }
}

extension Refusal {
    fileprivate static let badQueueSeconds = Self(
        problem: "Nobody waits for that long.",
        reason:
            "it is \(Model.Limits.queueSeconds.lowerBound) to \(Model.Limits.queueSeconds.upperBound) seconds in a queue",
        remedy: "say how long: ringfence queue set sales --wait 300"
    )

    fileprivate static func queueToItself(_ name: ShortName) -> Self {
        Self(
            problem: "Callers who waited for group \(name) for too long do not go to it again.",
            reason: "they would wait for ever",
            remedy: "name somebody else: ringfence queue set \(name) --then mailbox 101"
        )
    }

    fileprivate static func queueIsSo(_ name: ShortName) -> Self {
        Self(
            problem: "The queue of group \(name) is as you want it already.",
            reason: "there is nothing to change",
            remedy: "look at it: ringfence queue list"
        )
    }

    fileprivate static func noQueue(_ name: ShortName) -> Self {
        Self(
            problem: "Group \(name) has no queue.",
            reason: "its members ring as soon as somebody calls",
            remedy: "look which have one: ringfence queue list"
        )
    }
}
