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
            client.write(#"{"id":7,"command":"call.end","with":{"id":"abc"}}"# + "\n")
            #expect(client.line() == #"{"answer":{"id":"abc"},"id":7}"#)
            let both = (8...9).map { #"{"id":\#($0),"command":"call.end","with":{"id":"\#($0)"}}"# + "\n" }
            client.write(both.joined())
            #expect(client.line() == #"{"answer":{"id":"8"},"id":8}"#)
            #expect(client.line() == #"{"answer":{"id":"9"},"id":9}"#)
        }
    }

    @Test func `a refusal reaches the client word for word and leaves the connection open`() async throws {
        try await withSocket { socket in
            let client = try ControlClient(socket.installation)
            let refusal = #expect(throws: Refusal.self) { try client.perform(EndCall(id: "gone")) }
            #expect(refusal == SocketFixture.noCall)
            #expect(try client.perform(EndCall(id: "x")) == EndCall.Reply(id: "x"))
        }
    }

    @Test func `a request may come byte by byte`() async throws {
        try await withSocket { socket in
            let client = try RawClient(socket.path)
            for byte in #"{"id":1,"command":"call.end","with":{"id":"x"}}"# { client.write(String(byte)) }
            client.write("\n")
            #expect(client.line() == #"{"answer":{"id":"x"},"id":1}"#)
        }
    }

    @Test func `two clients do not hear each other`() async throws {
        try await withSocket { socket in
            let (first, second) = (try ControlClient(socket.installation), try ControlClient(socket.installation))
            for number in 0..<50 {
                #expect(try first.perform(EndCall(id: "a\(number)")) == EndCall.Reply(id: "a\(number)"))
                #expect(try second.perform(EndCall(id: "b\(number)")) == EndCall.Reply(id: "b\(number)"))
            }
        }
    }

    @Test func `the actor is the account at the other end, as the kernel names it`() async throws {
        try await withSocket { socket in
            _ = try ControlClient(socket.installation).perform(Diagnose())
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

    @Test(arguments: [
        (#""command":"extension.erase""#, "There is no command 'extension.erase'.", "does not know it"),
        (#""command":"call.end""#, "The command call.end was not understood.", "the field 'id' is missing"),
        (
            #""command":"phone.enrol","with":{"phones":[{"extension":7}]}"#,
            "The command phone.enrol was not understood.",
            "the field 'phones.0.extension' is not what it has to be"
        ),
        (
            #""command":"phone.enrol","with":{"phones":null}"#, "The command phone.enrol was not understood.",
            "the field 'phones' is empty"
        ),
        (#""command":"call.end","with":[]"#, "The command call.end was not understood.", "is not what it has to be"),
    ])
    func `a request for a command that there is not, or with other fields, is refused and the next one answered`(
        request: String,
        problem: String,
        reason: String
    ) async throws {
        try await withSocket { socket in
            let client = try RawClient(socket.path)
            client.write(#"{"id":7,\#(request)}"# + "\n" + #"{"id":8,"command":"call.end","with":{"id":"x"}}"# + "\n")
            let line = try #require(client.line())
            let response = try JSONDecoder().decode(ControlResponse<Bool>.self, from: Data(line.utf8))
            #expect((response.id, response.answer, response.refusal?.problem) == (7, nil, problem))
            #expect(response.refusal?.reason.contains(reason) == true, "\(line)")
            #expect(client.line() == #"{"answer":{"id":"x"},"id":8}"#)
            #expect(socket.actors.value.isEmpty)
        }
    }

    @Test func `a request's fields are not repeated to who sent it, and an endless name is cut`() async throws {
        try await withSocket { socket in
            let client = try RawClient(socket.path)
            let secret = #"{"certificate":"c","key":"-----BEGIN","hasNewAuthority":"no"}"#
            client.write(#"{"id":1,"command":"certificate.replace","with":{"pair":\#(secret)}}"# + "\n")
            let line = try #require(client.line())
            #expect(line.contains("the field 'pair.hasNewAuthority' is not what") && !line.contains("BEGIN"))
            client.write(#"{"id":2,"command":"\#(String(repeating: "x", count: 60_000))"}"# + "\n")
            #expect(try #require(client.line()).utf8.count < 400)
        }
    }

    @Test func `an answer of another version is a refusal too`() async throws {
        try await withSocket { socket in
            let client = try ControlClient(socket.installation)
            let refusal = #expect(throws: Refusal.self) { try client.perform(AnsweredOtherwise()) }
            #expect(refusal?.problem == "The server's answer was not understood.")
            #expect(refusal?.remedy == "restart the server with this program: ringfence --version")
        }
    }

    /// `call.end` as it was in a version that answers with something else.
    private struct AnsweredOtherwise: Command {
        static let name = EndCall.name
        static let rights = EndCall.rights
        var id = "x"

        static func harmless(_: ExtensionNumber) -> Self { Self() }
        func run(in administrator: isolated Administrator, for _: Caller) async -> [String] { [] }
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
            for client in clients { _ = try client.perform(EndCall(id: "x")) }
            let refusal = #expect(throws: Refusal.self) {
                try ControlClient(socket.installation).perform(EndCall(id: "x"))
            }
            #expect(refusal?.problem == "The server takes no more commands at the moment.")
            clients.removeAll()
            var answer: EndCall.Reply?
            for _ in 0..<1_000 where answer == nil {
                answer = try? ControlClient(socket.installation).perform(EndCall(id: "y"))
                if answer == nil { Thread.sleep(forTimeInterval: 0.02) }
            }
            #expect(answer == EndCall.Reply(id: "y"))
        }
    }

    @Test func `a role that somebody narrows themselves to arrives with each request`() async throws {
        try await withSocket { socket in
            _ = try ControlClient(socket.installation, as: .auditor).perform(Diagnose())
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
            client.write(#"{"id":1,"command":"audit.run"}"# + "\n")
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
