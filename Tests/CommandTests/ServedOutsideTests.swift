// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Commands about the outside world, to a real server", .serialized)
struct ServedOutsideTests {
    private static let secret = "Pa55word-of-the-provider"

    @Test func `are obeyed, survive a restart and a power cut, and leave no secret in the clear`() throws {
        let system = try ServedSystem()
        let file = try system.write("password", Self.secret + "\n")
        let added = try system.run(
            "trunk",
            "add",
            "main",
            "--domain",
            "sip.provider.invalid",
            "--username",
            "4930123",
            "--password-file",
            file
        )
        #expect(added.status == 0 && added.output == "Trunk main to sip.provider.invalid is added.\n", "\(added.error)")
        #expect(try system.run("extension", "add", "101").status == 0)
        #expect(try system.run("number", "add", "+493012345", "--to", "extension", "101").status == 0)
        #expect(try system.run("number", "caller", "+493012345").status == 0)
        #expect(try system.run("country", "home", "DE", "--outside-prefix", "0").status == 0)
        #expect(try system.run("country", "open", "FR").output == "Calls to France are open.\n")
        #expect(try system.run("spend", "limit", "business", "--hour", "9", "--day", "19", "--week", "29").status == 0)
        #expect(
            try system.run("pattern", "set", "costly-hour", "--warn", "3", "--block", "5", "--minutes", "60").status
                == 0
        )
        system.stop()
        try system.start()
        try check(system)
        system.kill()
        try system.start()
        try check(system)
        #expect(try !system.holds(Self.secret) && system.holds("4930123"))
        let journal = try system.run("journal", "list", "--json")
        #expect(journal.output.contains("trunk.add") && !journal.output.contains(Self.secret))
        #expect(try system.run("journal", "verify").status == 0)
    }

    @Test func `an attack that is told to end takes along what it made`() throws {
        let system = try ServedSystem()
        let attack = try system.begin("attack", "run")
        let made = "Attack in progress"
        let isMade = { try system.run("extension", "list").output.contains(made) }
        let deadline = Date(timeIntervalSinceNow: 120)
        while try !isMade(), Date() < deadline { Thread.sleep(forTimeInterval: 0.2) }
        #expect(try isMade())
        attack.terminate()
        while attack.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.2) }
        #expect(!attack.isRunning)
        #expect(try !isMade())
    }

    private func check(_ system: ServedSystem) throws {
        #expect(try system.run("trunk", "list").output.contains("sip.provider.invalid"))
        let numbers = try system.run("number", "list").output
        #expect(numbers.contains("+493012345  extension 101  the same  any    everybody else"))
        let countries = try system.run("country", "list").output
        #expect(
            countries.contains("The business is in Germany: dial 0 for a number outside.")
                && countries.contains("France")
        )
        let spending = try system.run("spend", "show").output
        #expect(spending.contains("business                9.00   19.00"), "\(spending)")
        #expect(try system.run("pattern", "show").output.contains("costly-hour           3"))
    }

    @Test func `are refused in words with the fix, and with exit status 1`() throws {
        let system = try ServedSystem()
        let plain = try system.run(
            "trunk",
            "add",
            "old",
            "--domain",
            "a.invalid",
            "--transport",
            "udp",
            "--no-register"
        )
        #expect(plain.status == 1 && plain.error.contains("--allow-plain --reason TEXT --until DATE"), "\(plain.error)")
        let premium = try system.run("class", "allow", "premium")
        #expect(
            premium.status == 1
                && premium.error.contains("Fix: approve the one that you need: ringfence premium approve")
        )
        let auditor = try system.run("country", "open", "CU", "--as", "auditor")
        #expect(auditor.status == 1 && auditor.error.contains("may not open where calls may go."), "\(auditor.error)")
        let noTerminal = try system.run("trunk", "add", "main", "--domain", "a.invalid", "--username", "u")
        #expect(noTerminal.status == 1, "\(noTerminal)")
    }

    /// Twenty thousand prices: more than a hundred requests to hand them over, and debug builds are slow.
    @Test func `a long price list is imported, compared and let count`() throws {
        let system = try ServedSystem()
        let rows = (0..<20_000).map { "\(10_000 + $0);Place \($0 % 3_000);0.0\(100 + $0 % 800);60/1\n" }
        let file = try system.write("rates.csv", "Prefix;Destination;Rate per minute;Increments\n" + rows.joined())
        let clock = ContinuousClock()
        let start = clock.now
        let imported = try system.run("rates", "import", file, "--activate")
        print("price list of 20,000: imported in \(clock.now - start)")
        #expect(imported.status == 0, "\(imported.error)")
        #expect(imported.output.contains("has 20000 prices for 20000 prefixes in EUR."), "\(imported.output)")
        let restart = clock.now
        system.stop()
        try system.start()
        print("price list of 20,000: stopped and started in \(clock.now - restart)")
        #expect(try system.run("rates", "show").output.contains("default  1        counts  EUR       20000"))
    }

    @Test func `records are exported by a process of their own`() throws {
        let system = try ServedSystem()
        let csv = try system.run("call", "export", "--csv")
        #expect(csv.status == 0 && csv.output.hasPrefix("call,started,answered,ended,seconds,from"))
        let json = try system.run("record", "export", "--json")
        #expect(json.status == 0 && json.output.isEmpty)
    }
}
