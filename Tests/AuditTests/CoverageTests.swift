// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
import Primitives
import Testing

@testable import Audit

/// A control exists four times or not at all: decision, page, check, attack.
@Suite("Coverage of the controls")
struct CoverageTests {
    @Test func `every control has exactly one check, in order`() {
        #expect(Auditor.checks.map(\.control) == Control.allCases)
    }

    @Test func `every control is attacked, in order`() {
        var order: [Control] = []
        for attack in AttackSuite.attacks where order.last != attack.control { order.append(attack.control) }
        #expect(order == Control.allCases)
    }

    @Test func `every control has a page, and every page a control`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Pages.folder.path)
        #expect(Set(names) == Set(Control.allCases.map { "\($0.rawValue).md" }))
    }

    @Test(arguments: Control.allCases)
    func `every page says the same things in the same order`(control: Control) throws {
        let page = try Pages.text(of: control)
        let headings = page.split(separator: "\n").filter { $0.hasPrefix("#") }.map(String.init)
        #expect(
            headings == [
                "# \(control.rawValue)", "## The rule", "## Why it exists", "## What to do",
                "## What happens otherwise",
            ]
        )
        #expect(page.contains("\n\(control.title).\n"), "the title in Guard and on the page")
        #expect(page.contains("| default | value |"), "the numbers")
    }

    @Test(arguments: Control.allCases)
    func `every page says how its control is checked and names its attacks`(control: Control) throws {
        let page = try Pages.text(of: control)
        #expect(page.contains("**How it is checked.** `ringfence audit run`"))
        let sentence = try #require(page.components(separatedBy: "**How it is attacked.**").last)
        let named = Set(sentence.matches(of: #/\b[A-Z][0-9]{2}[a-z]?\b/#).map { String($0.output) })
        #expect(named == Set(AttackSuite.attacks.filter { $0.control == control }.map(\.id)))
    }

    @Test func `the catalogue lists every page`() throws {
        let catalogue = try String(
            contentsOf: Pages.folder.deletingLastPathComponent().appending(path: "Guard.md"),
            encoding: .utf8
        )
        for control in Control.allCases {
            #expect(catalogue.contains("| <doc:\(control.rawValue)> | \(control.title) |"))
            #expect(catalogue.contains("- <doc:\(control.rawValue)>"))
        }
    }

    /// The decision itself, made by `Guard` about something that its control forbids. A new control does not compile here
    /// until somebody has said what its decision is.
    @Test(arguments: Control.allCases)
    func `every control decides in Guard`(control: Control) throws {
        switch control {
        case .sipPasswords: #expect(try Decisions.refusal(ofCallBy: .revoked) == control)
        case .credentialDelivery:
            let refusal = SecretFileRules.refusal(of: "/x/ringfence.sqlite", for: .database, mode: 0o644)
            #expect(refusal?.control == control)
        case .signallingEncryption:
            #expect(try Decisions.refusal(ofCallBy: .enrolled, isSecure: false) == control)
            let listener = Listener(purpose: .sipUDP, address: "192.0.2.1:5060")
            #expect(
                ListenerPolicy.refusal(of: listener, exceptions: [], at: WallTime(milliseconds: 0))?.control == control
            )
        case .mediaEncryption: #expect(try Decisions.refusal(ofCallBy: .enrolled, media: .plain) == control)
        case .mediaSource:
            let (victim, phone) = (IPAddress(v4: 0x7F00_0001), IPAddress(v4: 0xC000_0201))
            #expect(MediaSourceRules.decide(named: victim, signalling: phone) == .never)
        case .intrusionDetection:
            #expect(ScannerSignatures.matches(userAgent: Array("friendly-scanner".utf8)[...]))
            #expect(try Decisions.bansGuessers())
        case .floodProtection: #expect(Decisions.gateCloses())
        case .openPorts:
            let socket = OpenSocket(network: .tcp, address: "0.0.0.0:5038")
            let judged = ListenerPolicy.judge(
                declared: [],
                found: [socket],
                exceptions: [],
                at: WallTime(milliseconds: 0)
            )
            #expect(judged == [.undeclared(socket)])
        case .roles: #expect(Decisions.refusal(of: .changeExtensions, to: .auditor) == control)
        case .operatorPasswords:
            let office = try TestOffice()
            let refusal = OperatorPasswordRules.refusal(of: "short", for: "anna", business: office.snapshot.domain) {
                _ in
                false
            }
            #expect(refusal?.control == control)
        case .secondFactor:
            let (then, now) = (WallTime(milliseconds: 0), WallTime(milliseconds: 301_000))
            #expect(SecondFactorRules.needsFreshCode([.enrolPhones], provenAt: then, at: now))
            #expect(SecondFactorRules.step(of: "000000", at: now) { _ in "123456" } == nil)
        case .loginProtection:
            var gate = SignInGate()
            let now = MonotonicTime(nanoseconds: 1)
            let waits = (0..<4).map { _ in gate.enter([.name("anna")], at: now) }
            #expect(waits.prefix(3).allSatisfy { $0 == nil } && waits[3] == .seconds(4))
        case .adminNetworks:
            let internet = try #require(IPPrefix(parsing: "0.0.0.0/0"))
            #expect(AdminNetworkRules.refusal(of: [internet])?.control == control)
            #expect(!AdminNetworkRules.admits(IPAddress(v4: 0xC633_6401), in: NetworkSettings()))
        case .noDefaults:
            let now = WallTime(milliseconds: 1_000)
            let closed = OutsideSettings(goLive: .asked(since: now))
            #expect(GoLiveRules.refusal(in: closed, at: now)?.control == control)
            #expect(GoLiveRules.refusal(in: .none, at: now) == nil)
        case .journal: #expect(JournalRules.refusal(ofChanges: 1, traces: [])?.control == control)
        case .countryDialing: #expect(try Decisions.refusal(ofCallTo: "+9607710000") == control)
        case .premiumNumbers: #expect(try Decisions.refusal(ofCallTo: "+499001000000") == control)
        case .spendLimit: #expect(try Decisions.refusal(ofCallAt: Money(units: 1)) == control)
        case .callLimits: #expect(try Decisions.refusal(ofCallsAtATime: 3) == control)
        case .callPatterns: #expect(try Decisions.refusal(ofCallsAbroad: 11) == control)
        case .afterHours: #expect(try Decisions.refusal(ofCallsAbroad: 16, apart: 200, isOpen: false) == control)
        case .trunkEncryption:
            #expect(try Decisions.refusal(ofCallFrom: "+4940555123", isSecure: false) == control)
            #expect(try Decisions.refusal { $0.transport = .udp } == control)
        case .providerAllowlist:
            let trunk = try Decisions.trunk()
            for (address, isTheirs) in [("192.0.2.1", true), ("198.51.100.1", false)] {
                let address = try #require(IPAddress(parsing: address))
                let now = WallTime(milliseconds: 0)
                #expect(ProviderRules.speaks(for: trunk, from: address, over: .tls, at: now) == isTheirs)
            }
            #expect(
                try Decisions.refusal { $0.prefixes = [IPPrefix(parsing: "0.0.0.0/0")].compactMap(\.self) } == control
            )
        case .callerTrust:
            #expect(try Decisions.refusal(ofCallFrom: "+49301234567") == control)
            #expect(CallerName.clean("Bank \u{2713}") == "Bank")
        case .emergencyCalls:
            let number = try #require(ExtensionNumber(parsing: "110"))
            let germany = DialPlan(NumberingSettings(home: Region(parsing: "DE")))
            #expect(HelpRules.refusal(ofOwning: number, by: germany)?.control == control)
        case .dormantExtensions:
            let office = try TestOffice()
            let enabled = office.snapshot.extensions.values.filter(\.isEnabled)
            let value = try #require(enabled.first)
            let (day, now) = (Int64(86_400), WallTime(milliseconds: 1_800_000_000_000))
            let use = ExtensionUse(usedAt: now + .seconds(-90 * day), toldAt: now + .seconds(-30 * day))
            #expect(DormancyRules.decide(value, use, at: now) == .dormant(days: 90))
        case .disa:
            for asked in DialInRules.Asked.allCases { #expect(DialInRules.refusal(of: asked).control == control) }
        case .forwardingRules:
            let office = try TestOffice()
            let phone = try #require(office.snapshot.devices[TestOffice.usernames[0]])
            let attempt = ForwardAttempt(
                phone: phone,
                target: .user(TestOffice.numbers[1]),
                signallingIsSecure: true,
                caller: nil,
                places: [phone.number]
            )
            guard case .refused(let refusal) = ForwardRules.decide(attempt, in: office.snapshot) else {
                Issue.record("a forward that nobody allowed")
                return
            }
            #expect(refusal.control == control)
        case .registrationAlerts:
            let office = try TestOffice()
            let subject = EventSubject.account(TestOffice.usernames[0])
            let (time, source) = (WallTime(milliseconds: 0), EventSource.address(IPAddress(v4: 0x0909_0909)))
            let stale = SecurityEvent(at: time, kind: .stalePhone, source: source, subject: subject, detail: "x")
            var watch = RegistrationWatch()
            #expect(watch.take(stale, in: office.snapshot, at: time)?.control == control)
        case .fraudAlerts:
            let time = WallTime(milliseconds: 0)
            let event = SecurityEvent(at: time, kind: .premiumRefused, source: .machine, detail: "x")
            #expect(FraudAlertRules.alert(of: event)?.code.group == .fraud)
        case .voicemailPins:
            let office = try TestOffice()
            let number = try #require(office.snapshot.extensions.keys.first)
            #expect(PINRules.refusal(of: Redacted("123456"), for: number, in: office.snapshot)?.control == control)
        case .storedAudio:
            #expect(StoredAudioRules.shortcoming(ofFileBeginning: Array("RIFF".utf8), mode: 0o600) == .unsealed)
        case .recordsRetention:
            #expect(RetentionRules.refusal(of: RetentionSettings(recordDays: 30))?.control == control)
        case .serviceAlerts:
            let office = try TestOffice()
            let told = ServiceDrill.rehearse(ServiceDrill.minutes, in: office.snapshot, from: WallTime(milliseconds: 0))
            #expect(Set(ServiceDrill.expected).isSubset(of: told.map(\.code.rawValue)))
        }
    }

    /// A decision that nobody asks for is none: outside of `Guard`, somebody consults it.
    @Test(arguments: Control.allCases)
    func `every decision is asked for`(control: Control) throws {
        let rule =
            switch control {
            case .sipPasswords: "SIPPassword.generate"
            case .credentialDelivery: "SecretFileRules.refusal"
            case .signallingEncryption: "ListenerPolicy.refusal"
            case .mediaEncryption: "CallRules.decide"
            case .mediaSource: "MediaSourceRules.decide"
            case .intrusionDetection: "bans.judge"
            case .floodProtection: "SourceGate("
            case .openPorts: "ListenerPolicy.judge"
            case .roles: "Authoriser.decide"
            case .operatorPasswords: "OperatorPasswordRules.refusal"
            case .secondFactor: "SecondFactorRules.step(of"
            case .loginProtection: "gate.enter("
            case .adminNetworks: "AdminNetworkRules.admits"
            // Its other half is asked by `PaidCallRules`, inside of Guard.
            case .noDefaults: "GoLiveRules.refusal"
            case .journal: "JournalRules.refusal"
            // Inside of Guard these are asked by `CallRules`, which every call asks, and by the gate before every trunk.
            case .countryDialing: "ForwardRules.decide"
            case .premiumNumbers: "PremiumRules.refusal"
            case .spendLimit, .callLimits, .callPatterns, .afterHours: "gate?.admit"
            case .trunkEncryption: "TrunkRules.isPlain"
            case .providerAllowlist: "ProviderRules.speaks"
            case .callerTrust: "CallerName.clean"
            case .emergencyCalls: "HelpRules.refusal"
            case .dormantExtensions: "DormancyRules.decide"
            case .disa: "DialInRules.refusal"
            case .forwardingRules: "ForwardRules.decide"
            // Inside of Guard the first two are asked by `Alerts`, which everything that happens goes through.
            case .registrationAlerts, .fraudAlerts, .serviceAlerts: "alerts.take("
            case .voicemailPins: "PINRules.refusal"
            case .storedAudio: "StoredAudioRules.shortcoming"
            case .recordsRetention: "RetentionRules.end"
            }
        let users = try Sources.files(without: ["Guard", "Audit"]).filter {
            try String(contentsOf: $0, encoding: .utf8).contains(rule)
        }
        #expect(!users.isEmpty, "nobody asks \(rule)")
    }
}

