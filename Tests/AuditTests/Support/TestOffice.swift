// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP
import Testing

@testable import Audit

/// A business with three extensions and a phone for each.
struct TestOffice {
    static let numbers = ["701", "702", "703"]
    static let usernames = ["k3jd9fh2mz7qp4xw", "t8vn2bc6rl1sg5ya", "w5hr8dk1xm3pz9cb"]
    let snapshot: Snapshot
    let accounts: [TestAccount]
    /// Of an extension that is disabled.
    let leaver: TestAccount

    init(commonPassword: Bool = false, outside: OutsideSettings? = nil) throws {
        let domain = try #require(DomainName(parsing: MemoryTarget.domain))
        let passwords = [
            commonPassword ? "701701" : "hF7mQ2xV9bNc4kLt8wRzPj3s", "Zt6nB3vK8dMq5yGx2hWcRf9p",
            "pK4sD9wXn6TbVj2mQc8yHg5r",
        ]
        var (extensions, devices, accounts): ([Extension], [Device], [TestAccount]) = ([], [], [])
        for (index, text) in Self.numbers.enumerated() {
            let number = try #require(ExtensionNumber(parsing: text))
            extensions.append(Extension(number: number, name: "Desk \(text)", createdAt: WallTime(milliseconds: 0)))
            devices.append(try Self.device(number, Self.usernames[index], passwords[index], domain, index))
            let password = Redacted(passwords[index])
            accounts.append(TestAccount(number: number, username: Self.usernames[index], password: password))
        }
        let left = try #require(ExtensionNumber(parsing: "704"))
        let (name, secret) = ("q9zs4vd7nw2kx8th", "Qm7xR2cT9vLb4nWk6zHs3dYp")
        leaver = TestAccount(number: left, username: name, password: Redacted(secret))
        extensions.append(
            Extension(number: left, name: "Left", isEnabled: false, createdAt: WallTime(milliseconds: 0))
        )
        devices.append(try Self.device(left, name, secret, domain, 3))
        snapshot = Snapshot(
            generation: 1,
            domain: domain,
            extensions: extensions,
            devices: devices,
            outside: try outside ?? Self.outside()
        )
        self.accounts = accounts
    }

