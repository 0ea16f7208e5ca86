// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The laboratory's attackers speak UDP and nothing else, so they get what a Ringfence does not have by itself: a
/// listener without encryption, by a named exception. What they cannot learn there they learn nowhere.
@Suite("Real attackers", .serialized, .oneAtATime, .enabled(if: Laboratory.isPresent))
struct AttackerTests {
    private struct Found: Decodable {
        struct Host: Decodable { let addr: String }
        struct Cracked: Decodable { let password: String }

        var found: [Host]?
        var extensions: [String]?
        var cracked: Cracked?
        var answers: Int?
        var sent: Int?
        var leaked_packets: Int?
    }

    @Test(.timeLimit(.minutes(2))) func `svmap finds no telephone system`() throws {
        let office = try Target()
        let found = try office.attack("attack-svmap.sh", "127.0.0.1", "\(office.udp)")
        #expect(found.found?.isEmpty == true)
    }

    @Test(.timeLimit(.minutes(3)), arguments: ["REGISTER", "INVITE", "OPTIONS"])
    func `svwar finds no extension`(method: String) throws {
        let office = try Target()
        let found = try office.attack(
            "attack-svwar.sh",
            "127.0.0.1",
            "\(office.udp)",
            "100-110",
            method,
            RunningServer.domain
        )
        #expect(found.extensions?.isEmpty == true)
    }

    @Test(.timeLimit(.minutes(3))) func `svcrack guesses nothing, neither by number nor by user name`() throws {
        let office = try Target()
        let list = office.server.folder.appending(path: "words.txt")
        try Data((["1234", "password", "101", office.account.password]).joined(separator: "\n").utf8).write(to: list)
        for user in ["101", office.account.username] {
            let found = try office.attack(
                "attack-svcrack.sh",
                "127.0.0.1",
                "\(office.udp)",
                user,
                list.path,
                RunningServer.domain
            )
            #expect(found.cracked == nil)
        }
    }

    @Test(.timeLimit(.minutes(2))) func `sipsak gets no answer at all, and its trash and its flood change nothing`()
        throws
    {
        let office = try Target()
        let (_, output) = try Laboratory.run(
            Laboratory.shared.appending(path: "lab/attack-sipsak.sh").path,
            ["127.0.0.1", "\(office.udp)", "101"]
        )
        print(output)
        // It asks for the server's address instead of its domain: that is nobody here, and nobody answers.
        #expect(output.contains(#""status":"","server":"""#))
        #expect(try office.canCall())
    }

    @Test(.timeLimit(.minutes(3)), arguments: ["options", "register", "invite"])
    func `a flood gets no more answers than its budget, and phones call each other meanwhile`(kind: String) throws {
        let office = try Target()
        let call = try office.startCall(seconds: 1)
        let found = try office.attack("attack-flood.sh", "127.0.0.1", "\(office.udp)", kind, "1000", "5")
        // 400 at once and 50 a second is what one stranger may say (Guard.Limits.strangerRate).
        #expect((found.answers ?? .max) <= 400 + 50 * 8)
        #expect(found.sent == 5_000)
        call.waitUntilExit()
        #expect(call.terminationStatus == 0)
    }

    @Test(.timeLimit(.minutes(2))) func `rtpbleed hears nothing of a call and cannot get into it`() throws {
        let office = try Target()
        let call = try office.startCall(seconds: 12)
        defer { call.waitUntilExit() }
        try office.waitForCall()
        let found = try office.attack(
            "attack-rtpbleed.py",
            "127.0.0.1",
            "\(office.server.media)-\(office.server.media + 1)",
            "--bind",
            "127.0.0.66"
        )
        #expect(found.leaked_packets == 0)
        call.waitUntilExit()
        #expect(call.terminationStatus == 0)
    }

    @Test(.timeLimit(.minutes(2))) func `sipcrack finds no login in what it overheard`() throws {
        let office = try Target()
        let (capture, list) = (office.server.folder.path + "/wire.pcap", office.server.folder.path + "/words.txt")
        let call = try office.startCall(seconds: 2, capture: capture)
        call.waitUntilExit()
        #expect(call.terminationStatus == 0)
        try Data(office.account.password.utf8).write(to: URL(filePath: list))
        let script = Laboratory.shared.appending(path: "lab/attack-sipcrack.sh").path
        let (_, output) = try Laboratory.run(script, [capture, list])
        print(output)
        #expect(output.contains(#""logins": 0"#))
    }

    /// A Ringfence with two phones and a door for attackers.
    private final class Target {
        let server: RunningServer
        let udp: Int
        let account: RunningServer.Account
        private let other: RunningServer.Account

        init() throws {
            server = try RunningServer()
            udp = try Ports.free(.datagram)
            for number in ["101", "102", "105"] { try server.ask("extension", "add", number) }
            (account, other) = (try server.enrol("101"), try server.enrol("102"))
            let reason = "the attackers of the laboratory speak nothing else"
            try server.ask("listener", "except", "udp", "127.0.0.1:\(udp)", "--days", "1", "--reason", reason)
        }

        /// Runs an attacker from an address that no phone of ours has.
        func attack(_ script: String, _ arguments: String...) throws -> Found {
            let (_, output) = try Laboratory.run(
                "env",
                ["LAB_BIND=127.0.0.66", Laboratory.shared.appending(path: "lab/\(script)").path] + arguments
            )
            print(output)
            return try JSONDecoder().decode(Found.self, from: Data((output.split(separator: "\n").last ?? "").utf8))
        }

        /// Whether a phone can register and call another, over TLS.
        func canCall() throws -> Bool {
            let call = try startCall(seconds: 1)
            call.waitUntilExit()
            return call.terminationStatus == 0
        }

        func startCall(seconds: Int, capture: String? = nil) throws -> Process {
            let process = Laboratory.unblocked(
                Laboratory.shared.appending(path: "lab/call-check.py").path,
                [
                    "--server", "127.0.0.1:\(server.port)", "--transport", "tls", "--srtp", "sdes",
                    "--ca", server.ca, "--domain", RunningServer.domain,
                    "--a", "\(account.username):\(account.password):baresip",
                    "--b", "\(other.username):\(other.password):baresip",
                    "--dial", "sip:102@\(RunningServer.domain)", "--secs", "\(seconds)",
                    "--out", server.folder.appending(path: "phones").path,
                ] + (capture.map { ["--pcap", $0] } ?? [])
            )
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            process.standardInput = FileHandle.nullDevice
            try process.run()
            return process
        }

        /// Until both phones talk.
        func waitForCall() throws {
            for _ in 0..<100 {
                if try server.ask("call", "list", "--json").contains("answeredAt") { return }
                Thread.sleep(forTimeInterval: 0.2)
            }
            Issue.record("the phones did not talk within 20 seconds")
        }
    }
}
