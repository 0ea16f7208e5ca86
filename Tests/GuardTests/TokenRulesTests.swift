// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control roles: tokens of programs")
struct TokenRulesTests {
    private let noon = WallTime(milliseconds: 1_800_000_000_000)

    private func token(_ commands: [String] = [], days: Int = 1) throws -> APIToken {
        APIToken(
            name: try #require(ShortName(parsing: "wallboard")),
            hash: Array(repeating: 1, count: 32),
            role: .administrator,
            commands: commands,
            issuedBy: "a test",
            since: noon,
            until: noon + .seconds(86_400 * days)
        )
    }

    @Test func `a token holds from its beginning to its end, and not before a clock that was set back`() throws {
        let token = try token()
        #expect(TokenRules.holds(token, at: noon))
        #expect(!TokenRules.holds(token, at: token.until))
        #expect(!TokenRules.holds(token, at: noon + .milliseconds(-1)))
    }

    @Test(arguments: Right.allCases)
    func `no right that is proven by a code comes with a token that names nothing`(right: Right) throws {
        let refusal = TokenRules.refusal(of: "a.b", needing: [right], by: try token())
        #expect(!SecondFactorRules.isDangerous(right) || refusal != nil)
    }

    @Test func `what is for people is refused also where it is named`() throws {
        for right in [Right.appointOperators, .keepBackups, .acceptJournal, .keepProofs] {
            #expect(TokenRules.refusal(of: "a.b", needing: [right], by: try token(["a.b"])) != nil)
        }
        #expect(TokenRules.refusal(of: "a.b", needing: [.enrolPhones], by: try token(["a.b"])) == nil)
        #expect(TokenRules.refusal(of: "a.c", needing: [.seeCalls], by: try token(["a.b"])) != nil)
    }
}