private enum Decisions {
    enum Caller { case enrolled, revoked }

    static func refusal(
        ofCallBy caller: Caller,
        isSecure: Bool = true,
        media: CallAttempt.Media = .encrypted
    ) throws -> Control? {
        let office = try TestOffice()
        let number = try #require(ExtensionNumber(parsing: TestOffice.numbers[0]))
        let device = try #require(office.snapshot.devices(of: number).first)
        let revoked = try TestOffice.device(number, "nobodyknowsmenow", "x", office.snapshot.domain, 9)
        let attempt = CallAttempt(
            caller: caller == .enrolled ? device : revoked,
            dialled: TestOffice.numbers[1],
            signallingIsSecure: isSecure,
            media: media
        )
        switch CallRules.decide(attempt, in: office.snapshot) {
        case .allowed: return nil
        case .refused(let refusal): return refusal.control
        }
    }

    /// By the rules that a call asks when it is dialled.
    static func refusal(ofCallTo number: String) throws -> Control? {
        let office = try TestOffice()
        let caller = try #require(office.snapshot.devices[TestOffice.usernames[0]])
        let attempt = CallAttempt(caller: caller, dialled: number, signallingIsSecure: true, media: .encrypted)
        switch CallRules.decide(attempt, in: office.snapshot, at: WallTime(milliseconds: 0)) {
        case .allowed: return nil
        case .refused(let refusal): return refusal.control
        }
    }

