// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import Synchronization
import Testing

@testable import Audit

// The provider, who lets every call ring, and what a weak server does with calls to the outside.
extension MemoryTarget {
    static let providerFlow = FlowID(rawValue: 1 << 40)
    private static let provider = SocketAddress(ip: IPAddress(v4: 0xC633_6401), port: 5061)

    func find(_ lookup: TrunkLookup) {
        var turn = Turn(at: moment)
        let server = TrunkServer(host: lookup.domain.text, address: Self.provider)
        switchboard.resolved(lookup.attempt, .success([server]), &turn)
        carryOut(turn.actions)
    }

    func connect(_ wanted: TrunkConnect) {
        var turn = Turn(at: moment)
        switchboard.connected(wanted.attempt, flow, &turn)
        carryOut(turn.actions)
    }

    private var flow: Flow {
        Flow(
            id: Self.providerFlow,
            transport: .tls,
            remote: Self.provider,
            local: SocketAddress(ip: Self.address, port: 40_001),
            tlsVersion: "TLSv1.3"
        )
    }

    /// Answers what the provider is told.
    func provide(_ bytes: [UInt8]) {
        guard bytes.count > 4 else { return }
        let message = HeardMessage(bytes)
        let tag = message.value("to")?.contains(";tag=") == true ? "" : ";tag=provider"
        switch message.method {
        case "INVITE":
            if !isFailing { provided[message.value("call-id") ?? ""] = message }
            asked.append(String(message.firstLine.dropFirst("INVITE sip:".count).prefix { $0 != "@" }))
            hear(reply(isFailing ? "503 Service Unavailable" : "180 Ringing", to: message, tag: tag))
        case "CANCEL":
            hear(reply("200 OK", to: message, tag: tag))
            guard let invite = provided.removeValue(forKey: message.value("call-id") ?? "") else { return }
            hear(reply("487 Request Terminated", to: invite, tag: tag))
        case "ACK", nil: break
        default: hear(reply("200 OK", to: message, tag: tag))
        }
    }

    func hear(_ bytes: [UInt8]) {
        var turn = Turn(at: moment)
        switchboard.receive(bytes.span, on: flow, &turn)
        carryOut(turn.actions)
    }

