// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Calls to the outside and from it, through software of others on both sides of the server.
@Suite("Kamailio and rtpengine as provider", .serialized, .oneAtATime, .enabled(if: Laboratory.hasProvider))
struct ProviderTests {
    @Test(.timeLimit(.minutes(3)))
    func `a desk phone calls out and is called on its number, with audio both ways, and every leg has its price`()
        throws
    {
        try check("tls")
    }

    @Test(.timeLimit(.minutes(3)), arguments: ["udp", "tcp"])
    func `the same over a provider that encrypts nothing, until its exception ends`(transport: String) throws {
        try check(transport)
    }

    private func check(_ transport: String) throws {
        let (status, output) = try Laboratory.run(script: "provider_check", [Laboratory.program.path, transport])
        #expect(status == 0, "\(output)")
    }
}

@Suite("A stolen extension with a real provider", .serialized, .oneAtATime, .enabled(if: Laboratory.hasProvider))
struct StolenExtensionTests {
    @Test(.timeLimit(.minutes(3)))
    func `reaches nothing abroad and nothing premium, and a burst ends within its budget by the provider's clock`()
        throws
    {
        let (status, output) = try Laboratory.run(script: "burst_check", [Laboratory.program.path])
        #expect(status == 0, "\(output)")
    }
}

@Suite("A server that is killed during paid calls", .serialized, .oneAtATime, .enabled(if: Laboratory.hasProvider))
struct PaidCrashTests {
    @Test(.timeLimit(.minutes(6)))
    func `50 times, keeps a record of every leg, restores no money and counts none twice`() throws {
        let (status, output) = try Laboratory.run(script: "paid_crash_test", [Laboratory.program.path, "50"])
        #expect(status == 0, "\(output)")
    }
}

@Suite("What a business does over real providers", .serialized, .oneAtATime, .enabled(if: Laboratory.hasProvider))
struct ProviderFeatureTests {
    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            "dtmf", "hold", "blind", "premium", "attended", "forward", "pickup", "group", "unanswered", "blocked",
            "failover", "route", "withheld", "diverted", "pilot",
        ]
    )
    func `what a business does with outside calls works with real phones and providers`(feature: String) throws {
        try use(feature, "tls")
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["dtmf", "hold", "blind", "attended", "forward", "pickup"])
    func `so it does over a provider that encrypts nothing`(feature: String) throws {
        try use(feature, "udp")
    }

    private func use(_ feature: String, _ transport: String) throws {
        let script = [Laboratory.program.path, feature, transport]
        let (status, output) = try Laboratory.run(script: "provider_feature_check", script)
        #expect(status == 0, "\(output)")
    }
}