    /// By the gate before a trunk, for an open country at a price of a minute.
    static func refusal(ofCallAt price: Money) throws -> Control? {
        let office = try TestOffice()
        let caller = try #require(office.snapshot.devices[TestOffice.usernames[0]])
        let prefix = try #require(NumberPrefix(parsing: "+33"))
        let tariff = try #require(Tariff(perMinute: price, increments: .seconds))
        let rate = try #require(DeckRate(prefix: prefix, destination: "France", tariff: tariff))
        let deck = try #require(RateDeck(id: RateDecks.usual, version: 2, currency: .eur, rates: [rate]))
        let snapshot = office.snapshot.applying([
            .outside(.rate(.wait(ImportedDeck(deck, importedAt: WallTime(milliseconds: 0), importedBy: "test")))),
            .outside(.rate(.activate(RateDecks.usual))),
        ])
        let attempt = CallAttempt(caller: caller, dialled: "+33199000000", signallingIsSecure: true, media: .encrypted)
        let (now, wall) = (MonotonicTime(nanoseconds: 1), WallTime(milliseconds: 0))
        guard case .allowed(let placement) = CallRules.decide(attempt, in: snapshot, at: wall) else { return nil }
        let moment = LedgerMoment(now: now, wall: wall, isOpen: true)
        var gate = PaidCallGate(snapshot, seed: (1, 2), at: moment)
        let verdict = gate.admit(
            placement,
            over: try #require(snapshot.outside.usableTrunks.first).trunk,
            as: ChargeID(1),
            isBothOutside: false,
            in: snapshot.outside,
            at: moment
        )
        switch verdict {
        case .allowed: return nil
        case .refused(let refusal): return refusal.control
        }
    }

