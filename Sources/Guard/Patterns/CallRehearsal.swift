// SPDX-License-Identifier: Apache-2.0

public import Model
import Primitives

/// Calls that are tried on a copy of the last gate before a trunk, as if phones dialled them from now on and somebody answered at
/// once. Nobody is called, nothing is paid, and nothing counts.
///
/// The copy lets every country of the numbers be called and has prices of its own. What then refuses a call is how its payer
/// calls: `call-limits`, `call-patterns`, `after-hours`, and at the end the money.
public struct CallRehearsal: Codable, Hashable, Sendable {
    public struct Call: Codable, Hashable, Sendable {
        public let caller: ExtensionNumber
        public let number: PhoneNumber
        /// Milliseconds after the rehearsal begins.
        public let at: Int
        /// Milliseconds that it is spoken; `nil` for one that nobody ends.
        public let lasts: Int?

        public init(_ caller: ExtensionNumber, _ number: PhoneNumber, at: Int, lasts: Int? = nil) {
            (self.caller, self.number, self.at, self.lasts) = (caller, number, at, lasts)
        }
    }

    public let calls: [Call]
    /// Of a minute to each of the numbers.
    public let price: Money
    /// Whether the business is open all the time; `nil` for as it is now.
    public let isOpen: Bool?

    /// - Returns: `nil` for no call, for more than ``Limits/rehearsedCalls``, and for times that are not in order or go beyond
    ///   ``Limits/rehearsedTime``, as durations may not either.
    public init?(_ calls: [Call], price: Money, isOpen: Bool? = nil) {
        let times = calls.map(\.at)
        guard (1...Limits.rehearsedCalls).contains(calls.count), times == times.sorted(), times[0] >= 0,
            calls.allSatisfy({ $0.at <= Limits.rehearsedTime && (0...Limits.rehearsedTime).contains($0.lasts ?? 0) })
        else { return nil }
        (self.calls, self.price, self.isOpen) = (calls, price, isOpen)
    }

    private enum Key: String, CodingKey { case calls, price, isOpen }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let read = CallRehearsal(
            try values.decode([Call].self, forKey: .calls),
            price: try values.decode(Money.self, forKey: .price),
            isOpen: try values.decodeIfPresent(Bool.self, forKey: .isOpen)
        )
        guard let read else {
            throw DecodingError.dataCorruptedError(
                forKey: .calls,
                in: values,
                debugDescription: "none or too many calls, or times that are not in order"
            )
        }
        self = read
    }
}

/// What would have become of a call.
public struct RehearsedCall: Codable, Hashable, Sendable {
    /// Something that people would have been told.
    public struct News: Codable, Hashable, Sendable {
        public let rule: PatternRule
        public let value: Int
        public let threshold: Int
        /// Whether calls are stopped from then on.
        public let stops: Bool
        public let sentence: String

        init(_ finding: PatternFinding) {
            (rule, value, threshold) = (finding.rule, finding.value, finding.threshold)
            (stops, sentence) = (finding.stop != nil, finding.sentence)
        }
    }

    /// Why it would not have left; `nil` where it would.
    public let refusal: CallRefusal.Words?
    public let news: [News]
    /// Milliseconds after the rehearsal began, when it was ended for want of money; `nil` where it was not.
    public internal(set) var endedAt: Int?

    public init(_ refusal: CallRefusal.Words?, news: [News]) { (self.refusal, self.news) = (refusal, news) }

    init(_ refusal: CallRefusal?, _ findings: [PatternFinding]) {
        (self.refusal, news) = (refusal?.words, findings.map(News.init))
    }
}

extension CallRefusal {
    /// What of it a person is told.
    public struct Words: Codable, Hashable, Sendable {
        public let status: Int
        public let control: Control?
        public let reason: String
    }

    var words: Words { Words(status: status, control: control, reason: reason) }
}

/// The copy that calls are rehearsed on.
public struct RehearsalStage: Sendable {
    private var gate: PaidCallGate
    private let snapshot: Snapshot
    private let trunk: Trunk
    private let origin: LedgerMoment
    private var running: [ChargeID: Running] = [:]
    private var lastLook = 0

    private struct Running {
        let permit: TrunkPermit
        let place: Int
        let end: Int
    }

    /// - Parameters:
    ///   - gate: A copy of the one that decides; `nil` where there is none because there is no trunk.
    ///   - moment: Now.
    /// - Returns: `nil` where the numbers cannot be given a price.
    public init?(_ gate: PaidCallGate?, for rehearsal: CallRehearsal, in snapshot: Snapshot, at moment: LedgerMoment) {
        guard let trunk = snapshot.outside.usableTrunks.first?.trunk ?? Trunk(rehearsalAt: moment.wall),
            let deck = RateDeck(everywhere: rehearsal.price, for: trunk.name, in: snapshot.outside.spending.currency)
        else { return nil }
        let imported = ImportedDeck(deck, importedAt: moment.wall, importedBy: "rehearsal")
        let dialing = snapshot.outside.dialing.opened(to: rehearsal.calls.map(\.number), at: moment.wall)
        let opened = snapshot.applying([
            .outside(.putTrunk(TrunkAccess(trunk, secret: nil))), .outside(.dial(dialing)),
            .outside(.rate(.wait(imported))), .outside(.rate(.activate(deck.id))),
        ])
        origin = LedgerMoment(now: moment.now, wall: moment.wall, isOpen: rehearsal.isOpen ?? moment.isOpen)
        var copy = gate ?? PaidCallGate(opened, seed: (0, 0), at: origin)
        copy.apply(opened, at: moment.wall)
        _ = copy.takeOutcome()
        (self.gate, self.snapshot, self.trunk) = (copy, opened, trunk)
    }

