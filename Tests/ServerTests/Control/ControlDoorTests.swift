// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Synchronization
import Testing

@testable import Server

private func person(_ name: String, _ user: UInt32, _ role: Role = .auditor) -> Operator {
    Operator(account: name, user: user, role: role, since: WallTime(milliseconds: 0))
}

/// Waits on a thread that blocks, as the tests of the socket do.
private func wait(for work: @escaping @Sendable () async throws -> Void) throws {
    let done = DispatchSemaphore(value: 0)
    let failure = Mutex<(any Error)?>(nil)
    Task(executorPreference: NetworkThreads.shared) {
        do {
            try await work()
        } catch {
            failure.withLock { $0 = error }
        }
        done.signal()
    }
    done.wait()
    if let error = failure.withLock({ $0 }) { throw error }
}

@Suite("Control roles: the way in")
struct ControlDoorTests {
    private let account = LocalAccount(name: "alice", user: 1_001)

    private func door(_ folder: TemporaryFolder, _ operators: [Operator]) throws -> ControlDoor {
        try ControlDoor(
            path: folder.path + "/control.sock",
            snapshot: try SocketFixture.snapshot(operators),
            server: 500
        )
    }

    private func isLetIn(_ entry: ControlDoor.Entry) -> Bool {
        if case .letIn = entry { true } else { false }
    }

    @Test
    func `folder and socket are open while there are operators, and for nothing more than passing and connecting`()
        async throws
    {
        let folder = TemporaryFolder()
        try await withSocket(in: folder) { socket in
            #expect(socket.modes == [0o700, 0o600])
            try wait { try await socket.admit([person("alice", 1_001)], generation: 2) }
            #expect(socket.modes == [0o711, 0o666])
            try wait { try await socket.admit([], generation: 3) }
            #expect(socket.modes == [0o700, 0o600])
            // What is older than what it knows changes nothing.
            try wait { try await socket.admit([person("alice", 1_001)], generation: 2) }
            #expect(socket.modes == [0o700, 0o600])
            try wait { try await socket.admit([person("alice", 1_001)], generation: 4) }
        }
        let mode = try FileManager.default.attributesOfItem(atPath: folder.data)[.posixPermissions] as? Int
        #expect(mode == 0o700)
    }

    @Test
    func `D14 a socket that somebody removes is made again, no wider than before, and who was connected stays so`()
        async throws
    {
        try await withSocket { socket in
            try wait { try await socket.admit([person("alice", 1_001)], generation: 2) }
            let before = try ControlClient(socket.installation)
            for _ in 0..<2 {
                #expect(unlink(socket.path) == 0)
                try socket.requireReachable(modes: [0o711, 0o666])
                #expect(try before.perform(EndCall(id: "a")) == EndCall.Reply(id: "a"))
                // It stays: the former one does not take it along.
                Thread.sleep(forTimeInterval: 1.5 * Double(ControlLimits.look.components.seconds))
                #expect(try ControlClient(socket.installation).perform(EndCall(id: "b")) == EndCall.Reply(id: "b"))
            }
        }
    }

    @Test func `who connects in the moment in which the socket ends does no harm`() async throws {
        for _ in 0..<20 {
            let socket = try await withSocketAndCrowd()
            #expect(!FileManager.default.fileExists(atPath: socket.path))
        }
    }

