// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@testable import Audit

/// A running system with nothing wrong: its answers to strangers are the real switchboard's.
enum SoundSystem {
    static func make() async throws -> LiveSystem {
        let office = try TestOffice()
        let memory = try MemoryTarget(nil)
        let declared = [
            Listener(purpose: .sipTLS, address: "192.0.2.1:5061"),
            Listener(purpose: .media, address: "192.0.2.1:40000"),
            Listener(purpose: .media, address: "192.0.2.1:40001"),
        ]
        let database = Array("SQLite format 3\0 0123456789abcde0 \(TestOffice.usernames[0]) sealed".utf8)
        let leg = LegProtection(
            transport: "tls",
            tlsVersion: "TLSv1.3",
            cipher: "TLS_AES_128_GCM_SHA256",
            srtpSuite: "AEAD_AES_256_GCM"
        )
        var system = LiveSystem(
            now: WallTime(milliseconds: 1_800_000_000_000),
            snapshot: office.snapshot.applying([
                .keepHours(OpeningHours(parsing: "Europe/Berlin: mon-fri 08:00-18:00"))
            ]),
            files: [(.directory, 0o700), (.database, 0o600), (.sealKey, 0o600), (.other, 0o644)].map { role, mode in
                StoredFile(role: role, path: "/x/\(role.rawValue)", mode: mode, owner: 0)
            },
            open: { _ in FileBlocks.of([database]) },
            sealKey: Redacted(Array(repeating: 0xA7, count: 32)),
            declared: declared,
            sockets: { declared.map { OpenSocket(network: $0.purpose.network, address: $0.address) } },
            sayInTheClear: { bytes, _ in
                bytes.first == 22 ? FakeTLS.answer(to: bytes, isOld: false, compresses: false) : []
            },
            askAsStranger: { requests in await ask(requests, memory) },
            connections: [ConnectionFacts(subject: "phone 1", protection: leg, carriesAudio: true)],
            media: MediaFacts(legs: [], suites: ["AEAD_AES_256_GCM"], drops: [:]),
            sources: SourceFacts(strangers: 1, strangerLimit: 64, refused: 0, challenged: 9, places: 128),
            records: [try record(leg), try paid(leg)],
            verifyJournal: { JournalFacts(entries: 3, fault: nil, anchorFault: nil) },
            operators: [],
            account: OwnerRules.Account(user: 0, name: "root"),
            outside: OutsideFacts(
                inForce: office.snapshot.outside,
                stored: office.snapshot.outside,
                standings: [standing(spent: 200_000)]
            )
        )
        system.uses = office.snapshot.extensions.mapValues { _ in ExtensionUse(usedAt: system.now + .seconds(-86_400)) }
        system.registered = Set(office.accounts.map(\.number))
        system.forwards = []
        system.alerts = try alerts(at: system.now)
        system.kept = KeptFacts(
            sounds: [.init(path: "/x/voicemail/701/d.new", shortcoming: nil)],
            opened: 1,
            closed: [:],
            oldestMessage: system.now + .seconds(-86_400),
            oldestRecord: system.now + .seconds(-86_400)
        )
        // Everything seen to.
        let word = GoLive.Word(by: "anna", at: system.now)
        let gate = GoLive.Duty.allCases.reduce(GoLive.asked(since: system.now)) { $0.with(word, for: $1) }
        let seenTo = system.snapshot.applying([.outside(.goLive(gate))]).outside
        (system.outside.inForce, system.outside.stored) = (seenTo, seenTo)
        (system.portal, system.portalHost) = (portal(memory), MemoryPortal.host)
        return system
    }

    /// One channel that leads to somebody, and a stop of calls that was told.
    private static func alerts(at now: WallTime) throws -> AlertFacts {
        let address = try #require(WebhookAddress(parsing: "https://hooks.example.com/"))
        let channel = AlertChannel(
            name: try #require(ShortName(parsing: "siem")),
            way: .webhook(.init(address: address)),
            createdAt: now
        )
        var standing = ChannelStanding()
        (standing.confirmedAt, standing.confirmedBy) = (now + .seconds(-86_400), "alice")
        let event = SecurityEvent(at: now + .seconds(-600), kind: .callsStopped, source: .machine, detail: "x")
        let alert = try #require(FraudAlertRules.alert(of: event))
        var facts = AlertFacts(
            channels: [AlertFacts.Channel(channel, standing)],
            told: [.init(at: event.at, alert)],
            noticed: [event],
            runsSince: now + .seconds(-86_400)
        )
        facts.lookedAt = now + .seconds(-30)
        return facts
    }