    /// Plays it from beginning to end; the stage is used up.
    ///
    /// - Returns: One for each call, in order.
    public consuming func play(_ rehearsal: CallRehearsal) -> [RehearsedCall] {
        var seen: [RehearsedCall] = []
        for (place, call) in rehearsal.calls.enumerated() {
            pass(to: call.at, &seen)
            let refusal = begin(call, at: place)
            seen.append(RehearsedCall(refusal, gate.takeOutcome().findings))
        }
        return seen
    }

    private mutating func begin(_ call: CallRehearsal.Call, at place: Int) -> CallRefusal? {
        guard let phone = snapshot.devices(of: call.caller).first else {
            return CallRefusal(status: 403, control: .sipPasswords, reason: "extension \(call.caller) has no phone")
        }
        let attempt = CallAttempt(
            caller: phone,
            dialled: "\(call.number)",
            signallingIsSecure: true,
            media: .encrypted
        )
        let (id, moment) = (ChargeID(.max - UInt64(place)), moment(call.at))
        let placement: Placement
        switch CallRules.decide(attempt, in: snapshot, at: moment.wall) {
        case .refused(let refusal): return refusal
        case .allowed(let given): placement = given
        }
        let verdict = gate.admit(
            placement,
            over: trunk,
            as: id,
            isBothOutside: false,
            in: snapshot.outside,
            at: moment
        )
        switch verdict {
        case .refused(let refusal): return refusal
        case .allowed(let permit):
            if gate.answer(permit, at: moment) {
                running[id] = Running(permit: permit, place: place, end: call.lasts.map { call.at + $0 } ?? .max)
            } else {
                gate.settle(permit, after: .zero, at: moment)
            }
            return nil
        }
    }

    /// Lets calls end, by themselves and for want of money, up to a moment.
    private mutating func pass(to time: Int, _ seen: inout [RehearsedCall]) {
        while let next = nextEvent(until: time) {
            for (id, call) in running where call.end <= next { end(id, call, at: call.end) }
            gate.tick(moment(next))
            lastLook = next
            for ended in gate.takeOutcome().money.ends {
                guard let call = running[ended.charge] else { continue }
                seen[call.place].endedAt = next
                end(ended.charge, call, at: next)
            }
        }
    }

    /// When a call ends next, or the books want to be looked at: once a second at most, so that it goes on whatever they say.
    private func nextEvent(until time: Int) -> Int? {
        guard !running.isEmpty else { return nil }
        let look = gate.nextTick.map { max(($0 - origin.now).millisecondsAbove, lastLook + 1_000) } ?? .max
        let next = min(look, running.values.map(\.end).min() ?? .max)
        return next <= time ? next : nil
    }

    private mutating func end(_ id: ChargeID, _ call: Running, at time: Int) {
        running[id] = nil
        let began = call.permit.charge?.reservedAt ?? origin.wall
        gate.settle(call.permit, after: moment(time).wall - began, at: moment(time))
    }

    private func moment(_ time: Int) -> LedgerMoment {
        let passed = Duration.milliseconds(time)
        return LedgerMoment(now: origin.now + passed, wall: origin.wall + passed, isOpen: origin.isOpen)
    }
}

extension Duration {
    /// Rounded up.
    fileprivate var millisecondsAbove: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}

extension Trunk {
    /// One that leads nowhere.
    fileprivate init?(rehearsalAt now: WallTime) {
        guard let name = TrunkName(parsing: "rehearsal"), let domain = DomainName(parsing: "rehearsal.invalid") else {
            return nil
        }
        self.init(name: name, domain: domain, registers: false, createdAt: now)
    }
}

extension RateDeck {
    /// One price for every number, by the second.
    fileprivate init?(everywhere price: Money, for trunk: TrunkName, in currency: Currency) {
        guard let tariff = Tariff(perMinute: price, increments: .seconds), let name = ShortName(parsing: trunk.text)
        else {
            return nil
        }
        let rates = (1...9).compactMap { digit in
            NumberPrefix(parsing: "+\(digit)").flatMap {
                DeckRate(prefix: $0, destination: "rehearsal", tariff: tariff)
            }
        }
        self.init(id: name, version: 1, currency: currency, rates: rates)
    }
}

extension DialingSettings {
    /// The same home, with leave for everybody to call these numbers.
    fileprivate func opened(to numbers: [PhoneNumber], at now: WallTime) -> DialingSettings {
        var opened = DialingSettings()
        opened.numbering = numbering
        for spot in hotSpots { _ = opened.put(spot) }
        for range in ranges { _ = opened.put(range) }
        for number in Set(numbers) {
            let facts = NumberPlan.facts(of: number, own: ranges)
            if let region = facts.region { opened.rights.countries[region] = CountryRule(.open) }
            guard case .approved = facts.numberClass.standing,
                let approval = PremiumApproval(
                    number,
                    from: now,
                    until: now + Model.Limits.longestApproval,
                    approvedBy: "rehearsal",
                    reason: "rehearsal"
                )
            else { continue }
            _ = opened.put(approval)
        }
        return opened
    }
}
