// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model
import Primitives
import Testing

@testable import ringfence

@Suite("ringfence operator")
struct OperatorCommandTests {
    private func report(_ name: String, _ user: UInt32, _ role: Role, exists: Bool = true) -> OperatorReport {
        OperatorReport(
            name: name,
            account: LocalAccount(name: name, user: user),
            role: role,
            since: user == 0 ? nil : Sample.time,
            lastSeen: nil,
            exists: exists,
            signsIn: user != 0
        )
    }

    @Test func `list says who may do what, since when, and whose account is gone`() throws {
        let number = try Sample.number("204")
        let list = [report("root", 0, .owner), report("bob", 1_002, .ownExtension(number), exists: false)]
        #expect(
            try parse(OperatorList.self).answer(from: Office(list)).text == """
                ACCOUNT  UID   ROLE               SINCE                 LAST SEEN  SIGNS IN
                root     0     owner              always                -          no
                bob      1002  own-extension:204  2026-11-21T07:00:00Z  never      yes       the account is gone
                """
        )
    }

    @Test func `add and remove say what is so now`() throws {
        let bob = report("bob", 1_002, .billing)
        let added = try parse(OperatorAdd.self, "bob", "--role", "billing").answer(from: Office(bob))
        #expect(added.text == "bob (uid 1002) may run the phone system as billing.")
        #expect(added.hint == "Take it back: ringfence operator remove bob")
        let removed = try parse(OperatorRemove.self, "bob").answer(from: Office(bob))
        #expect(removed.text == "bob (uid 1002) may not run the phone system any more.")
    }

    @Test func `what was typed becomes the command that is asked`() throws {
        let number = try Sample.number("204")
        let add = try parse(OperatorAdd.self, "bob", "--role", "own-extension", "--extension", "204")
        #expect(add.command == AddOperator(account: "bob", role: .ownExtension(number)))
        #expect(try parse(CallList.self, "--as", "own-extension:204").options.role == .ownExtension(number))
        #expect(try parse(CallList.self).options.role == nil)
    }

    @Test(arguments: [
        ["operator", "add", "bob"], ["operator", "add", "bob", "--role", "king"],
        ["operator", "add", "bob", "--role", "own-extension"],
        ["operator", "add", "bob", "--role", "own-extension", "--extension", "2"],
        ["operator", "add", "bob", "--role", "auditor", "--extension", "204"],
        ["operator", "remove"],
        ["call", "list", "--as", "king"], ["call", "list", "--as", "own-extension"],
    ])
    func `a typing error exits with 64`(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try Ringfence.parseAsRoot(arguments + ["--data", "/nowhere"]) }
        #expect(error.map { Ringfence.exitCode(for: $0).rawValue } == 64)
    }
}
