// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
public import Model
public import Primitives

/// What people recorded for callers to hear: a file for each mailbox and menu, sealed as messages are.
///
/// `greetings/mailbox-101.part` while it is recorded, `.new` until whoever spoke keeps it, `.kept` from then on. A file says inside what
/// it is for: one that is moved in the place of another does not open. Every method blocks for the disk.
public struct GreetingFolder: Sendable {
    private let path: String
    private let seal: Seal

    init(_ path: String, _ seal: Seal) { (self.path, self.seal) = (path, seal) }

    /// Begins one. What was recorded before and not kept is gone.
    ///
    /// - Throws: ENOSPC when the disk is full.
    public func begin(_ greeting: Greeting, by number: ExtensionNumber, at now: WallTime) throws -> MessageWriter {
        try PrivateFile.makeFolder(path)
        guard hasRoom, let id = MessageID(parsing: String(repeating: "0", count: 32)) else {
            throw StoreError.system(call: "write", path: path, errno: ENOSPC)
        }
        for state in [State.part, .new] { unlink(file(greeting, state)) }
        let head = MessageFile.Head(
            id: id,
            mailbox: number,
            caller: .extension(number),
            receivedAt: now,
            greeting: greeting.fileName
        )
        return try MessageWriter(path + "/" + greeting.fileName, head, seal)
    }

    /// What was recorded last and not kept yet, as µ-law.
    public func draft(of greeting: Greeting) throws -> [UInt8] { try sound(greeting, .new) }

    /// What callers hear, as µ-law; `nil` where nothing was kept.
    ///
    /// - Throws: ``StoreError/damaged(_:)`` where it is not what was written.
    public func sound(of greeting: Greeting) throws -> [UInt8]? {
        guard PrivateFile.mode(file(greeting, .kept)) != nil else { return nil }
        return try sound(greeting, .kept)
    }

    /// Lets callers hear what was recorded last.
    ///
    /// - Returns: Whether there was something.
    public func keep(_ greeting: Greeting) throws -> Bool {
        guard PrivateFile.mode(file(greeting, .new)) != nil else { return false }
        try PrivateFile.adopt(file(greeting, .kept), from: file(greeting, .new))
        return true
    }

    /// Forgets everything of what is no more.
    public func remove(_ greeting: Greeting) {
        for state in [State.part, .new, .kept] { unlink(file(greeting, state)) }
    }

    /// Forgets what was recorded and not kept, whenever that was.
    ///
    /// - Precondition: Nobody records.
    public func forgetDrafts() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        where !name.hasSuffix("." + State.kept.rawValue) { unlink(path + "/" + name) }
    }

    private enum State: String { case part, new, kept }

    private func file(_ greeting: Greeting, _ state: State) -> String {
        path + "/" + greeting.fileName + "." + state.rawValue
    }

    private func sound(_ greeting: Greeting, _ state: State) throws -> [UInt8] {
        let path = file(greeting, state)
        guard let bytes = try PrivateFile.read(path, limit: Limits.messageFileBytes) else {
            throw StoreError.damaged("\(path) is gone")
        }
        return try MessageFile(bytes, seal, path) { $0.greeting == greeting.fileName }.sound()
    }

    private var hasRoom: Bool {
        var figures = statvfs()
        guard statvfs(path, &figures) == 0 else { return false }
        return UInt64(figures.f_bavail) * UInt64(figures.f_frsize) >= Limits.keptFree
    }
}

extension Greeting {
    /// Of digits, letters and hyphens only.
    fileprivate var fileName: String {
        switch self {
        case .mailbox(let number): "mailbox-" + number.text
        case .menu(let name): "menu-" + name.text
        }
    }
}

extension RingfenceStore {
    /// What callers of this business hear that people recorded.
    public var greetings: GreetingFolder { GreetingFolder(directory.path + "/greetings", seal) }
}