    /// Of the last of so many calls that one phone begins, a second after each other.
    static func refusal(ofCallsAtATime count: Int) throws -> Control? {
        let caller = try #require(ExtensionNumber(parsing: TestOffice.numbers[0]))
        let number = try #require(PhoneNumber(parsing: "+4930230000000"))
        return try refusal(ofCalls: (0..<count).map { CallRehearsal.Call(caller, number, at: $0 * 1_000) })
    }

    /// Of the last of so many calls of a moment to France, four seconds after each other.
    static func refusal(ofCallsAbroad count: Int, apart seconds: Int = 4, isOpen: Bool = true) throws -> Control? {
        let caller = try #require(ExtensionNumber(parsing: TestOffice.numbers[0]))
        return try refusal(
            ofCalls: try (0..<count).map { index in
                let number = try #require(PhoneNumber(parsing: "+331990\(10_000 + index * 1_000)"))
                return CallRehearsal.Call(caller, number, at: index * seconds * 1_000, lasts: 1_000)
            },
            isOpen: isOpen
        )
    }

    private static func refusal(ofCalls calls: [CallRehearsal.Call], isOpen: Bool = true) throws -> Control? {
        let office = try TestOffice()
        let rehearsal = try #require(CallRehearsal(calls, price: Money(clamping: 1_000), isOpen: isOpen))
        let (now, wall) = (MonotonicTime(nanoseconds: 1), WallTime(milliseconds: 0))
        let moment = LedgerMoment(now: now, wall: wall, isOpen: true)
        let stage = RehearsalStage(nil, for: rehearsal, in: office.snapshot, at: moment)
        return stage?.play(rehearsal).last?.refusal?.control
    }

