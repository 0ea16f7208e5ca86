// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@testable import Audit

/// What can be wrong with trunks and with callers outside is found under its control.
@Suite("Checks of trunks and of callers outside")
struct TrunkCheckTests {
    private static let now = WallTime(milliseconds: 1_800_000_000_000)
    private static let tls = LegProtection(
        transport: "tls",
        tlsVersion: "TLSv1.3",
        cipher: "TLS_AES_128_GCM_SHA256",
        srtpSuite: "AEAD_AES_256_GCM"
    )
    private static let udp = LegProtection(transport: "udp", srtpSuite: LegProtection.readableAudio)

    /// A sound system with a trunk, a connection to its provider and a call over it.
    private func system(
        _ protection: LegProtection = tls,
        source: String? = nil,
        _ change: (inout Trunk) -> Void = { _ in }
    ) async throws -> LiveSystem {
        var trunk = Trunk(
            name: try #require(TrunkName(parsing: "main")),
            domain: try #require(DomainName(parsing: "sip.provider.example")),
            registers: false,
            prefixes: [try #require(IPPrefix(parsing: "198.51.100.0/24"))],
            mediaPrefixes: [try #require(IPPrefix(parsing: "198.51.100.8/29"))],
            createdAt: WallTime(milliseconds: 0)
        )
        change(&trunk)
        var system = try await SoundSystem.make()
        system.snapshot = system.snapshot.applying([.outside(.putTrunk(TrunkAccess(trunk, secret: nil)))])
        system.trunks = [try connection(protection, verified: trunk.transport == .tls ? trunk.domain : nil)]
        system.connections.append(
            ConnectionFacts(
                subject: "the callee of call 7",
                protection: protection,
                carriesAudio: true,
                trunk: trunk.name,
                source: source.flatMap { IPAddress(parsing: $0) }
            )
        )
        return system
    }

    private func connection(
        _ protection: LegProtection,
        from address: String = "198.51.100.1:5061",
        isOurs: Bool = true,
        verified: DomainName?
    ) throws -> TrunkConnectionFacts {
        TrunkConnectionFacts(
            trunk: try #require(TrunkName(parsing: "main")),
            remote: try #require(SocketAddress(parsing: address)),
            isOurs: isOurs,
            protection: protection,
            verified: verified
        )
    }

    private func excuse(seconds: Int64) -> (inout Trunk) -> Void {
        { trunk in
            trunk.transport = .udp
            trunk.exception = Trunk.PlainException(
                reason: "no TLS",
                grantedBy: "root",
                until: Self.now + .seconds(seconds)
            )
        }
    }

    private func findings(_ control: Control, _ system: LiveSystem) async throws -> [Finding] {
        let check = try #require(Auditor.checks.first { $0.control == control })
        return await check.run(system).findings
    }

    @Test func `an encrypted trunk with a call over it is sound`() async throws {
        let report = await Auditor.run(try await system())
        #expect(report.holds, "\(report.text)")
    }

    @Test func `a connection whose certificate was verified for somebody else is found`() async throws {
        var system = try await system()
        for verified in [nil, DomainName(parsing: "evil.example")] {
            system.trunks = [try connection(Self.tls, verified: verified)]
            #expect(try await findings(.trunkEncryption, system).map(\.severity) == [.critical])
        }
    }

    @Test(arguments: ["TLSv1", "TLSv1.1", ""])
    func `a connection to a provider over no TLS of today is found`(_ version: String) async throws {
        var system = try await system()
        let old = LegProtection(transport: version.isEmpty ? "tcp" : "tls", tlsVersion: version)
        system.trunks = [try connection(old, verified: DomainName(parsing: "sip.provider.example"))]
        #expect(try await findings(.trunkEncryption, system).map(\.severity) == [.critical])
    }

    @Test func `a trunk in the clear is known by its exception, and with its end`() async throws {
        let findings = try await findings(.trunkEncryption, system(Self.udp, excuse(seconds: 60)))
        #expect(findings.map(\.severity) == [.notice] && findings[0].title.contains("until"))
    }

    @Test func `a leg in the clear after the exception is found, and so is the connection`() async throws {
        let findings = try await findings(.trunkEncryption, system(Self.udp, excuse(seconds: -60)))
        #expect(findings.map(\.severity).sorted { "\($0)" < "\($1)" } == [.critical, .critical, .warning])
    }

    @Test func `a call over an encrypted trunk without SRTP is found`() async throws {
        var system = try await system()
        var leg = Self.tls
        leg.srtpSuite = LegProtection.readableAudio
        system.connections = [
            ConnectionFacts(subject: "a leg", protection: leg, carriesAudio: true, trunk: TrunkName(parsing: "main"))
        ]
        #expect(try await findings(.trunkEncryption, system).map(\.severity) == [.critical])
    }

    @Test func `a leg in the clear by its exception is no matter of the phones' controls, one of a phone is`()
        async throws
    {
        var system = try await system(Self.udp, excuse(seconds: 60))
        #expect(try await findings(.mediaEncryption, system).isEmpty)
        #expect(try await findings(.signallingEncryption, system).isEmpty)
        system.records[0].callee = .outside(PhoneNumber(parsing: "+4940555123"))
        system.records[0].calleeProtection = Self.udp
        #expect(try await findings(.mediaEncryption, system).isEmpty)
        system.records[0].callerProtection?.srtpSuite = LegProtection.readableAudio
        #expect(try await findings(.mediaEncryption, system).map(\.severity) == [.critical])
    }

    // MARK: Where providers are

    @Test(arguments: [("198.51.100.77:4000", 0), ("203.0.113.7:4000", 1)])
    func `somebody elsewhere who is taken for the provider is found`(_ address: String, _ count: Int) async throws {
        var system = try await system()
        system.trunks.append(try connection(Self.tls, from: address, isOurs: false, verified: nil))
        #expect(try await findings(.providerAllowlist, system).count == count)
    }

    @Test(arguments: [("198.51.100.9", 0), ("198.51.100.1", 1)])
    func `audio from outside of the provider's networks is found`(_ source: String, _ count: Int) async throws {
        let system = try await system(Self.udp, source: source, excuse(seconds: 60))
        #expect(try await findings(.providerAllowlist, system).count == count)
    }

    @Test func `networks that are too wide are found`() async throws {
        let system = try await system { $0.prefixes = [IPPrefix(parsing: "128.0.0.0/1")].compactMap(\.self) }
        #expect(try await findings(.providerAllowlist, system).map(\.severity) == [.warning])
    }

    // MARK: Who calls

    @Test func `a caller outside who was let in under a number of the business is found`() async throws {
        var system = try await system()
        let own = try #require(PhoneNumber(parsing: "+49301234567"))
        let owned = OwnedNumber(number: own, destination: nil, createdAt: WallTime(milliseconds: -1))
        system.snapshot = system.snapshot.applying([.outside(.own(owned))])
        system.records[0].caller = .outside(own)
        #expect(try await findings(.callerTrust, system).map(\.severity) == [.critical])
        system.records[0].caller = .outside(PhoneNumber(parsing: "+4940555123"))
        #expect(try await findings(.callerTrust, system).isEmpty)
    }

    @Test func `a number that is to be shown and is not owned is told`() async throws {
        var system = try await system()
        let shown = CallerNumbers(usual: PhoneNumber(parsing: "+49301234599"))
        system.snapshot = system.snapshot.applying([.outside(.showCallers(shown))])
        #expect(try await findings(.callerTrust, system).map(\.severity) == [.notice])
    }
}
