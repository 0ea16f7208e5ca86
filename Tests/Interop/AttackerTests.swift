// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Attackers that others wrote speak UDP and nothing else, so they get what a Ringfence does not have by itself: a listener
/// without encryption, by a named exception. What they cannot learn there they learn nowhere.
@Suite("Real attackers", .serialized, .oneAtATime, .enabled(if: Laboratory.hasAttackers))
struct AttackerTests {
    /// What `attackers.py` got, each attacker its part.
    private struct Found: Decodable {
        var ran: Bool?
        var found: [String]?
        var extensions: [String]?
        var cracked: [String]?
        var logins: Int?
        var heard: [String]?
        var answers: Int?
        var sent: Int?
        var leaked_packets: Int?
    }

    @Test(.timeLimit(.minutes(3))) func `get from a weak system everything that they look for`() throws {
        #expect(try Laboratory.run(script: "attackers_check", []).status == 0)
    }

    @Test(.timeLimit(.minutes(2))) func `svmap finds no telephone system`() throws {
        let office = try Target()
        let found = try office.attack("svmap", "127.0.0.1", "\(office.udp)")
        #expect(found.ran == true && found.found?.isEmpty == true)
    }

    @Test(.timeLimit(.minutes(3)), arguments: ["REGISTER", "INVITE", "OPTIONS"])
    func `svwar finds no extension`(method: String) throws {
        let office = try Target()
        let found = try office.attack("svwar", "127.0.0.1", "\(office.udp)", "100-110", method, RunningServer.domain)
        #expect(found.ran == true && found.extensions?.isEmpty == true)
    }

    @Test(.timeLimit(.minutes(3))) func `svcrack guesses nothing, neither by number nor by user name`() throws {
        let office = try Target()
        let list = office.server.folder.appending(path: "words.txt")
        try Data((["1234", "password", "101", office.account.password]).joined(separator: "\n").utf8).write(to: list)
        for user in ["101", office.account.username] {
            let words = [user, list.path, RunningServer.domain]
            let found = try office.attack("svcrack", "127.0.0.1", "\(office.udp)", words[0], words[1], words[2])
            #expect(found.ran == true && found.cracked?.isEmpty == true)
        }
    }

    @Test(.timeLimit(.minutes(2))) func `sipsak gets no answer at all, and its trash and its flood change nothing`()
        throws
    {
        let office = try Target()
        // It asks for the server's address instead of its domain: that is nobody here, and nobody answers.
        #expect(try office.attack("sipsak", "127.0.0.1", "\(office.udp)", "101").heard?.isEmpty == true)
        #expect(try office.canCall())
    }

    @Test(.timeLimit(.minutes(3)), arguments: ["OPTIONS", "REGISTER", "INVITE"])
    func `a flood gets no more answers than its budget, and phones call each other meanwhile`(method: String) throws {
        let office = try Target()
        let call = try office.startCall(seconds: 1)
        let found = try office.attack("flood", "127.0.0.1", "\(office.udp)", method, "1000", "5")
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
        let ports = "\(office.server.media)-\(office.server.media + 1)"
        #expect(try office.attack("rtpbleed", "127.0.0.1", ports).leaked_packets == 0)
        call.waitUntilExit()
        #expect(call.terminationStatus == 0)
    }

    @Test(.timeLimit(.minutes(2))) func `sipcrack finds no login in what it overheard`() throws {
        let office = try Target()
        let (capture, list) = (office.server.folder.path + "/wire.pcap", office.server.folder.path + "/words.txt")
        let call = try office.startCall(seconds: 2, more: ["--capture", capture])
        call.waitUntilExit()
        #expect(call.terminationStatus == 0)
        try Data(office.account.password.utf8).write(to: URL(filePath: list))
        #expect(try office.attack("sipcrack", capture, list).logins == 0)
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
            let reason = "attackers speak nothing else"
            try server.ask("listener", "except", "udp", "127.0.0.1:\(udp)", "--days", "1", "--reason", reason)
        }

        func attack(_ arguments: String...) throws -> Found {
            let (_, line) = try Laboratory.run(script: "attackers", arguments)
            return try JSONDecoder().decode(Found.self, from: Data(line.utf8))
        }

        /// Whether a phone can register and call another, over TLS.
        func canCall() throws -> Bool {
            let call = try startCall(seconds: 1)
            call.waitUntilExit()
            return call.terminationStatus == 0
        }

        func startCall(seconds: Int, more: [String] = []) throws -> Process {
            let arguments = server.callArguments(
                from: "\(account.username):\(account.password):baresip",
                to: "\(other.username):\(other.password):baresip"
            )
            let process = Laboratory.unblocked(
                "python3",
                Laboratory.script("call_check", arguments + ["--seconds", "\(seconds)"] + more)
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
