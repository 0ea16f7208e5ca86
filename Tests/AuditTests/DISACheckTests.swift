// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@testable import Audit

@Suite("Control disa: what the audit finds")
struct DISACheckTests {
    private let leg = LegProtection(transport: "tls", tlsVersion: "TLSv1.3", cipher: "x", srtpSuite: "AEAD_AES_256_GCM")

    private func findings(forwardedBy: [String]) async throws -> [Finding] {
        var system = try await SoundSystem.make()
        var record = try SoundSystem.paid(leg)
        record.caller = .outside(PhoneNumber(parsing: "+4940555123"))
        record.callerDevice = nil
        record.forwardedBy = try forwardedBy.map { try #require(ExtensionNumber(parsing: $0)) }
        system.records.append(record)
        return await Check.disa.run(system).findings
    }

    @Test func `a sound system says that there is no opening`() async throws {
        let report = await Check.disa.run(try await SoundSystem.make())
        #expect(report.holds && report.findings.isEmpty)
        #expect(report.examined.contains { $0.hasPrefix("openings for who calls in to call out: none") })
    }

    @Test func `T05 a caller from outside whose call went on by itself is found`() async throws {
        let found = try await findings(forwardedBy: [])
        #expect(found.map(\.code.rawValue) == ["disa.dialled-through"])
        #expect(found.first?.evidence.contains("at the expense of 701") == true)
    }

    @Test func `a call that a phone sent on at its own expense is not, and one at the expense of another is`()
        async throws
    {
        #expect(try await findings(forwardedBy: ["701"]).isEmpty)
        #expect(try await findings(forwardedBy: ["702"]).count == 1)
    }
}
