// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Primitives
import Testing

@Suite("Who, what and where from")
struct EventSubjectTests {
    private static func subjects() throws -> [EventSubject] {
        [
            .account("k7"), .account("phone:x"), .account("extension:204"), .account(""), .operator("alice (uid 1001)"),
            .extension(try #require(ExtensionNumber(parsing: "204"))),
            .phone(
                try #require(DeviceID(parsing: "0123456789abcdef")),
                extension: try #require(ExtensionNumber(parsing: "204")),
                label: "Reception: left"
            ),
        ]
    }

    @Test func `a subject is read as what it was written as, whatever somebody calls themselves`() throws {
        for subject in try Self.subjects() { #expect(EventSubject(key: subject.key) == subject) }
        #expect(EventSubject(key: "k7") == .account("k7"))
        #expect(try Self.subjects().last?.description == "'Reception: left' of extension 204")
    }

    @Test(arguments: ["192.0.2.1", "2001:db8::1", "2001:db8:1:2::/64", "192.0.2.1:5061", "this machine", "many"])
    func `a source is read as what it was written as`(text: String) {
        #expect(EventSource(parsing: text).description == text)
    }

    @Test func `an IPv4 address and a ban of it are one source, and a network is not one address`() throws {
        let one = try #require(BanSource(parsing: "192.0.2.1"))
        #expect(EventSource(one) == EventSource(parsing: "192.0.2.1"))
        #expect(EventSource(parsing: "2001:db8::") != EventSource(parsing: "2001:db8::/64"))
    }

    @Test func `an event survives its JSON, in which people find the control and the subject in words`() throws {
        for subject in try Self.subjects() {
            let event = SecurityEvent(
                at: WallTime(milliseconds: 1),
                kind: .otherInstance,
                source: EventSource(parsing: "192.0.2.1"),
                subject: subject,
                detail: "x",
                count: 3
            )
            let data = try JSONEncoder().encode(event)
            #expect(try JSONDecoder().decode(SecurityEvent.self, from: data) == event)
            let text = String(decoding: data, as: UTF8.self)
            #expect(text.contains(#""control":"sip-passwords""#) && text.contains(#""source":"192.0.2.1""#))
        }
    }
}