    /// A provider, the home, a price for every number, and France open.
    static func outside() throws -> OutsideSettings {
        var dialing = DialingSettings()
        dialing.numbering.home = Region(parsing: "DE")
        dialing.rights.countries[try #require(Region(parsing: "FR"))] = CountryRule(.withoutHighRisk)
        let rates = try (1...9).map { digit in
            let tariff = try #require(Tariff(perMinute: Money(clamping: 100_000), increments: .seconds))
            let prefix = try #require(NumberPrefix(parsing: "+\(digit)"))
            return try #require(DeckRate(prefix: prefix, destination: "everywhere", tariff: tariff))
        }
        let deck = RateDeck(id: RateDecks.usual, version: 1, currency: .eur, rates: rates)
        let trunk = Trunk(
            name: try #require(TrunkName(parsing: "main")),
            domain: try #require(DomainName(parsing: "sip.provider.example")),
            registers: false,
            createdAt: WallTime(milliseconds: 0)
        )
        return OutsideSettings(
            trunks: [TrunkAccess(trunk, secret: nil)],
            numbers: [try owned()],
            dialing: dialing,
            rates: RateDecks(usual: try #require(deck), importedAt: WallTime(milliseconds: 0), importedBy: "test"),
            emergency: try emergency(over: trunk.name)
        )
    }

    /// That those who help call back.
    private static func owned() throws -> OwnedNumber {
        OwnedNumber(
            number: try #require(PhoneNumber(parsing: "+49301234567")),
            destination: numbers.first.flatMap { Destination(parsing: $0) },
            createdAt: WallTime(milliseconds: 0)
        )
    }

    /// Everybody can be found and called back, the first extension is told, and the way was tried yesterday.
    private static func emergency(over trunk: TrunkName) throws -> EmergencySettings {
        var emergency = EmergencySettings()
        let germany = try #require(Region(parsing: "DE"))
        emergency.usual.address = CivicAddress(country: germany, [.city: "Berlin", .street: "Musterweg"])
        emergency.usual.callback = PhoneNumber(parsing: "+49301234567")
        _ = emergency.tell(numbers.prefix(1).compactMap { ExtensionNumber(parsing: $0) })
        var way = EmergencySettings.Way()
        way.testNumber = DigitString(parsing: "933")
        way.lastTest = HelpTest(
            at: WallTime(milliseconds: 1_800_000_000_000 - 86_400_000),
            number: try #require(way.testNumber),
            passed: true,
            words: "answered with 200"
        )
        emergency.put(way, over: trunk)
        return emergency
    }

    static func device(
        _ number: ExtensionNumber,
        _ username: String,
        _ password: String,
        _ domain: DomainName,
        _ index: Int
    ) throws -> Device {
        let hash = { (algorithm: DigestAlgorithm) in
            Redacted(HA1(algorithm: algorithm, username: username, realm: domain.text, password: password).hex())
        }
        return Device(
            id: try #require(DeviceID(parsing: "0123456789abcde\(index)")),
            extension: number,
            username: username,
            hashes: DigestHashes(md5: hash(.md5), sha256: hash(.sha256), sha512256: hash(.sha512256)),
            label: "desk",
            createdAt: WallTime(milliseconds: 0)
        )
    }
}

extension MemoryTarget {
    nonisolated func target() throws -> Target {
        let office = try TestOffice(commonPassword: weakness == .commonPassword)
        var target = Target(
            host: "pbx.office.example",
            address: Self.address,
            tlsPort: Self.tlsPort,
            mediaPort: Self.mediaPort,
            domain: office.snapshot.domain,
            accounts: office.accounts,
            insider: try insider(office)
        )
        target.leaver = office.leaver
        target.wssPort = Self.wssPort
        target.portal = portalTarget()
        target.outside = try terms(office.snapshot.outside)
        return target
    }

    private nonisolated func insider(_ office: TestOffice) throws -> Insider {
        let file = StoredFile(role: .database, path: "ringfence.sqlite", mode: 0o600, owner: 0)
        var content = Array("SQLite format 3\0 k3jd9fh2mz7qp4xw sealed:".utf8)
        if weakness == .storesPasswords { content += office.accounts[0].password.reveal { Array($0.utf8) } }
        let blocks = [content]
        var insider = Insider(
            serverMemory: { [memory] in memory.read() },
            stolenFiles: { [file] },
            open: { _ in FileBlocks.of(blocks) },
            tamper: { [weakness] (tampering) async throws(WireError) in
                switch tampering {
                case .nothing: nil
                case .edit, .editWithHash, .swap, .append, .editEvent:
                    weakness == .forgivesEdits ? nil : "entry 3 does not fit"
                case .removeMiddle, .removeLast, .empty, .removeEvent:
                    weakness == .forgivesCuts ? nil : "entries are missing"
                }
            }
        )
        insider.steal = { [weakness] (theft) async throws(WireError) in
            switch theft {
            case .search, .searchWhileRecorded: weakness == .keepsSoundReadable ? "it stands in 101/d.new" : nil
            case .changeByte, .cutMiddle, .otherKey: weakness == .playsWhatWasChanged ? "it was played" : nil
            case .moveToOther, .playAsGreeting: weakness == .playsForeignSound ? "it was played" : nil
            case .nothing: nil
            }
        }
        insider.retain = { [weakness] (trial) async throws(WireError) in
            switch trial {
            case .young: weakness == .deletesTooEarly ? "a record of 30 days is gone" : nil
            case .oldRecord, .oldMessage: weakness == .keepsForEver ? "it is still there" : nil
            case .held: weakness == .deletesWhatIsHeld ? "it is gone" : nil
            case .erased: weakness == .erasesHalf ? "the number stands in ringfence.sqlite" : nil
            case .oldRecordAfterCrash, .erasedAfterCrash: weakness == .letsItRise ? "the record came back" : nil
            }
        }
        insider.control = controlTrials(office)
        insider.ceiling = ceilingTrials()
        insider.rehearse = { [self] (rehearsal) async throws(WireError) in
            guard let seen = await rehearse(rehearsal) else { throw WireError(.local, "no price") }
            return weakness == .keepsStopsToItself ? seen.map { RehearsedCall($0.refusal, news: []) } : seen
        }
        insider.provider = rehearsal(office)
        insider.help = helpRehearsal()
        insider.alerts = { [self] in await told }
        insider.faults = { [weakness] minutes in
            let told = ServiceDrill.rehearse(minutes, in: office.snapshot, from: WallTime(milliseconds: 0))
            // One whose list was full before.
            return weakness == .losesFaults ? Array(told.prefix(100)) : told
        }
        insider.dialIn = { [self] () async throws(WireError) in try await dialIn(office) }
        return insider
    }
}

extension FileBlocks {
    /// The same blocks for every reader.
    static func of(_ blocks: [[UInt8]]) -> FileBlocks {
        let reader = BlockReader(blocks)
        return FileBlocks { reader.next() }
    }
}
