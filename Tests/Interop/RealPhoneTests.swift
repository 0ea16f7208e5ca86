// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Real phones", .serialized, .oneAtATime, .enabled(if: Laboratory.isPresent))
struct RealPhoneTests {
    /// What `call-check.py` found out.
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
    ]

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
        #expect(try Self.check(caller: "baresip", callee: "baresip", password: "wrong", expect: "reg-fail-a").ok)
    }

    @Test(.timeLimit(.minutes(2))) func `that want plain RTP get no call`() throws {
        #expect(try Self.check(caller: "baresip", callee: "baresip", srtp: "none", expect: "call-fail").ok)
    }

    /// What `transfer_check.py` saw.
    struct Transfer: Decodable {
        let ok: Bool
    }

    static let trios = [("baresip", "baresip"), ("linphone", "baresip"), ("baresip", "pjsua")]

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
        let (_, output) = try Laboratory.run(
            "python3",
            [
                Laboratory.tools.appending(path: "transfer_check.py").path,
                Laboratory.shared.appending(path: "lab").path,
                "127.0.0.1:\(server.port)", server.ca, RunningServer.domain,
                server.folder.appending(path: "phones").path,
            ] + phones
        )
        let line = output.split(separator: "\n").last ?? ""
        print("\(transferred), transferred to \(target): \(line)")
        #expect(try JSONDecoder().decode(Transfer.self, from: Data(line.utf8)).ok)
    }

    private static func check(
        caller: String,
        callee: String,
        password: String? = nil,
        srtp: String = "sdes",
        expect: String = "ok",
        capture: Bool = false
    ) throws -> Outcome {
        let server = try RunningServer()
        try server.ask("extension", "add", "101")
        try server.ask("extension", "add", "102")
        let (a, b) = (try server.enrol("101"), try server.enrol("102"))
        let (_, output) = try Laboratory.run(
            Laboratory.shared.appending(path: "lab/call-check.py").path,
            [
                "--server", "127.0.0.1:\(server.port)", "--transport", "tls", "--srtp", srtp, "--ca", server.ca,
                "--domain", RunningServer.domain, "--a", "\(a.username):\(password ?? a.password):\(caller)",
                "--b", "\(b.username):\(b.password):\(callee)", "--dial", "sip:102@\(RunningServer.domain)", "--secs",
                "4",
                "--expect", expect, "--out", server.folder.appending(path: "phones").path,
            ] + (capture ? ["--pcap", server.folder.appending(path: "wire.pcap").path] : [])
        )
        let line = output.split(separator: "\n").last ?? ""
        print("\(caller) to \(callee): \(line)")
        return try JSONDecoder().decode(Outcome.self, from: Data(line.utf8))
    }
}

@Suite("RFC 7118 a real browser", .oneAtATime, .enabled(if: Laboratory.hasBrowser))
struct BrowserTests {
    @Test(.timeLimit(.minutes(3)))
    func `registers over secure WebSockets from a page of a named site, and from no other`() throws {
        let (status, output) = try Laboratory.run(
            "python3",
            [
                Laboratory.tools.appending(path: "browser_check.py").path, Laboratory.program.path,
                Laboratory.shared.appending(path: "lab").path, Laboratory.sipJS.path,
            ]
        )
        print(output)
        #expect(status == 0)
    }
}

@Suite("A server without a descriptor left", .oneAtATime, .enabled(if: Laboratory.isPresent))
struct DescriptorTests {
    @Test(.timeLimit(.minutes(2))) func `serves who is there, rests, and accepts again`() throws {
        let (status, output) = try Laboratory.run(
            "python3",
            [Laboratory.tools.appending(path: "descriptor_test.py").path, Laboratory.program.path]
        )
        print(output)
        #expect(status == 0)
    }
}

@Suite("A server that is killed", .oneAtATime)
struct CrashTests {
    @Test(.timeLimit(.minutes(6))) func `in the middle of calls, 50 times, loses no record`() throws {
        let (status, output) = try Laboratory.run(
            "python3",
            [Laboratory.tools.appending(path: "crash_test.py").path, Laboratory.program.path, "50"]
        )
        print(output)
        #expect(status == 0)
    }
}