    static func trunk() throws -> Trunk {
        Trunk(
            name: try #require(TrunkName(parsing: "main")),
            domain: try #require(DomainName(parsing: "sip.provider.example")),
            registers: false,
            prefixes: [try #require(IPPrefix(parsing: "192.0.2.0/24"))],
            createdAt: WallTime(milliseconds: 0)
        )
    }

    /// Of a trunk that is described so.
    static func refusal(_ change: (inout Trunk) -> Void) throws -> Control? {
        var trunk = try trunk()
        change(&trunk)
        let access = TrunkAccess(trunk, secret: nil)
        return TrunkSettingRules.refusal(of: access, in: .none, at: WallTime(milliseconds: 0))?.control
    }

    /// Of a call that a provider brings to the only number of the business.
    static func refusal(ofCallFrom caller: String, isSecure: Bool = true) throws -> Control? {
        let office = try TestOffice()
        let (now, own) = (WallTime(milliseconds: 0), try #require(PhoneNumber(parsing: "+49301234567")))
        let destination = Destination(parsing: TestOffice.numbers[0])
        let snapshot = office.snapshot.applying([
            .outside(.putTrunk(TrunkAccess(try trunk(), secret: nil))),
            .outside(.own(OwnedNumber(number: own, destination: destination, createdAt: now))),
        ])
        let attempt = InboundAttempt(
            trunk: try trunk().name,
            called: own,
            caller: PhoneNumber(parsing: caller),
            claimsExtension: false,
            signallingIsSecure: isSecure,
            media: .encrypted
        )
        switch InboundRules.decide(attempt, in: snapshot, at: now) {
        case .allowed: return nil
        case .refused(let refusal): return refusal.control
        }
    }

    static func refusal(of right: Right, to role: Role) -> Control? {
        do throws(Refusal) {
            _ = try Authoriser.decide([right], on: .any, by: "somebody", with: Mandate(role))
            return nil
        } catch {
            return error.control
        }
    }

    static func bansGuessers() throws -> Bool {
        var bans = Bans(seed: (1, 2))
        let stranger = IPAddress(v4: 0xC000_0207)
        let sighting = Bans.Sighting(
            .failedLogin,
            from: stranger,
            to: IPAddress(v4: 1),
            isConnected: true,
            account: "x"
        )
        let (now, wall) = (MonotonicTime(nanoseconds: 1), WallTime(milliseconds: 0))
        for _ in 0..<5 { _ = bans.judge(sighting, at: now, wall: wall) { _ in 0 } }
        return bans.shutsOut(stranger, at: wall)
    }

    static func gateCloses() -> Bool {
        var gate = SourceGate(seed: (1, 2))
        let (stranger, now) = (IPAddress(v4: 0xC000_0207), MonotonicTime(nanoseconds: 1))
        return (0..<10_000).contains { _ in !gate.admit(stranger, at: now) }
    }
}

private enum Sources {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    static func files(without targets: Set<String>) throws -> [URL] {
        let all = FileManager.default.enumerator(at: folder.resolvingSymlinksInPath(), includingPropertiesForKeys: nil)
        return (all?.compactMap { $0 as? URL } ?? []).filter { file in
            file.pathExtension == "swift" && targets.allSatisfy { !file.path.contains("/Sources/\($0)/") }
        }
    }
}

private enum Pages {
    static let folder = Sources.folder.appending(path: "Guard/Guard.docc/Controls")

    static func text(of control: Control) throws -> String {
        try String(contentsOf: folder.appending(path: "\(control.rawValue).md"), encoding: .utf8)
    }
}
