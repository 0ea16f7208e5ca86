// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Logging
import Model
import ServiceLifecycle
import Synchronization
import Testing

@testable import Server

/// A control socket whose commands are answered from memory.
struct SocketFixture: Sendable {
    static let noCall = Refusal(problem: "No such call.", reason: "a test says so", remedy: "try another")

    /// Who is removed, whoever it is.
    static let removed = OperatorReport(
        name: "test",
        account: LocalAccount(name: "test", user: 7),
        role: .owner,
        since: nil,
        lastSeen: nil,
        exists: true,
        signsIn: false
    )

    let folder: TemporaryFolder
    let installation: Installation
    let door: ControlDoor
    let actors = Seen()
    let strangers = Strangers()

    var path: String { installation.controlSocket }

    /// Answers from memory, and remembers who asked and in which role.
    struct Handler: ControlHandler {
        let actors: Seen
        let door: ControlDoor
        let strangers: Strangers

        func perform<Asked: Command>(
            _ command: Asked,
            for identity: Identity,
            as narrowed: Role?
        ) async throws(Refusal) -> Asked.Reply {
            if let id = (command as? EndCall)?.id {
                guard id != "gone" else { throw SocketFixture.noCall }
                return try Self.reply(EndCall.Reply(id: id))
            }
            actors.append(identity.description + (narrowed.map { " as \($0)" } ?? ""))
            // Nothing makes it give up.
            if command is RunAudit { await Task { try? await Task.sleep(for: .seconds(600)) }.value }
            if command is RemoveOperator, let none = try? SocketFixture.snapshot(generation: 9) {
                await door.apply(none, [])
            }
            return try command is RemoveOperator
                ? Self.reply(SocketFixture.removed) : Self.reply(DoctorReport(facts: []))
        }

        private static func reply<Reply>(_ reply: some Sendable) throws(Refusal) -> Reply {
            guard let reply = reply as? Reply else { throw SocketFixture.noCall }
            return reply
        }

        func turnAway(_ identity: Identity) async -> Refusal {
            await strangers.arrive()
            return OperatorRules.refusal(ofEntryBy: identity)
        }
    }

    /// Those who are being told that they are not let in.
    actor Strangers {
        private(set) var present = 0
        private var isHeld = false
        private var held: [CheckedContinuation<Void, Never>] = []

        /// From now on they wait for their words.
        func hold() { isHeld = true }

        func letGo() {
            isHeld = false
            for stranger in held { stranger.resume() }
            held = []
        }

        func arrive() async {
            present += 1
            if isHeld { await withCheckedContinuation { held.append($0) } }
        }
    }

    /// Who asked.
    final class Seen: Sendable {
        private let names = Mutex<[String]>([])
        var value: [String] { names.withLock { $0 } }
        func append(_ name: String) { names.withLock { $0.append(name) } }
    }

    /// Another settings' operators from now on.
    func admit(_ operators: [Operator], generation: UInt64) async throws {
        await door.apply(try Self.snapshot(operators, generation: generation), [])
    }

    static func snapshot(_ operators: [Operator] = [], generation: UInt64 = 1) throws -> Snapshot {
        Snapshot(
            generation: generation,
            domain: try #require(DomainName(parsing: "example.com")),
            extensions: [],
            devices: [],
            operators: operators
        )
    }

    var modes: [UInt16] {
        [folder.data, path].map { path in
            let mode = (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? UInt16
            return mode ?? 0
        }
    }

    /// Waits until somebody can connect, and folder and socket are as wide open as they are to be.
    func requireReachable(modes wanted: [UInt16]) throws {
        for _ in 0..<1_500 {
            if (try? ControlClient(installation)) != nil, modes == wanted { return }
            Thread.sleep(forTimeInterval: 0.02)
        }
        _ = try ControlClient(installation)
        #expect(modes == wanted)
    }

    /// Connects from a process of another account, and returns the lines it is told.
    ///
    /// - Parameters:
    ///   - requests: What it says first, and waits for an answer to each.
    ///   - connections: How many it makes before it says anything; all are listened to, one after the other.
    func say(as user: UInt32, _ requests: [String] = [], connections: Int = 1) throws -> String {
        let script = """
            import os, socket, sys
            os.setgroups([])
            os.setgid(65534)
            os.setuid(\(user))
            sockets = [socket.socket(socket.AF_UNIX) for _ in range(\(connections))]
            for s in sockets:
                try: s.connect("\(path)")
                except OSError as error: sys.exit(print(error.strerror))
            for s in sockets:
                lines = s.makefile("rw")
                try:
                    for request in sys.argv[1:]:
                        lines.write(request + "\\n")
                        lines.flush()
                        print(lines.readline(), end="", flush=True)
                except OSError: pass
                print(lines.readline(), end="")
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", script] + requests
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: said, as: UTF8.self)
    }
}

/// Runs a test against a server on a socket of its own, and stops it afterwards the way SIGTERM does.
///
/// The test blocks as clients do, so it has a thread of its own: on the tasks' threads it would wait for a server that waits
/// for one of them.
func withSocket(
    in folder: TemporaryFolder = TemporaryFolder(),
    _ test: @escaping @Sendable (SocketFixture) throws -> Void
) async throws {
    let installation = try folder.install(at: Date())
    let door = try ControlDoor(path: installation.controlSocket, snapshot: try SocketFixture.snapshot())
    let socket = SocketFixture(folder: folder, installation: installation, door: door)
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let handler = SocketFixture.Handler(actors: socket.actors, door: door, strangers: socket.strangers)
    let server = try await ControlServer(path: socket.path, door: door, handler: handler, logger: logger)
    let group = ServiceGroup(services: [server], logger: logger)
    let running = Task(executorPreference: NetworkThreads.shared) { try await group.run() }
    let outcome = await withCheckedContinuation { finished in
        Thread.detachNewThread { finished.resume(returning: Result { try test(socket) }) }
    }
    await group.triggerGracefulShutdown()
    try await running.value
    try outcome.get()
}

/// A client that says whatever a test wants it to say.
final class RawClient {
    private let descriptor: Int32
    private var rest: [UInt8] = []

    struct CannotConnect: Error {}

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected else { throw CannotConnect() }
    }

    deinit { close(descriptor) }

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// The next line without its end; `nil` when the server has closed.
    func line() -> String? {
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                defer { rest.removeSubrange(...end) }
                return String(decoding: rest[..<end], as: UTF8.self)
            }
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return nil }
            rest += chunk[..<count]
        }
    }
}
