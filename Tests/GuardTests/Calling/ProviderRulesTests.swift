// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control provider-allowlist: who is a provider, and what one may bring")
struct ProviderRulesTests {
    private static let now = WallTime(milliseconds: 1_000_000)

    private func trunk(_ change: (inout Trunk) -> Void = { _ in }) throws -> Trunk {
        var trunk = Trunk(
            name: try #require(TrunkName(parsing: "main")),
            domain: try #require(DomainName(parsing: "sip.provider.example")),
            prefixes: [try #require(IPPrefix(parsing: "203.0.113.0/24"))],
            createdAt: WallTime(milliseconds: 0)
        )
        change(&trunk)
        return trunk
    }

    private func exception(seconds: Int) -> Trunk.PlainException {
        Trunk.PlainException(reason: "no TLS", grantedBy: "root", until: Self.now + .seconds(seconds))
    }

    @Test(arguments: [
        ("203.0.113.7", Trunk.Transport.tls, true), ("203.0.114.7", .tls, false), ("203.0.113.7", .udp, false),
        ("203.0.113.7", .tcp, false),
    ])
    func `only its networks over its transport`(_ address: String, _ over: Trunk.Transport, _ isTheirs: Bool) throws {
        let address = try #require(IPAddress(parsing: address))
        #expect(ProviderRules.speaks(for: try trunk(), from: address, over: over, at: Self.now) == isTheirs)
        #expect(!ProviderRules.speaks(for: try trunk { $0.isEnabled = false }, from: address, over: over, at: Self.now))
    }

    @Test func `in the clear for as long as its exception stands, to the millisecond`() throws {
        let address = try #require(IPAddress(parsing: "203.0.113.7"))
        let plain = try trunk { ($0.transport, $0.exception) = (.udp, exception(seconds: 1)) }
        for (milliseconds, isTheirs) in [(0, true), (999, true), (1_000, false)] {
            let then = Self.now + .milliseconds(milliseconds)
            #expect(ProviderRules.speaks(for: plain, from: address, over: .udp, at: then) == isTheirs)
            #expect(TrunkRules.isPlain(plain, at: then) == isTheirs)
        }
        #expect(!ProviderRules.mayBeUsed(try trunk { $0.transport = .udp }, at: Self.now))
    }

    @Test func `audio goes in the clear only by exception, and not where keys are offered over TLS`() throws {
        let excused = try trunk { $0.exception = exception(seconds: 1) }
        #expect(!TrunkRules.isPlain(try trunk(), at: Self.now))
        #expect(TrunkRules.isPlain(excused, at: Self.now))
        #expect(TrunkRules.isPlain(excused, offering: .plain, signallingIsSecure: true, at: Self.now))
        #expect(!TrunkRules.isPlain(excused, offering: .encrypted, signallingIsSecure: true, at: Self.now))
        #expect(TrunkRules.isPlain(excused, offering: .encrypted, signallingIsSecure: false, at: Self.now))
    }

    @Test(
        arguments: [
            (CallAttempt.Media.plain, nil), (.optional, nil), (.lateOffer, nil), (.encrypted, 488), (.dtls, 488),
            (.noKey, 488),
        ] as [(CallAttempt.Media, Int?)],
        [true, false]
    )
    func `what a provider may bring in the clear`(
        _ row: (media: CallAttempt.Media, status: Int?),
        _ isSecure: Bool
    ) throws {
        let called = try #require(PhoneNumber(parsing: "+49301234567"))
        let callee = try #require(ExtensionNumber(parsing: "101"))
        let excused = try trunk { ($0.transport, $0.exception) = (.udp, exception(seconds: 1)) }
        let own = OwnedNumber(number: called, destination: .extension(callee), createdAt: Self.now)
        let snapshot = Snapshot(
            generation: 1,
            domain: try #require(DomainName(parsing: "office.example")),
            extensions: [Extension(number: callee, name: "", createdAt: Self.now)],
            devices: [],
            outside: OutsideSettings(trunks: [TrunkAccess(excused, secret: nil)], numbers: [own])
        )
        let attempt = InboundAttempt(
            trunk: excused.name,
            called: called,
            caller: nil,
            claimsExtension: false,
            signallingIsSecure: isSecure,
            isPlain: true,
            media: row.media
        )
        let verdict = InboundRules.decide(attempt, in: snapshot, at: Self.now)
        switch verdict {
        case .refused(let refusal):
            #expect(refusal.status == row.status && refusal.control == .trunkEncryption)
            #expect(refusal.reason.contains("others can read") == !isSecure)
        case .allowed(let placement):
            #expect(row.status == nil && placement.isPlain)
            #expect(
                placement.refusal(in: snapshot, by: DialPlan(DialingSettings()), at: Self.now + .seconds(1))?.control
                    == .trunkEncryption
            )
        }
    }
}
