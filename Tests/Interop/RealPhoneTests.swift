// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Real phones", .serialized, .oneAtATime, .enabled(if: Laboratory.isPresent))
struct RealPhoneTests {
    /// What `call_check.py` saw.
    struct Outcome: Decodable {
        struct Wire: Decodable {
            let sdp_readable: Int
            let sip_readable: Int
            let payload_entropy_bits: Double?
        }

        let ok: Bool
        let wire: Wire?
    }

    static let pairs = [
        ("baresip", "baresip"), ("baresip", "linphone"), ("linphone", "baresip"), ("pjsua", "baresip"),
    ].filter { Laboratory.phones.isSuperset(of: [$0.0, $0.1]) }

    @Test(.timeLimit(.minutes(3)), arguments: pairs)
    func `call each other, hear each other, and nothing on the wire can be read`(caller: String, callee: String) throws
    {
        let outcome = try Self.check(caller: caller, callee: callee, capture: true)
        #expect(outcome.ok)
        let wire = try #require(outcome.wire)
        #expect(wire.sdp_readable == 0 && wire.sip_readable == 0)
        #expect((wire.payload_entropy_bits ?? 0) > 7.5)
    }

    @Test(.timeLimit(.minutes(2))) func `with a wrong password do not register`() throws {
        #expect(try Self.check(caller: "baresip", callee: "baresip", password: "wrong", expect: "no-registration").ok)
    }

    @Test(.timeLimit(.minutes(2))) func `that want plain RTP get no call`() throws {
        #expect(try Self.check(caller: "baresip", callee: "baresip", more: ["--plain"], expect: "no-call").ok)
    }

    /// What `transfer_check.py` saw.
    struct Transfer: Decodable {
        let ok: Bool
    }

    static let trios = [("baresip", "baresip"), ("linphone", "baresip"), ("baresip", "pjsua")]
        .filter { Laboratory.phones.isSuperset(of: [$0.0, $0.1]) }

    /// RFC 3264 §8.4 and RFC 3515: 102 is the baresip that holds, resumes and transfers.
    @Test(.timeLimit(.minutes(3)), arguments: trios)
    func `hold, resume and transfer a call, and both ends of what is left hear each other`(
        transferred: String,
        target: String
    ) throws {
        let server = try RunningServer()
        try server.ask("extension", "add", "101", "102", "103")
        let accounts = try ["101", "102", "103"].map { try server.enrol($0) }
        let phones = zip(accounts, [transferred, "baresip", target]).map { "\($0.username):\($0.password):\($1)" }
        let place = server.folder.appending(path: "phones").path
        let (_, line) = try Laboratory.run(
            script: "transfer_check",
            ["127.0.0.1:\(server.port)", server.ca, RunningServer.domain, place] + phones
        )
        #expect(try JSONDecoder().decode(Transfer.self, from: Data(line.utf8)).ok)
    }

    private static func check(
        caller: String,
        callee: String,
        password: String? = nil,
        more: [String] = [],
        expect: String = "call",
        capture: Bool = false
    ) throws -> Outcome {
        let server = try RunningServer()
        try server.ask("extension", "add", "101")
        try server.ask("extension", "add", "102")
        let (a, b) = (try server.enrol("101"), try server.enrol("102"))
        var arguments = server.callArguments(
            from: "\(a.username):\(password ?? a.password):\(caller)",
            to: "\(b.username):\(b.password):\(callee)"
        )
        arguments += ["--expect", expect] + more
        if capture { arguments += ["--capture", server.folder.appending(path: "wire.pcap").path] }
        let (_, line) = try Laboratory.run(script: "call_check", arguments)
        return try JSONDecoder().decode(Outcome.self, from: Data(line.utf8))
    }
}

@Suite("RFC 7118 a real browser", .oneAtATime, .enabled(if: Laboratory.hasBrowser))
struct BrowserTests {
    @Test(.timeLimit(.minutes(3)))
    func `registers over secure WebSockets from a page of a named site, and from no other`() throws {
        let (status, _) = try Laboratory.run(
            script: "browser_check",
            [Laboratory.program.path, Laboratory.sipJS.path]
        )
        #expect(status == 0)
    }
}

@Suite("A server without a descriptor left", .oneAtATime)
struct DescriptorTests {
    @Test(.timeLimit(.minutes(2))) func `serves who is there, rests, and accepts again`() throws {
        let (status, _) = try Laboratory.run(script: "descriptor_test", [Laboratory.program.path])
        #expect(status == 0)
    }
}

@Suite("A server that is killed", .oneAtATime)
struct CrashTests {
    @Test(.timeLimit(.minutes(6))) func `in the middle of calls, 50 times, loses no record`() throws {
        let (status, _) = try Laboratory.run(script: "crash_test", [Laboratory.program.path, "50"])
        #expect(status == 0)
    }
}

@Suite("A machine that is gone", .serialized, .oneAtATime, .enabled(if: Laboratory.isPresent))
struct RestoreTests {
    @Test(.timeLimit(.minutes(3))) func `comes back from a backup, and the same phones call each other`() throws {
        let (status, output) = try Laboratory.run(script: "restore_check", [Laboratory.program.path])
        #expect(status == 0, "\(output)")
    }
}

@Suite("Programs with tokens", .serialized, .oneAtATime, .enabled(if: Laboratory.isPresent))
struct APITests {
    @Test(.timeLimit(.minutes(3))) func `see calls and do once what they are for, and nothing else`() throws {
        let (status, output) = try Laboratory.run(script: "api_check", [Laboratory.program.path])
        #expect(status == 0, "\(output)")
    }
}
