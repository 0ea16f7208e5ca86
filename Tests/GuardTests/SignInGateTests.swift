// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Tries to sign in")
struct SignInGateTests {
    private let name = SignInGate.Subject.name("anna")

    private func at(_ seconds: Int) -> MonotonicTime {
        MonotonicTime(nanoseconds: UInt64(1_000 + seconds) * 1_000_000_000)
    }

    @Test func `each try after the third waits twice as long as the one before, up to a quarter of an hour`() {
        var (gate, now) = (SignInGate(), 0)
        for _ in 0..<3 { #expect(gate.enter([name], at: at(now)) == nil) }
        for wait in [4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            #expect(gate.enter([name], at: at(now)) == .seconds(wait))
            now += wait
            #expect(gate.enter([name], at: at(now)) == nil)
        }
    }

    @Test func `a day of guessing at one name is a hundred tries`() {
        var (gate, now, tries) = (SignInGate(), 0, 0)
        while now < 86_400 {
            if let wait = gate.enter([name], at: at(now)) { now += Int(wait.components.seconds) } else { tries += 1 }
        }
        #expect(tries < 110)
    }

    @Test func `whoever succeeds is forgotten, and so is what was long ago`() {
        var gate = SignInGate()
        for _ in 0..<3 { _ = gate.enter([name], at: at(0)) }
        gate.succeed([name])
        #expect(gate.enter([name], at: at(0)) == nil)
        for _ in 0..<2 { _ = gate.enter([name], at: at(0)) }
        #expect(gate.enter([name], at: at(1)) != nil)
        #expect(gate.enter([name], at: at(5 * 3_600)) == nil)
    }

    @Test func `a try that was not looked at undoes itself and forgives nothing (P07)`() {
        var gate = SignInGate()
        for _ in 0..<3 { #expect(gate.enter([name], at: at(0)) == nil) }
        #expect(gate.enter([name], at: at(1)) != nil)
        #expect(gate.enter([name], at: at(5)) == nil)
        gate.withdraw([name])
        #expect(gate.enter([name], at: at(6)) != nil, "the failures before it count still")
        var other = SignInGate()
        for _ in 0..<10 {
            #expect(other.enter([name], at: at(0)) == nil)
            other.withdraw([name])
        }
    }

    @Test func `names without number take no memory without end`() {
        var gate = SignInGate()
        for number in 0..<20_000 { _ = gate.enter([.name("n\(number)")], at: at(number)) }
        for _ in 0..<3 { _ = gate.enter([name], at: at(20_001)) }
        #expect(gate.enter([name], at: at(20_001)) != nil)
    }
}

@Suite("Networks of operators")
struct AdminNetworkTests {
    @Test(
        "without a list it is this machine and private networks",
        arguments: [
            ("127.0.0.1", true), ("::1", true), ("10.9.8.7", true), ("192.168.3.4", true), ("fd00::5", true),
            ("::ffff:192.168.1.1", true), ("172.32.0.1", false), ("203.0.113.5", false), ("2001:db8::1", false),
            ("::ffff:203.0.113.5", false),
        ]
    )
    func usual(address: String, isAdmitted: Bool) throws {
        let address = try #require(IPAddress(parsing: address))
        #expect(AdminNetworkRules.admits(address, in: NetworkSettings()) == isAdmitted)
    }

    @Test func `P14 a list takes the place of those, in both versions of IP`() throws {
        let network = NetworkSettings(admins: [try #require(IPPrefix(parsing: "203.0.113.0/24"))])
        for (text, isAdmitted) in [
            ("203.0.113.9", true), ("::ffff:203.0.113.9", true), ("127.0.0.1", false), ("10.0.0.1", false),
        ] {
            let address = try #require(IPAddress(parsing: text))
            #expect(AdminNetworkRules.admits(address, in: network) == isAdmitted)
        }
    }

    @Test(arguments: ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0", "2000::/3", "::/64", "::/80"])
    func `nobody lets in half the world (P14)`(network: String) throws {
        #expect(AdminNetworkRules.refusal(of: [try #require(IPPrefix(parsing: network))]) != nil)
    }

    @Test func `the networks that are usual can be named`() {
        for prefix in AdminNetworkRules.usual { #expect(AdminNetworkRules.refusal(of: [prefix]) == nil, "\(prefix)") }
    }
}
