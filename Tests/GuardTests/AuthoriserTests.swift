// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

private let own = ExtensionNumber(parsing: "204")
private let noon = WallTime(milliseconds: 1_800_000_000_000)

@Suite("Control roles: who may do what")
struct AuthoriserTests {
    private func refusal(
        _ rights: [Right],
        _ role: Role,
        narrowedTo narrowed: Role? = nil,
        on subject: Authoriser.Subject = .any
    ) -> Refusal? {
        do throws(Refusal) {
            _ = try Authoriser.decide(rights, on: subject, by: "alice", with: Mandate(role, narrowedTo: narrowed))
            return nil
        } catch {
            return error
        }
    }

    private func rights(_ role: Role) -> Set<Right> {
        Set(Right.allCases.filter { Authoriser.reach(of: role, with: $0) != .nothing })
    }

    @Test func `an owner may do everything, and only an owner says who may do what`() throws {
        let number = try #require(own)
        #expect(rights(.owner) == Set(Right.allCases))
        for role in Role.all(ownExtension: number).dropFirst() {
            #expect(rights(role).isDisjoint(with: [.appointOperators, .keepProofs, .acceptJournal]), "\(role)")
        }
    }

    @Test func `who is not for changing something changes nothing`() throws {
        for role in [Role.billing, .frontDesk, .auditor, .ownExtension(try #require(own))] {
            #expect(rights(role).allSatisfy { !$0.changesSomething }, "\(role)")
        }
        #expect(rights(.auditor).count == Right.allCases.count { !$0.changesSomething })
    }

    @Test func `each role has what it is for, and no more`() throws {
        #expect(rights(.billing) == [.seeExtensions, .seeRecords, .seeNumbers, .seeSpending])
        #expect(rights(.frontDesk) == [.seeExtensions, .seeRegistrations, .seeCalls])
        #expect(
            rights(.ownExtension(try #require(own)))
                == [.seeExtensions, .seePhones, .seeRegistrations, .seeCalls, .seeRecords]
        )
        // Neither alone can open a way in and hand out a password for it.
        #expect(!rights(.administrator).contains(.openListeners) && rights(.administrator).contains(.enrolPhones))
        #expect(rights(.security).contains(.openListeners) && !rights(.security).contains(.enrolPhones))
        // Nor bring in a way out, or prices that count for nothing, and open the countries for it.
        for (first, second) in [(Right.changeTrunks, Right.openDialling), (.importRates, .activateRates)] {
            #expect(rights(.administrator).contains(first) && !rights(.administrator).contains(second))
            #expect(rights(.security).contains(second) && !rights(.security).contains(first))
        }
    }

    @Test func `all rights are needed, not one of them`() {
        #expect(refusal([.seeExtensions], .billing) == nil)
        #expect(refusal([.seeExtensions, .seePhones], .billing)?.problem == "alice may not see the phones.")
    }

    @Test func `I04 narrowing takes rights away and adds none`() throws {
        let number = try #require(own)
        for role in Role.all(ownExtension: number) {
            for narrowed in Role.all(ownExtension: number) {
                for right in Right.allCases {
                    let isAllowed = refusal([right], role, narrowedTo: narrowed) == nil
                    let both = rights(role).intersection(rights(narrowed)).contains(right)
                    #expect(isAllowed == both, "\(role) as \(narrowed): \(right)")
                }
            }
        }
        #expect(refusal([.endCalls], .owner, narrowedTo: .auditor)?.remedy == "ask again without --as auditor")
    }

    @Test func `P08 one's own extension is the only one`() throws {
        let (number, other) = (try #require(own), try #require(ExtensionNumber(parsing: "205")))
        let role = Role.ownExtension(number)
        let permit = try Authoriser.decide([.seeCalls], on: .any, by: "alice", with: Mandate(role))
        #expect(permit.covers(number) && permit.covers(other, number) && !permit.covers(other) && !permit.covers(nil))
        #expect(refusal([.seePhones], role, on: .extension(number)) == nil)
        for subject in [other, nil] {
            let refused = refusal([.seePhones], role, on: .extension(subject))
            #expect(refused?.problem == "alice may not see the phones of others.")
        }
        #expect(refusal([.seeCalls], role, narrowedTo: .ownExtension(other)) != nil)
        let narrowed = Mandate(.owner, narrowedTo: role)
        #expect(try Authoriser.decide([.seeCalls], on: .any, by: "root", with: narrowed).extensionOnly == number)
    }

    @Test(arguments: ["owner", "administrator", "security", "billing", "front-desk", "auditor", "own-extension:204"])
    func `a role is written as it is read`(text: String) {
        #expect(Role(parsing: text)?.description == text)
    }

    @Test(arguments: ["", "Owner", "root", "own-extension", "own-extension:", "own-extension:1", "own-extension:2 04"])
    func `what is no role is none`(text: String) {
        #expect(Role(parsing: text) == nil)
    }
}

@Suite("Control roles: who is let in")
struct OperatorRulesTests {
    private let alice = Operator(account: "alice", user: 1_001, role: .billing, since: noon)

    private func role(_ name: String?, _ user: UInt32) -> Role? {
        OperatorRules.role(of: .account(LocalAccount(name: name, user: user)), server: 500, among: [alice])
    }

    @Test func `the account of the server and root are owners, operators have their role, and nobody else is let in`() {
        #expect(role("ringfence", 500) == .owner && role(nil, 0) == .owner)
        #expect(role("alice", 1_001) == .billing)
        #expect(role("bob", 1_002) == nil)
    }

    @Test func `I04 who gets the name or the number of an operator's account later is somebody else`() {
        #expect(role("alice", 1_002) == nil)
        #expect(role("mallory", 1_001) == nil)
        #expect(role(nil, 1_001) == nil)
    }

    private func refusal(_ name: String?, _ user: UInt32, _ role: Role = .auditor, others: Int = 0) throws -> Refusal? {
        let operators = (0..<others).map {
            Operator(account: "u\($0)", user: UInt32(2_000 + $0), role: .auditor, since: noon)
        }
        let domain = try #require(DomainName(parsing: "pbx.example"))
        let snapshot = Snapshot(
            generation: 1,
            domain: domain,
            extensions: [],
            devices: [],
            operators: [alice] + operators
        )
        let account = LocalAccount(name: name, user: user)
        return OperatorRules.refusal(ofAppointing: account, as: role, server: 500, in: snapshot)
    }

    @Test func `an account that says nothing about who asks is not appointed`() throws {
        #expect(try refusal("bob", 1_002) == nil)
        for (name, user) in [("nobody", 65_534), ("x", UInt32.max), (nil, 1_003), ("toor", 0), ("ringfence", 500)] {
            #expect(try refusal(name, user)?.control == .roles, "\(user)")
        }
        #expect(try refusal("alias", 1_001)?.reason.contains("the same account as alice") == true)
    }

    @Test func `a role for an extension needs the extension`() throws {
        #expect(try refusal("bob", 1_002, .ownExtension(try #require(own)))?.control == .roles)
    }

    @Test func `there are only so many, and one who is there may get another role`() throws {
        #expect(try refusal("bob", 1_002, others: Limits.operators - 2) == nil)
        #expect(try refusal("bob", 1_002, others: Limits.operators - 1)?.control == .roles)
        #expect(try refusal("alice", 1_001, .owner, others: Limits.operators - 1) == nil)
    }

    @Test(arguments: ["", "a b", "a\nb", "ä", String(repeating: "a", count: 65)])
    func `a name that would not print is no name`(name: String) {
        #expect(LocalAccount(name: name, user: 7).description == "uid 7")
    }
}

@Suite("Control roles: refusals in the journal")
struct RefusalTallyTests {
    @Test func `some an hour are written, the others counted, and each account has its own`() {
        var tally = RefusalTally()
        for _ in 0..<Limits.writtenRefusals { #expect(tally.write(of: "a", at: noon) == 0) }
        for _ in 0..<1_000 { #expect(tally.write(of: "a", at: noon) == nil) }
        #expect(tally.write(of: "b", at: noon) == 0)
        let later = noon + Limits.refusalHour
        #expect(tally.write(of: "a", at: later) == 1_000)
        #expect(tally.write(of: "a", at: later) == 0)
    }

    @Test func `many accounts share one line of accounts, and a clock that is set back stops nothing`() {
        var tally = RefusalTally()
        let written = (0..<10_000).count { tally.write(of: "\($0)", at: noon) != nil }
        #expect(written == Limits.refusedAccounts + Limits.writtenRefusals)
        #expect(tally.write(of: "0", at: noon + .seconds(-60)) == 0)
    }
}