    private func reply(_ status: String, to request: HeardMessage, tag: String) -> [UInt8] {
        var lines = ["SIP/2.0 \(status)"] + request.values("via").map { "Via: \($0)" }
        for name in ["From", "To", "Call-ID", "CSeq"] {
            lines.append("\(name): \(request.value(name.lowercased()) ?? "")\(name == "To" ? tag : "")")
        }
        lines += ["Contact: <sip:gateway@198.51.100.1:5061;transport=tls>", "Content-Length: 0", "", ""]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    /// On a copy of what decides, as the running server does.
    func rehearse(_ rehearsal: CallRehearsal) -> [RehearsedCall]? {
        switchboard.stage(for: rehearsal, at: moment)?.play(rehearsal)
    }

    // MARK: Weaknesses

    /// What is in force and not shown: the settings that an attacker reads are those of a sound business.
    static func weakenOutside(_ weakness: Weakness?, _ office: TestOffice) throws -> [Change] {
        var dialing = office.snapshot.outside.dialing
        var changes: [Change] = []
        switch weakness {
        case .callsAnywhere, .followsPhones, .forwardsAnything:
            for number in OutsideNumber.abroad {
                dialing.rights.countries[number.region] = CountryRule(.open)
                dialing.rights.onwardCountries.insert(number.region)
            }
            changes = office.snapshot.extensions.values.map { value in
                var value = value
                value.forwarding = .outside
                return .put(value)
            }
        case .paysForCalls:
            let now = WallTime(milliseconds: 1_800_000_000_000)
            let until = now + .seconds(86_400)
            for number in DearNumber.all.map(\.number) {
                let approval = PremiumApproval(number, from: now, until: until, approvedBy: "nobody", reason: "none")
                _ = dialing.put(try #require(approval))
            }
        case .callsWithoutLimit:
            var limits = office.snapshot.outside.callLimits
            limits.person = try #require(CallLimitSettings.Limit(simultaneous: 100, perSecond: 100, perMinute: 1_000))
            return [.outside(.limitCalls(limits))]
        case .tellsNothingAtNight:
            var night = AfterHoursSettings()
            night.told = []
            return [.outside(.closeAfterHours(night))]
        case .spendsAtNight:
            var spending = office.snapshot.outside.spending
            spending.afterHours = try #require(Percent(100))
            return [.outside(.spend(spending))]
        case .watchesNothing, .sleepsAtNight:
            var patterns = PatternSettings()
            for rule in PatternRule.allCases where weakness == .watchesNothing || rule.control == .afterHours {
                let wide = PatternThreshold(warn: rule.widest, block: rule.widest, minutes: 60)
                _ = patterns.set(rule, to: wide)
            }
            return [.outside(.watch(patterns))]
        default: return []
        }
        return changes + [.outside(.dial(dialing))]
    }

    /// The same of what is inside.
    static func weakenInside(_ weakness: Weakness?, _ office: TestOffice) -> [Change] {
        // As `ringfence attack run` makes them: two of its phones may forward outside.
        let forwarding = office.accounts.dropFirst().compactMap { office.snapshot.extensions[$0.number] }
        let changes = forwarding.map { value in
            var value = value
            value.forwarding = .outside
            return Change.put(value)
        }
        guard weakness == .keepsLeavers, var value = office.snapshot.extensions[office.leaver.number] else {
            return changes
        }
        value.isEnabled = true
        return changes + [.put(value)]
    }

    func wrongAnswerAboutOutside(to message: HeardMessage) -> [UInt8]? {
        let referred = message.value("refer-to") ?? ""
        switch weakness {
        case .transfersAbroad where referred.contains("+960"), .transfersToPremium where referred.contains("+49900"):
            return reply("202 Accepted", to: message)
        case .chargesForHelp where isBroke && message.firstLine.hasPrefix("INVITE sip:112@"),
            .stopsHelpWithTheProvider where hasFailed && message.firstLine.hasPrefix("INVITE sip:112@"),
            .keepsPortsFromHelp where isReadable && message.firstLine.hasPrefix("INVITE sip:112@"):
            return message.value("authorization") == nil ? nil : reply("403 Forbidden", to: message)
        case .readsDisguises:
            let isDisguised = message.firstLine.contains(",") || message.firstLine.contains("%EF%BC")
            guard message.method == "INVITE", message.value("authorization") != nil, isDisguised else { return nil }
            return reply("183 Session Progress", to: message)
        default: return nil
        }
    }

    nonisolated func terms(_ settings: OutsideSettings) throws -> OutsideTerms {
        let hour = settings.spending.businessLimits.hour
        let spent = weakness == .overspends ? Money(clamping: hour.micros + 1) : .zero
        let line = SpendStanding.Line(span: .hour, isAfterHours: false, spent: spent, limit: hour)
        let standing = SpendStanding(pool: .business, lines: [line], running: 0, inProgress: .zero, overshoot: .zero)
        var terms = OutsideTerms(
            dialing: settings.dialing,
            spending: settings.spending,
            standings: [standing],
            hasTrunk: true,
            at: WallTime(milliseconds: 1_800_000_000_000)
        )
        (terms.callLimits, terms.patterns, terms.afterHours) = (
            settings.callLimits, settings.patterns, settings.afterHours
        )
        return terms
    }

    /// The real rules, in the name of one account.
    nonisolated func ceilingTrials() -> CeilingTrials {
        let (now, account) = (WallTime(milliseconds: 1_800_000_000_000), LocalAccount(name: "attacker", user: 1_000))
        let held = Mutex(SpendSettings())
        return CeilingTrials(
            settings: { () async throws(WireError) in held.withLock { $0 } },
            say: { [weakness] (step) async throws(WireError) in
                held.withLock { settings in
                    switch step {
                    case .lower(let limits):
                        return settings.lowerCeiling(to: limits, at: now) ? nil : Self.notLower
                    case .ask(let limits):
                        let refusal = CeilingRules.refusal(ofAsking: account, for: limits, in: settings, at: now)
                        if refusal == nil {
                            settings.ask(for: CeilingRaise(to: limits, request: .init(by: account, at: now)))
                        }
                        return refusal
                    case .agree:
                        if weakness == .raisesAlone { return nil }
                        return CeilingRules.refusal(ofAgreeing: account, in: settings, at: now)
                    case .drop:
                        settings.dropRaise(at: now)
                        return nil
                    case .limit(let limits):
                        return SpendRules.refusal(of: limits, for: .business, in: settings, at: now)
                    }
                }
            }
        )
    }

    private static let notLower = Refusal(problem: "It is not lower.", reason: "a test says so", remedy: "none")
}
