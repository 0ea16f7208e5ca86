// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Testing

@testable import Server

@Suite("The control socket")
struct ControlSocketTests {
    @Test func `answers carry the request's number, in order`() async throws {
        try await withSocket { socket in
            let client = try RawClient(socket.path)
            client.write(#"{"id":7,"command":{"call":{"_0":{"end":{"id":"abc"}}}}}"# + "\n")
            #expect(client.line() == #"{"answer":{"callEnded":{"id":"abc"}},"id":7}"#)
            let both = (8...9).map { #"{"id":\#($0),"command":{"call":{"_0":{"end":{"id":"\#($0)"}}}}}"# + "\n" }
            client.write(both.joined())
            #expect(client.line() == #"{"answer":{"callEnded":{"id":"8"}},"id":8}"#)
            #expect(client.line() == #"{"answer":{"callEnded":{"id":"9"}},"id":9}"#)
        }
    }

    @Test func `a refusal reaches the client word for word and leaves the connection open`() async throws {
        try await withSocket { socket in
            let client = try ControlClient(socket.installation)
            let refusal = #expect(throws: Refusal.self) { try client.perform(.call(.end(id: "gone"))) }
            #expect(refusal == SocketFixture.noCall)
            #expect(try client.perform(.call(.end(id: "x"))) == .callEnded(id: "x"))
        }
    }

    @Test func `a request may come byte by byte`() async throws {
        try await withSocket { socket in
            let client = try RawClient(socket.path)
            for byte in #"{"id":1,"command":{"call":{"_0":{"end":{"id":"x"}}}}}"# { client.write(String(byte)) }
            client.write("\n")
            #expect(client.line() == #"{"answer":{"callEnded":{"id":"x"}},"id":1}"#)
        }
    }

    @Test func `two clients do not hear each other`() async throws {
        try await withSocket { socket in
            let (first, second) = (try ControlClient(socket.installation), try ControlClient(socket.installation))
            for number in 0..<50 {
                #expect(try first.perform(.call(.end(id: "a\(number)"))) == .callEnded(id: "a\(number)"))
                #expect(try second.perform(.call(.end(id: "b\(number)"))) == .callEnded(id: "b\(number)"))
            }
        }
    }

    @Test func `the actor is the account at the other end, as the kernel names it`() async throws {
        try await withSocket { socket in
            _ = try ControlClient(socket.installation).perform(.doctor)
            #expect(socket.actors.value == ["\(NSUserName()) (uid \(getuid()))"])
        }
    }

    @Test(arguments: [
        "garbage", "{}", #"{"id":1}"#, #"{"id":1,"command":{"erase":{}}}"#, "", "\u{0}\u{FF}", "[[[[[[[[",
    ])
    func `a line that is no request is answered and ends the connection`(line: String) async throws {
        try await withSocket { socket in
            let client = try RawClient(socket.path)
            client.write(line + "\n")
            #expect(client.line()?.contains("The command was not understood.") == true)
            #expect(client.line() == nil)
        }
    }

    @Test func `a line beyond the limit is refused before it is whole`() async throws {
        try await withSocket { socket in
            let client = try RawClient(socket.path)
            client.write(String(repeating: "x", count: ControlLimits.request + 1))
            #expect(client.line()?.contains("it is longer than 65536 bytes") == true)
            #expect(client.line() == nil)
        }
    }

    @Test func `more connections than the limit are told so, and room comes back`() async throws {
        try await withSocket { socket in
            var clients = try (0..<ControlLimits.connections).map { _ in try ControlClient(socket.installation) }
            for client in clients { _ = try client.perform(.call(.end(id: "x"))) }
            let refusal = #expect(throws: Refusal.self) {
                try ControlClient(socket.installation).perform(.call(.end(id: "x")))
            }
            #expect(refusal?.problem == "The server takes no more commands at the moment.")
            clients.removeAll()
            var answer: Answer?
            for _ in 0..<1_000 where answer == nil {
                answer = try? ControlClient(socket.installation).perform(.call(.end(id: "y")))
                if answer == nil { Thread.sleep(forTimeInterval: 0.02) }
            }
            #expect(answer == .callEnded(id: "y"))
        }
    }

    @Test func `a role that somebody narrows himself to arrives with each request`() async throws {
        try await withSocket { socket in
            _ = try ControlClient(socket.installation, as: .auditor).perform(.doctor)
            #expect(socket.actors.value.first?.hasSuffix(" as auditor") == true)
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can become another account"))
    func `a process of another account is refused by the kernel's word`() async throws {
        try await withSocket { socket in
            // The folder and the socket would keep it out already; here they are open, and still it gets nothing.
            for path in [socket.folder.path, socket.folder.data, socket.path] { chmod(path, 0o777) }
            let said = try socket.say(as: 65_534)
            #expect(said.contains("The account 'nobody' may not run this phone system."))
            #expect(socket.actors.value.isEmpty)
        }
    }

    @Test func `only the owner can open it, and it is gone when the server stops`() async throws {
        let folder = TemporaryFolder()
        try await withSocket(in: folder) { socket in
            #expect(socket.modes == [0o700, 0o600])
        }
        #expect(FileManager.default.fileExists(atPath: folder.data))
        #expect(!FileManager.default.fileExists(atPath: folder.data + "/control.sock"))
    }

    @Test func `a command that takes long does not keep the server from stopping`() async throws {
        // The command takes ten minutes.
        let start = ContinuousClock.now
        try await withSocket { socket in
            let client = try RawClient(socket.path)
            client.write(#"{"id":1,"command":{"audit":{"_0":{"run":{}}}}}"# + "\n")
            for _ in 0..<6_000 where socket.actors.value.isEmpty { Thread.sleep(forTimeInterval: 0.01) }
            #expect(socket.actors.value.count == 1)
        }
        #expect(start.duration(to: .now) < .seconds(300))
    }

    @Test func `without a server the refusal names the command that starts one`() throws {
        let folder = TemporaryFolder()
        let installation = try folder.install(at: Date())
        let refusal = #expect(throws: Refusal.self) { _ = try ControlClient(installation) }
        #expect(
            refusal?.description == """
                The phone system in \(folder.data) is not running.
                  Why: this command speaks to the running server, and nobody answers on its control socket
                  Fix: start it: ringfence serve --data \(folder.data)
                """
        )
    }
}

@Suite("Lines of the control socket")
struct LineBufferTests {
    @Test func `lines come out whole whatever the pieces were`() throws {
        for size in 1...7 {
            var (buffer, lines) = (LineBuffer(limit: 10), [String]())
            let bytes = Array("one\ntwo\n\nthree\nrest".utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                buffer.append(bytes[start..<min(start + size, bytes.count)])
                while let line = try buffer.next() { lines.append(String(decoding: line, as: UTF8.self)) }
            }
            #expect(lines == ["one", "two", "", "three"])
        }
    }

    @Test(arguments: ["abcd\n", "abcd"])
    func `the limit counts for a line with and without its end`(text: String) {
        var buffer = LineBuffer(limit: 3)
        buffer.append(Array(text.utf8))
        #expect(throws: LineBuffer.TooLong.self) { try buffer.next() }
    }
}
