// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// A block list and whose it is.
public struct BlockReport: Hashable, Sendable, Codable {
    /// `nil` for the business.
    public let `extension`: ExtensionNumber?
    public let list: BlockList

    public init(_ number: ExtensionNumber?, _ list: BlockList) { (self.extension, self.list) = (number, list) }
}

/// Who may not call: the list of the business, and those of extensions that have one.
public struct ListBlocks: Command {
    public static let name = "block.list"
    public static let rights: [Right] = [.seeNumbers]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [BlockReport] {
        let routing = administrator.store.snapshot.outside.routing
        return [BlockReport(nil, routing.blocks)]
            + routing.ownBlocks.sorted { $0.key < $1.key }.map { BlockReport($0.key, $0.value) }
    }
}

/// Which way lines of a block list are changed.
public protocol BlockEdit: Sendable {
    /// What the command is called.
    static var command: String { get }
    /// For people, behind the numbers.
    static var words: String { get }
    /// - Returns: Whether the list has room for it.
    static func edit(_ list: inout BlockList, _ entry: BlockList.Entry) -> Bool
}

/// Lets numbers call no more.
public enum Blocking: BlockEdit {
    public static let command = "block.add"
    public static let words = "may not call"
    public static func edit(_ list: inout BlockList, _ entry: BlockList.Entry) -> Bool { list.add(entry) }
}

/// Lets numbers call again.
public enum Unblocking: BlockEdit {
    public static let command = "block.remove"
    public static let words = "may call"
    public static func edit(_ list: inout BlockList, _ entry: BlockList.Entry) -> Bool {
        list.remove(entry)
        return true
    }
}

public typealias AddBlock = ChangeBlocks<Blocking>
public typealias RemoveBlock = ChangeBlocks<Unblocking>

/// Lets numbers call no more, or again.
public struct ChangeBlocks<Edit: BlockEdit>: Command {
    public static var name: String { Edit.command }
    public static var rights: [Right] { [.changeNumbers] }

    /// `+493012345`, `+4490*`, as typed, and so is the other.
    public let numbers: [String]
    /// `nil` for the business.
    public let `extension`: String?

    public init(numbers: [String], extension: String? = nil) { (self.numbers, self.extension) = (numbers, `extension`) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(numbers: ["-"]) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> BlockReport {
        try administrator.require(numbers.count)
        return try await administrator.block(`extension`, Self.name, by: caller) { list throws(Refusal) in
            for text in numbers {
                guard Edit.edit(&list, try .init(typed: text)) else { throw .fullBlockList }
            }
            return "\(numbers.joined(separator: ", ")) \(Edit.words)"
        }
    }
}

/// Lets who withholds their number call no more, or again.
public struct BlockAnonymous: Command {
    public static let name = "block.anonymous"
    public static let rights: [Right] = [.changeNumbers]

    public let isBlocked: Bool
    /// As typed; `nil` for the business.
    public let `extension`: String?

    public init(_ isBlocked: Bool, extension: String? = nil) {
        (self.isBlocked, self.extension) = (isBlocked, `extension`)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(false, extension: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> BlockReport {
        try await administrator.block(`extension`, Self.name, by: caller) { list throws(Refusal) in
            list.rejectsAnonymous = isBlocked
            return "Who withholds their number may\(isBlocked ? " not" : "") call"
        }
    }
}

extension Administrator {
    /// Changes a list.
    ///
    /// - Parameters:
    ///   - text: Whose, as typed; `nil` for the business.
    ///   - edit: Says for people what was done.
    fileprivate func block(
        _ text: String?,
        _ action: String,
        by caller: Caller,
        edit: (inout BlockList) throws(Refusal) -> String
    ) async throws(Refusal) -> BlockReport {
        let routing = store.snapshot.outside.routing
        let number = try text.map { text throws(Refusal) in try find(text).number }
        let old = number.map { routing.ownBlocks[$0] ?? .none } ?? routing.blocks
        var new = old
        let notice = try edit(&new)
        guard new != old else { throw .blockIsSo }
        guard number == nil || old != .none || routing.ownBlocks.count < Model.Limits.routedExtensions else {
            throw .tooManyForwards
        }
        let whose = number.map { "extension \($0)" } ?? "the business"
        try await change(
            [.outside(.route(.block(new, of: number)))],
            [caller.draft(action, whose, JournalDetail.of(old, became: new))],
            notice: "\(notice) \(whose), by \(caller.name)"
        )
        return BlockReport(number, new)
    }
}

extension BlockList.Entry {
    /// - Throws: How one is written.
    fileprivate init(typed text: String) throws(Refusal) {
        guard let entry = Self(parsing: text) else { throw .noBlockEntry(text) }
        self = entry
    }
}
