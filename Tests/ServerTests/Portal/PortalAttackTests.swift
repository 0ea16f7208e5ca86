// SPDX-License-Identifier: Apache-2.0

import Admin
import Audit
import Guard
import Model
import Primitives
import Testing

@testable import Server

/// The attacks and checks on the portal, against the real one over real sockets.
@Suite("Attacks on the portal", .serialized)
struct PortalAttackTests {
    private static let controls: [Control] = [.operatorPasswords, .secondFactor, .loginProtection, .adminNetworks]

    private func target(_ scene: PortalScene) throws -> (Wire, Target) {
        let loopback = IPAddress(v4: 0x7F00_0001)
        let network = try NetworkWire(host: "localhost", address: loopback, authority: scene.made.rootCertificate)
        var target = Target(
            host: "localhost",
            address: loopback,
            tlsPort: scene.system.serving.sipTLS.port,
            mediaPort: scene.system.serving.media.first,
            domain: scene.system.snapshot.domain
        )
        target.portal = .onSocket(
            of: scene.made,
            open: SocketAddress(ip: loopback, port: scene.port),
            to: AdminNetworkRules.usual,
            beside: loopback
        )
        return (network.wire, target)
    }

    @Test func `the attacks on the sign-in get nothing, and what they leave behind is removed`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let (wire, target) = try target(scene)
            for control in Self.controls {
                let report = await AttackSuite.run(control: control, wire: wire, target: target)
                #expect(report.holds, "\(report.text)")
            }
            let directory = scene.made.directory
            try await Task.detached { PortalTarget.removePeople(from: try ControlClient(directory: directory)) }.value
            #expect(scene.system.snapshot.operators.isEmpty)
        }
    }

    @Test func `P14 a portal that all of the machine may reach is not proven from outside`() async throws {
        try await PortalScene.serve(admins: ["127.0.0.0/8"]) { (scene: PortalScene) async throws in
            var (wire, target) = try target(scene)
            target.portal = .onSocket(
                of: scene.made,
                open: SocketAddress(ip: target.address, port: scene.port),
                to: scene.system.snapshot.network.admins,
                beside: target.address
            )
            let report = await AttackSuite.run(control: .adminNetworks, wire: wire, target: target)
            // From inside it is probed all the same (R09).
            #expect(report.results.map(\.outcome) == [.notRun, .held])
        }
    }

    @Test func `the audit looks at people who sign in, and at the portal from both sides`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            _ = try await scene.enrol("anna")
            let summary = try await scene.run(RunAudit())
            for control in Self.controls {
                let outcome = try #require(summary.outcomes.first { $0.control == control })
                #expect(outcome.passed, "\(outcome.evidence)")
            }
            #expect(summary.text.contains("anna with 10 recovery codes"))
            #expect(summary.text.contains("from an address that may not: 0 bytes"))
        }
    }
}
