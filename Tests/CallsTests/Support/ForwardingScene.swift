// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

/// 101 calls 102, whose phone forwards; 103 and others have a phone each.
struct ForwardingScene {
    static let everybody: Set<String> = ["102", "103", "104", "105", "106", "107", "108"]
    private static let others = ["103", "104", "105", "106", "107", "108"]

    var office: Office
    var caller: Phone
    /// By number; 101 and the first phone of 102 among them.
    var phones: [String: Phone] = [:]
    /// The other phone of 102, where it was asked for.
    var second: Phone?
    /// What the caller heard first.
    private(set) var trying: Message?
    /// The INVITEs that phones got, by number.
    private(set) var invites: [String: Message] = [:]

    /// - Parameters:
    ///   - forwarding: Who may forward to colleagues.
    ///   - fields: Of the caller's INVITE.
    ///   - without: Who has no phone registered.
    init(
        _ forwarding: Set<String> = ["102"],
        fields: [String] = [],
        bothPhones: Bool = false,
        without: Set<String> = [],
        sdp: String = SDP.offer()
    ) throws {
        var callee: Phone
        (office, caller, callee) = try Office.withPhones()
        try office.apply(forwarding: forwarding, more: ["104", "105", "106", "107", "108"])
        (phones["101"], phones["102"]) = (caller, callee)
        if bothPhones {
            var other = try Phone("phone-102-000002", in: &office)
            try other.register(&office)
            second = other
        }
        for number in Self.others where !without.contains(number) {
            var phone = try Phone("phone-\(number)-000001", in: &office, from: "192.0.2.5\(number.suffix(1)):50000")
            try phone.register(&office)
            phones[number] = phone
        }
        let target = "sip:102@\(Office.domain)"
        let extra = ["Contact: <\(caller.contact)>"] + fields
        let heard = try caller.ask(&office, "INVITE", to: target, callID: "call-1", extra: extra, body: sdp)
        trying = heard.first { $0.status == 100 }
        _ = look(at: "102")
    }

    /// Remembers the INVITE that a phone got; what else it got.
    mutating func look(at number: String) -> [Message] {
        guard let phone = phones[number] else { return [] }
        let heard = office.received(on: phone.flow)
        if let invite = heard.last(where: { $0.method == .invite }) { invites[number] = invite }
        return heard
    }

    /// What the caller hears.
    mutating func heard() -> [Message] { office.received(on: caller.flow) }

    /// A phone says 3xx with these Contacts.
    mutating func forward(_ number: String, to contacts: String, status: Int = 302) throws {
        let phone = try #require(phones[number])
        let invite = try #require(invites[number])
        office.deliver(phone.moved(invite, status, to: contacts), on: phone.flow)
    }

    /// A phone answers what it got.
    mutating func say(_ number: String, _ status: Int, extra: [String] = [], sdp: String = "") throws {
        let phone = try #require(phones[number])
        let invite = try #require(invites[number])
        office.deliver(phone.answer(invite, status, extra: extra, sdp: sdp), on: phone.flow)
    }

    mutating func pickUp(_ number: String) throws {
        try say(number, 200, sdp: SDP.answer(to: try #require(invites[number])))
    }
}

extension [Message] {
    /// Whether who got these rings now.
    var holdsInvite: Bool { contains { $0.method == .invite } }
}

extension Phone {
    /// A 3xx with these Contacts; without any when empty.
    func moved(_ invite: Message, _ status: Int = 302, to contacts: String) -> String {
        let line = contacts.isEmpty ? "" : "Contact: \(contacts)\r\n"
        return answer(invite, status).replacing("Contact: <\(contact)>\r\n", with: line)
    }
}

extension Office {
    /// What the events say that phones may not.
    var refusedForwards: [String] { events.filter { $0.kind == .forwardRefused }.map(\.detail) }
}
