// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

/// An office in Germany with a provider: 101 and 102 have a phone each, and +49301234567 rings at 102.
struct OutsideScene {
    static let domain = "sip.provider.example"
    static let owned = "+49301234567"
    var office: Office
    var caller: Phone
    var callee: Phone
    /// What the provider is told over its connection, and what it says there.
    var provider: Phone
    /// The connection to the provider's second server, where it has one.
    private(set) var secondServer: Flow?

    /// - Parameters:
    ///   - servers: Of the provider. The first two are connected, and calls go by the first.
    ///   - rates: Prefixes and prices of a minute in millionths.
    ///   - more: Extensions with a phone each that does nothing yet.
    ///   - relays: Calls there may be at a time.
    init(
        servers: [String] = ["198.51.100.1:5061"],
        rates: [(String, Int64)] = [("+49", 10_000), ("+43", 20_000), ("+53", 400_000)],
        more: [String] = [],
        relays: Int = 16,
        trunk: TrunkAccess? = nil,
        change: (inout DialingSettings, inout SpendSettings) -> Void = { _, _ in }
    ) throws {
        (office, caller, callee) = try Office.withPhones(relays: relays)
        if !more.isEmpty { try office.apply(forwarding: [], more: more) }
        provider = try Phone("phone-101-000001", in: &office)
        var (dialing, spending) = (DialingSettings(), SpendSettings())
        dialing.numbering.home = Region(parsing: "DE")
        change(&dialing, &spending)
        let deck = try Self.deck(rates)
        office.apply([
            .outside(.putTrunk(try trunk ?? Self.trunk("main"))),
            .outside(.own(try Self.number(Self.owned, "102"))),
            .outside(.showCallers(CallerNumbers(usual: PhoneNumber(parsing: Self.owned)))),
            .outside(.dial(dialing)),
            .outside(.spend(spending)),
            .outside(.rate(.wait(deck))),
            .outside(.rate(.activate(RateDecks.usual))),
        ])
        let flows = try connect(to: servers)
        (provider.flow, secondServer) = (flows[0], flows.dropFirst().first)
    }

    /// So many units an hour, and no more in a week.
    static func limits(_ units: Int64) -> SpendLimits {
        SpendLimits(hour: Money(units: units), day: Money(units: units), week: Money(units: units)) ?? .nothing
    }

    static func trunk(_ name: String, priority: Int = 0, calls: Int = 10) throws -> TrunkAccess {
        TrunkAccess(
            Trunk(
                name: try #require(TrunkName(parsing: name)),
                domain: try #require(DomainName(parsing: domain)),
                username: "account",
                registers: false,
                calls: calls,
                priority: priority,
                createdAt: WallTime(milliseconds: 0)
            ),
            secret: Redacted("secret of the trunk")
        )
    }

    static func number(_ text: String, _ destination: String) throws -> OwnedNumber {
        OwnedNumber(
            number: try #require(PhoneNumber(parsing: text)),
            destination: Destination(parsing: destination),
            createdAt: WallTime(milliseconds: 0)
        )
    }

    /// - Parameter trunk: Whose it is; of all others without it.
    static func deck(_ rates: [(String, Int64)], of trunk: String? = nil) throws -> ImportedDeck {
        var lines: [DeckRate] = []
        for (prefix, price) in rates {
            let prefix = try #require(NumberPrefix(parsing: prefix))
            let tariff = try #require(Tariff(perMinute: Money(clamping: price), increments: .seconds))
            lines.append(try #require(DeckRate(prefix: prefix, destination: "somewhere", tariff: tariff)))
        }
        let id = try trunk.map { try #require(ShortName(parsing: $0)) } ?? RateDecks.usual
        let deck = RateDeck(id: id, version: 1, currency: .eur, rates: lines)
        return ImportedDeck(try #require(deck), importedAt: WallTime(milliseconds: 0), importedBy: "test")
    }

    /// DNS answers, the connections stand, and the provider answers what it is asked first.
    mutating func connect(to servers: [String]) throws -> [Flow] {
        let before = office.connects.count
        try office.resolve(try #require(office.lookups.last), to: servers)
        return try office.connects[before...].map { wanted in
            let flow = try office.connect(wanted, over: Transport(rawValue: wanted.transport.rawValue) ?? .tls)
            for request in office.received(on: flow) { office.deliver(provider.answer(request, 200), on: flow) }
            return flow
        }
    }

    // MARK: Calls that leave

    /// 101 dials; what the caller hears.
    mutating func dial(_ number: String, callID: String = "call-1", sdp: String = SDP.offer()) throws -> [Message] {
        try caller.call(&office, number, callID: callID, sdp: sdp)
    }

    /// The INVITE that the provider has got since last time.
    mutating func invite() throws -> Message {
        try #require(office.received(on: provider.flow).first { $0.method == .invite })
    }

    /// The provider says something about an INVITE; what the caller hears.
    mutating func say(_ status: Int, to invite: Message, extra: [String] = [], sdp: String? = nil) -> [Message] {
        let sdp = sdp ?? (200..<300 ~= status ? SDP.answer(to: invite) : "")
        office.deliver(provider.answer(invite, status, extra: extra, sdp: sdp), on: provider.flow)
        return office.received(on: caller.flow)
    }

    /// The caller confirms the answer.
    mutating func acknowledge(_ answer: Message) throws {
        office.deliver(caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number), on: caller.flow)
    }

    /// A call that stands: its answer, and the INVITE that the provider got.
    mutating func talk(
        to number: String,
        callID: String = "call-1",
        sdp: String? = nil
    ) throws -> (answer: Message, invite: Message) {
        _ = try dial(number, callID: callID)
        let invite = try self.invite()
        let answer = try #require(say(200, to: invite, sdp: sdp).last)
        #expect(answer.status == 200)
        try acknowledge(answer)
        _ = office.received(on: provider.flow)
        return (answer, invite)
    }

    /// Lets time pass while both ends answer that they are still there.
    mutating func pass(seconds: Int) {
        for _ in 0..<seconds {
            office.wait(.seconds(1))
            for phone in [caller, callee, provider] {
                for request in office.peek(on: phone.flow) where request.method == .options {
                    office.deliver(phone.answer(request, 200), on: phone.flow)
                }
                office.discard(.options, on: phone.flow)
            }
        }
    }

    // MARK: Calls that come

    /// The provider brings a call; what it hears.
    mutating func bring(
        to target: String = OutsideScene.owned,
        from source: String = "+4940555123",
        name: String = "Somebody",
        callID: String = "inbound-1",
        extra: [String] = [],
        sdp: String = SDP.offer(address: "198.51.100.1")
    ) -> [Message] {
        let request = provider.request(
            "INVITE",
            to: "sip:\(target)@192.0.2.1",
            from: "sip:\(source)@\(Self.domain)",
            callID: callID,
            extra: ["Contact: <sip:gateway@198.51.100.1;transport=tls>"] + extra,
            body: sdp
        ).replacing("From: <", with: "From: \"\(name)\" <")
        office.deliver(request, on: provider.flow)
        let heard = office.received(on: provider.flow)
        // What is refused at once is told after a moment.
        guard heard.last?.status == 100, office.record()?.endedAt != nil else { return heard }
        office.wait(.milliseconds(400))
        return heard + office.received(on: provider.flow)
    }
}
