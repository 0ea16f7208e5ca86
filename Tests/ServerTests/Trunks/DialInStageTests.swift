// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import Testing

@testable import Audit
@testable import Server

@Suite("Control disa: the rehearsal that the attack runs in")
struct DialInStageTests {
    @Test func `T05 the switchboard of this program gives nobody a line who calls in`() async throws {
        let domain = try #require(DomainName(parsing: "pbx.test"))
        let extensions = ["101", "102"].compactMap { ExtensionNumber(parsing: $0) }
        let rehearsal = try DialInRehearsal.inThisProcess([], extensions, domain: domain, home: Region(parsing: "DE"))
        var insider = Insider(
            serverMemory: { nil },
            stolenFiles: { [] },
            open: { _ in nil },
            tamper: { (_) async throws(WireError) in nil }
        )
        insider.dialIn = { () async throws(WireError) in rehearsal }
        var target = rehearsal.target
        target.insider = insider
        let attack = try #require(AttackSuite.attacks.first { $0.id == "T05" })
        let observation = try await attack.run(rehearsal.wire, target)
        #expect(observation.outcome == .held, "\(observation.observed)")
        #expect(observation.observed.hasPrefix("29 ways refused"), "\(observation.observed)")
    }
}
