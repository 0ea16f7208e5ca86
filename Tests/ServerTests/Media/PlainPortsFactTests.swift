// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import Testing

@testable import Server

@Suite("Control trunk-encryption: what the doctor says of ports")
struct PlainPortsFactTests {
    private static let now = WallTime(milliseconds: 1_000_000)

    private func snapshot(exceptionFor seconds: Int?) throws -> Snapshot {
        var trunk = Trunk(
            name: try #require(TrunkName(parsing: "main")),
            domain: try #require(DomainName(parsing: "sip.provider.example")),
            createdAt: Self.now
        )
        trunk.exception = seconds.map {
            Trunk.PlainException(reason: "no TLS", grantedBy: "root", until: Self.now + .seconds($0))
        }
        return Snapshot(
            generation: 1,
            domain: try #require(DomainName(parsing: "office.example")),
            extensions: [],
            devices: [],
            outside: OutsideSettings(trunks: [TrunkAccess(trunk, secret: nil)])
        )
    }

    @Test(
        arguments: [
            (1, 0, 0, false), (1, 0, 4, true), (1, 3, 4, true), (1, 4, 4, false), (-1, 0, 0, true), (nil, 0, 0, true),
        ] as [(Int?, Int, Int, Bool)]
    )
    func `an exception without a free port is a warning`(
        _ seconds: Int?,
        _ used: Int,
        _ all: Int,
        _ isWell: Bool
    ) throws {
        let finding = Finding(plainLegs: used, of: all, for: try snapshot(exceptionFor: seconds), at: Self.now)
        #expect(finding.isGood == isWell, "\(finding.title)")
        #expect(isWell || finding.remedy.contains("ringfence media ports"))
    }
}