    /// Somebody who signs in, and a portal that is asked as strangers do.
    private static func portal(_ memory: MemoryTarget) -> PortalFacts {
        let anna = PortalFacts.Person(
            name: "anna",
            role: .owner,
            scheme: "$argon2id$v=19$m=47104,t=1,p=1",
            secretBytes: SecondFactorRules.secretBytes,
            sharesSecret: false,
            recoveryCodes: 10
        )
        return PortalFacts(
            places: [MemoryTarget.portalPlace],
            people: [anna],
            sessions: [],
            hasStranger: true,
            say: { bytes, _, visitor in
                visitor == .admitted ? FakeTLS.answer(to: bytes, isOld: false, compresses: false) : []
            },
            ask: { bytes, _ in
                let endpoint = Endpoint(.tls, port: MemoryPortal.port, from: MemoryTarget.admitted)
                guard let link = try? await memory.wire().connect(endpoint) else { return [] }
                _ = try? await link.send(bytes)
                if case .bytes(let answer, _) = await link.receive(.seconds(1)) { return answer }
                return []
            }
        )
    }

    private static func ask(_ requests: [[UInt8]], _ memory: MemoryTarget) async -> [[UInt8]?] {
        guard let link = try? await memory.wire().connect(Endpoint(.tls, port: MemoryTarget.tlsPort)) else { return [] }
        var answers: [[UInt8]?] = []
        for request in requests {
            _ = try? await link.send(request)
            if case .bytes(let bytes, _) = await link.receive(.seconds(1)) {
                answers.append(bytes)
            } else {
                answers.append(nil)
            }
        }
        return answers
    }

    /// How the budget of the business for an hour stands.
    static func standing(spent: Int64, limit: Int64 = 15_000_000, overshoot: Int64 = 0) -> SpendStanding {
        let line = SpendStanding.Line(
            span: .hour,
            isAfterHours: false,
            spent: Money(clamping: spent),
            limit: Money(clamping: limit)
        )
        return SpendStanding(
            pool: .business,
            lines: [line],
            running: 0,
            inProgress: .zero,
            overshoot: Money(clamping: overshoot)
        )
    }

    /// A call that left half an hour ago, by default to France, which is open.
    static func paid(
        _ leg: LegProtection,
        to number: String = "+33199000000",
        in region: String = "FR",
        cost: Int64 = 200_000
    ) throws -> CallRecord {
        let began = WallTime(milliseconds: 1_800_000_000_000 - 1_800_000)
        let called = try #require(PhoneNumber(parsing: number))
        var charge = LegCharge(
            id: ChargeID(1),
            payer: Payer(
                extension: try #require(ExtensionNumber(parsing: "701")),
                trunk: try #require(ShortName(parsing: "main"))
            ),
            number: called,
            region: Region(parsing: region),
            numberClass: NumberPlan.facts(of: called).numberClass,
            deck: RateDecks.usual,
            version: 1,
            prefix: try #require(NumberPrefix(parsing: String(number.prefix(3)))),
            tariff: try #require(Tariff(perMinute: Money(clamping: 100_000), increments: .seconds)),
            currency: .eur,
            reserved: Money(clamping: cost),
            reservedAt: began,
            isAfterHours: false
        )
        charge.cost = Money(clamping: cost)
        var record = try record(leg)
        (record.id, record.startedAt, record.answeredAt) = ("2", began, began)
        (record.dialled, record.callee, record.charges) = (number, .outside(called), [charge])
        return record
    }

    private static func record(_ leg: LegProtection) throws -> CallRecord {
        CallRecord(
            id: "1",
            startedAt: WallTime(milliseconds: 0),
            answeredAt: WallTime(milliseconds: 1),
            caller: .extension(try #require(ExtensionNumber(parsing: "701"))),
            callerDevice: DeviceID(parsing: "0123456789abcde0"),
            dialled: "702",
            outcome: .answered,
            callerProtection: leg,
            calleeProtection: leg
        )
    }
}
