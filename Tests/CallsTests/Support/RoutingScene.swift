// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

/// The office of ``OutsideScene`` with a phone at each of 101 to 106, and a number of the business that leads to group `sales`.
struct RoutingScene {
    static let number = "+49301234560"
    static let numbers = ["103", "104", "105", "106"]

    var outside: OutsideScene
    var phones: [String: Phone] = [:]
    /// The INVITEs that phones got, by number.
    private(set) var invites: [String: Message] = [:]

    /// - Parameters:
    ///   - members: Of group `sales`.
    ///   - without: Who has no phone registered.
    init(
        _ order: RingGroup.Order = .all,
        members: [String] = ["102", "103", "104"],
        seconds: Int? = nil,
        fallback: String? = nil,
        dialled: String? = "700",
        without: Set<String> = [],
        change: (inout DialingSettings, inout SpendSettings) -> Void = { _, _ in }
    ) throws {
        outside = try OutsideScene(more: ["104", "105", "106"], change: change)
        (phones["101"], phones["102"]) = (outside.caller, outside.callee)
        for number in Self.numbers where !without.contains(number) {
            let source = "192.0.2.6\(number.suffix(1)):50000"
            var phone = try Phone("phone-\(number)-000001", in: &outside.office, from: source)
            try phone.register(&outside.office)
            phones[number] = phone
        }
        let group = try Self.group(order, members, seconds, fallback, dialled)
        apply([
            .route(.putGroup(group)), .own(try OutsideScene.number(Self.number, "group sales")),
        ])
    }

    static func group(
        _ order: RingGroup.Order,
        _ members: [String],
        _ seconds: Int? = nil,
        _ fallback: String? = nil,
        _ number: String? = nil,
        name: String = "sales"
    ) throws -> RingGroup {
        let name = try #require(ShortName(parsing: name))
        let made = RingGroup(
            name: name,
            number: number.flatMap { ExtensionNumber(parsing: $0) },
            order: order,
            seconds: seconds,
            fallback: fallback.flatMap { Destination(parsing: $0) },
            createdAt: WallTime(milliseconds: 0)
        )
        var group = try #require(made)
        for member in members {
            let number = try #require(ExtensionNumber(parsing: member))
            let isIn = group.add(number)
            #expect(isIn)
        }
        return group
    }

    mutating func apply(_ changes: [OutsideChange]) { outside.office.apply(changes.map { .outside($0) }) }

    /// Sets where calls of an extension go, and lets it.
    mutating func forward(
        _ number: String,
        _ targets: [ForwardSettings.Occasion: String],
        after seconds: Int = 20,
        quiet: Bool = false,
        policy: ForwardingPolicy = .outside
    ) throws {
        let origin = SettingOrigin(by: "test", at: WallTime(milliseconds: 0))
        let number = try #require(ExtensionNumber(parsing: number))
        var forwards: [ForwardSettings.Occasion: Forward] = [:]
        for (occasion, text) in targets {
            let target = try #require(Forward.Target(parsing: text))
            let forward = Forward(to: target, after: seconds, by: origin)
            let made: Forward = try #require(forward)
            forwards[occasion] = made
        }
        var value = try #require(outside.office.snapshot.extensions[number])
        value.forwarding = policy
        let settings = ForwardSettings(forwards: forwards, quiet: quiet ? origin : nil)
        outside.office.apply([.put(value), .outside(.route(.forward(number, settings)))])
    }

    /// Says where an extension is looked for, and lets it.
    mutating func follow(_ number: String, _ places: [String], seconds: Int) throws {
        try forward(number, [:])
        let origin = SettingOrigin(by: "test", at: WallTime(milliseconds: 0))
        let number = try #require(ExtensionNumber(parsing: number))
        let targets = try places.map { try #require(Forward.Target(parsing: $0)) }
        let made = FollowMe(targets, seconds: seconds, by: origin)
        let follow: FollowMe = try #require(made)
        apply([.route(.forward(number, ForwardSettings(follow: follow)))])
    }

    /// Whose phones got an INVITE, and whose were told to stop.
    struct Seen: Equatable {
        let rings: [String]
        let stops: [String]

        init(_ rings: [String], _ stops: [String]) { (self.rings, self.stops) = (rings, stops) }
    }

    /// What phones got since last time.
    mutating func look() -> Seen {
        var (rings, stops): ([String], [String]) = ([], [])
        for number in phones.keys.sorted() {
            guard let phone = phones[number] else { continue }
            for message in outside.office.received(on: phone.flow) {
                if message.method == .invite {
                    invites[number] = message
                    // What was answered with something can be taken back (RFC 3261 §9.1).
                    outside.office.deliver(phone.answer(message, 100), on: phone.flow)
                    rings.append(number)
                } else if message.method == .cancel {
                    stops.append(number)
                    if let invite = invites[number] {
                        outside.office.deliver(phone.answer(message, 200), on: phone.flow)
                        outside.office.deliver(phone.answer(invite, 487), on: phone.flow)
                    }
                }
            }
        }
        return Seen(rings, stops)
    }

    /// What a phone got of one method, the last one.
    func last(_ method: SIP.Method, at number: String) -> Message? {
        phones[number].flatMap { outside.office.peek(on: $0.flow).last { $0.method == method } }
    }

    /// A phone answers what it got.
    mutating func say(_ number: String, _ status: Int) throws {
        let (phone, invite) = (try #require(phones[number]), try #require(invites[number]))
        let sdp = 200..<300 ~= status ? SDP.answer(to: invite) : ""
        outside.office.deliver(phone.answer(invite, status, sdp: sdp), on: phone.flow)
    }

    /// A caller outside calls; what the provider hears at once.
    mutating func bring(_ callID: String = "inbound-1", from source: String = "+4940555123") -> [Message] {
        outside.bring(to: Self.number, from: source, callID: callID)
    }

    /// A phone dials.
    mutating func call(_ number: String, _ target: String, _ callID: String) throws {
        var phone = try #require(phones[number])
        _ = try phone.call(&outside.office, target, callID: callID)
        phones[number] = phone
    }

    mutating func heard() -> [Message] { outside.office.received(on: outside.provider.flow) }
    mutating func wait(_ seconds: Int) { outside.office.wait(.seconds(seconds)) }

    var record: CallRecord? { outside.office.record() }
    /// The way of the call as the record has it.
    var way: [String] { record?.path.map(\.text) ?? [] }
}