    /// Connects from several threads for as long as the server is there.
    private func withSocketAndCrowd() async throws -> SocketFixture {
        let folder = TemporaryFolder()
        let crowd = Mutex<SocketFixture?>(nil)
        try await withSocket(in: folder) { socket in
            crowd.withLock { $0 = socket }
            for _ in 0..<4 {
                Thread.detachNewThread { while (try? RawClient(socket.path)) != nil {} }
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
        return try #require(crowd.withLock { $0 })
    }

    @Test func `D14 something else in its place is left alone, and the socket is back when that is gone`() async throws
    {
        try await withSocket { socket in
            unlink(socket.path)
            #expect(FileManager.default.createFile(atPath: socket.path, contents: Data("mine".utf8)))
            Thread.sleep(forTimeInterval: 2.5 * Double(ControlLimits.look.components.seconds))
            #expect(FileManager.default.contents(atPath: socket.path) == Data("mine".utf8))
            unlink(socket.path)
            try socket.requireReachable(modes: [0o700, 0o600])
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can become another account"))
    func `an operator reaches the socket and nothing else in the folder, and is cut off when they are none any more`()
        async throws
    {
        try await withSocket { socket in
            chmod(socket.folder.path, 0o755)
            let daemon = LocalAccounts.numbered(1)
            let name = try #require(daemon.name)
            #expect(try socket.say(as: 1) == "Permission denied\n")
            try wait { try await socket.admit([person(name, 1)], generation: 2) }
            let asking = Mutex("")
            let (begun, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            Thread.detachNewThread {
                begun.signal()
                let said = try? socket.say(as: 1, [#"{"id":1,"as":"auditor","command":"doctor"}"#])
                asking.withLock { $0 = said ?? "" }
                ended.signal()
            }
            begun.wait()
            for _ in 0..<12_000 where socket.actors.value.isEmpty { Thread.sleep(forTimeInterval: 0.01) }
            #expect(socket.actors.value == ["\(name) (uid 1) as auditor"])
            #expect(try socket.say(as: 65_534).contains("The account 'nobody' may not run this phone system."))
            for file in ["installation.json", "tls/server.key", "."] {
                let shell = Process()
                shell.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
                shell.arguments = ["--reuid=1", "--clear-groups", "ls", "-l", "\(socket.folder.data)/\(file)/."]
                shell.standardError = FileHandle.nullDevice
                shell.standardOutput = FileHandle.nullDevice
                try shell.run()
                shell.waitUntilExit()
                #expect(shell.terminationStatus != 0, "\(file)")
            }
            try wait { try await socket.admit([], generation: 3) }
            #expect(ended.wait(timeout: .now() + 10) == .success)
            // The answer to what they asked before, and then the end.
            #expect(asking.withLock { $0 } == #"{"answer":{"facts":[]},"id":1}"# + "\n")
            #expect(try socket.say(as: 1) == "Permission denied\n")
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can become another account"))
    func `whoever takes their own role away is told that it is done, and nothing more`() async throws {
        try await withSocket { socket in
            chmod(socket.folder.path, 0o755)
            let name = try #require(LocalAccounts.numbered(1).name)
            try wait { try await socket.admit([person(name, 1, .owner)], generation: 2) }
            let said = try socket.say(
                as: 1,
                [
                    #"{"id":1,"command":"operator.remove","with":{"account":"\#(name)"}}"#,
                    #"{"id":2,"command":"doctor"}"#,
                ]
            )
            #expect(
                said == #"{"answer":{"account":{"name":"test","user":7},"exists":true,"name":"test","role":"owner","#
                    + #""signsIn":false},"id":1}"# + "\n"
            )
            #expect(socket.actors.value.count == 1)
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can become another account"))
    func `strangers who all come at once wait in line, and each is told`() async throws {
        try await withSocket { socket in
            for path in [socket.folder.path, socket.folder.data, socket.path] { chmod(path, 0o777) }
            try wait { await socket.strangers.hold() }
            let crowd = Mutex("")
            let ended = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                let said = try? socket.say(as: 65_534, connections: 2 * ControlLimits.served)
                crowd.withLock { $0 = said ?? "" }
                ended.signal()
            }
            let present = {
                let count = Mutex(0)
                try wait {
                    let present = await socket.strangers.present
                    count.withLock { $0 = present }
                }
                return count.withLock { $0 }
            }
            for _ in 0..<12_000 where try present() < ControlLimits.served { Thread.sleep(forTimeInterval: 0.01) }
            // Time for one more, if there were room.
            Thread.sleep(forTimeInterval: 0.2)
            #expect(try present() == ControlLimits.served)
            try wait { await socket.strangers.letGo() }
            #expect(ended.wait(timeout: .now() + 20) == .success)
            let told = crowd.withLock { $0 }.split(separator: "\n")
            #expect(told.count == 2 * ControlLimits.served)
            #expect(told.allSatisfy { $0.contains("The account 'nobody' may not run this phone system.") })
        }
    }

    @Test func `a server that was killed leaves a folder that the next one sets right`() throws {
        let folder = TemporaryFolder()
        let made = try folder.install(at: Date())
        // What a killed one leaves: the way in for operators, and a socket that nobody answers on.
        chmod(folder.data, 0o711)
        let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(made.controlSocket.utf8)) }
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(dead, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        close(dead)
        #expect(isBound)
        let refusal = #expect(throws: Refusal.self) { _ = try ControlClient(directory: folder.data) }
        #expect(refusal?.problem == "The phone system in \(folder.data) is not running.")
        let door = try ControlDoor(path: made.controlSocket, snapshot: SocketFixture.snapshot())
        try door.closeFolder()
        try door.bound()
        for (path, mode) in [(folder.data, 0o700), (made.controlSocket, 0o600)] {
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == mode)
        }
    }

    @Test func `a link in the place of the socket is not followed, nor is the folder looked up again`() async throws {
        let folder = TemporaryFolder()
        let (real, elsewhere) = (folder.path + "/real", folder.path + "/elsewhere")
        for path in [real, elsewhere] { mkdir(path, 0o700) }
        let victim = elsewhere + "/victim"
        _ = FileManager.default.createFile(atPath: victim, contents: nil, attributes: [.posixPermissions: 0o600])
        let door = try ControlDoor(path: real + "/control.sock", snapshot: SocketFixture.snapshot([person("alice", 7)]))
        rename(real, folder.path + "/moved")
        symlink(elsewhere, real)
        symlink(victim, folder.path + "/moved/control.sock")
        #expect(throws: Refusal.self) { try door.bound() }
        for (path, mode) in [(elsewhere, 0o700), (victim, 0o600)] {
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == mode)
        }
    }

    @Test func `operators leave room for each other and for the owner, and strangers take none`() throws {
        let folder = TemporaryFolder()
        let people = (0..<4).map { person("p\($0)", UInt32(1_000 + $0)) }
        let door = try door(folder, people)
        for person in people {
            let account = LocalAccount(name: person.account, user: try #require(person.user))
            for number in 0..<ControlLimits.connectionsPerOperator + 2 {
                let isIn = isLetIn(door.enter(account) {})
                let isRoom = number < ControlLimits.connectionsPerOperator && person != people[3]
                #expect(isIn == isRoom, "\(person.account) \(number)")
            }
        }
        for _ in 0..<100 { #expect(!isLetIn(door.enter(LocalAccount(name: "mallory", user: 4_000)) {})) }
        let owner = LocalAccount(name: "ringfence", user: 500)
        let left = ControlLimits.connections - ControlLimits.operatorConnections
        #expect((0..<left + 1).count { _ in isLetIn(door.enter(owner) {}) } == left)
    }

    @Test func `a connection ends when its role is taken away or another one, and only then`() async throws {
        let (alice, bob) = (person("alice", 1_001), person("bob", 1_002))
        let door = try door(TemporaryFolder(), [alice, bob])
        let ended = Mutex<[String]>([])
        for person in [alice, bob] {
            let account = LocalAccount(name: person.account, user: try #require(person.user))
            #expect(isLetIn(door.enter(account) { ended.withLock { $0.append(person.account) } }))
        }
        await door.apply(try SocketFixture.snapshot([alice, bob], generation: 2), [])
        #expect(ended.withLock { $0 }.isEmpty)
        await door.apply(try SocketFixture.snapshot([person("alice", 1_001, .billing), bob], generation: 3), [])
        #expect(ended.withLock { $0 } == ["alice"])
        await door.apply(try SocketFixture.snapshot([person("bob", 9_999)], generation: 4), [])
        #expect(ended.withLock { Set($0) } == ["alice", "bob"])
    }
}
