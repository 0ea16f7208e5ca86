// SPDX-License-Identifier: Apache-2.0

import Glibc
import Primitives
import TestKit
import Testing

@testable import Media

@Suite("RFC 5763 and RFC 8445: keys over the media path, with checks before")
struct KeyAgreementTests {
    /// A browser and a phone with keys in its description.
    private func stage(isClient: Bool = false) throws -> (Stage, Browser, Phone) {
        let stage = Stage()
        let browser = try Browser("192.0.2.1:4000", isClient: !isClient)
        let bob = Phone("192.0.2.2:5000", suite: .aes128cmSHA1_80, seed: 2)
        stage.apply(
            .open(RelayID(rawValue: 1), a: .dtls(browser.media(isClient: isClient)), b: .network(bob.media()))
        )
        return (stage, browser, bob)
    }

    private func talking() throws -> (Stage, Browser, Phone) {
        let (stage, browser, bob) = try stage()
        #expect(stage.receive(try browser.check(), from: browser.address, port: .rtp).destination != nil)
        browser.shakeHands(with: stage)
        #expect(browser.state == .done)
        return (stage, browser, bob)
    }

    @Test func `after a check and a handshake both hear each other, under the best suite`() throws {
        let (stage, browser, bob) = try talking()
        #expect(browser.suite == .aes256gcm)
        let said = stage.receive(browser.rtp(1), from: browser.address, port: .rtp)
        #expect(said.destination == "192.0.2.2:5000 by rtp")
        #expect(bob.hears(said.packet) == .packet(Packets.rtp(1)))
        let heard = stage.receive(bob.rtp(2), from: bob)
        #expect(heard.destination == "192.0.2.1:4000 by rtp")
        #expect(browser.hears(heard.packet) == Array(Packets.rtp(2).dropFirst(12)))
        #expect(stage.report()?.a.packets == 1)
    }

    @Test func `a browser hears from the first packet on, before it has said anything`() throws {
        let (stage, browser, bob) = try talking()
        #expect(stage.receive(bob.rtp(2), from: bob).destination == "192.0.2.1:4000 by rtp")
        _ = browser
    }

    @Test func `before the keys nothing passes, either way`() throws {
        let (stage, browser, bob) = try stage()
        #expect(stage.receive(bob.rtp(0), from: bob).reason == .noDestination)
        #expect(stage.receive(bob.rtp(1, source: 9), from: browser.address, port: .rtp).reason == .unknownSource)
    }

    @Test func `where the browser waits for us, the first word goes to where it chose to be`() throws {
        let (stage, browser, bob) = try stage(isClient: true)
        #expect(stage.takeHandshakes().isEmpty)
        _ = stage.receive(try browser.check(nominates: false), from: browser.address, port: .rtp)
        #expect(stage.takeHandshakes().isEmpty)
        _ = stage.receive(try browser.check(), from: browser.address, port: .rtp)
        browser.shakeHands(with: stage)
        #expect(browser.state == .done)
        #expect(stage.receive(browser.rtp(1), from: browser.address, port: .rtp).destination == "192.0.2.2:5000 by rtp")
        _ = bob
    }

    @Test func `the answer to a check says where it came from, is signed, and is shorter than the check`() throws {
        let (stage, browser, _) = try stage()
        let check = try browser.check()
        let answer = stage.receive(check, from: browser.address, port: .rtp).packet
        #expect(answer.prefix(2) == [1, 1] && answer.count == 64 && answer.count < check.count)
        #expect(answer[8..<20] == check[8..<20])
        // 4000 and 192.0.2.1, both mixed with the cookie.
        #expect(answer[20..<32] == [0, 0x20, 0, 8, 0, 1, 0x2E, 0xB2, 0xE1, 0x12, 0xA6, 0x43])
        let password = try #require(browser.ice).ours.password.reveal { Array($0.utf8) }
        var signed = Array(answer.prefix(32))
        signed[3] = 36
        #expect(Array(answer[36..<56]) == STUN.mac(of: signed, with: password))
        let end = answer.count - 8
        #expect(Array(answer[(end + 4)...]) == Packets.bytes(STUN.fingerprint(of: answer.span, upTo: end)))
    }

    @Test func `M10 to a stranger nothing is said, whatever a check is like`() throws {
        let (stage, browser, _) = try stage()
        let right = try browser.check()
        let ours = try #require(browser.ice).ours.fragment
        var bent = right
        bent[bent.count - 1] ^= 1
        let wrong: [([UInt8], DropReason)] = [
            (try browser.check(password: "guess"), .forged), (try browser.check(name: "\(ours):efgh"), .forged),
            (try browser.check(name: "strangerX:abcd"), .notMedia),
            (try browser.check(name: "AAAAAAAA:abcd"), .notMedia),
            (bent, .notMedia), (Array(right.dropLast(8)), .notMedia), (Array(right.prefix(20)), .notMedia),
            ([0, 1], .malformed),
        ]
        for (check, reason) in wrong {
            #expect(stage.receive(check, from: "203.0.113.9:1000").reason == reason)
        }
        for hello in browser.hello() {
            #expect(stage.receive(hello, from: "203.0.113.9:1000").reason == .notMedia)
        }
        #expect(stage.takeHandshakes().isEmpty)
    }

    @Test func `a peer that leaves the choice to us is told so, and what has to be understood and is not is named`()
        throws
    {
        let (stage, browser, _) = try stage()
        let conflict = stage.receive(try browser.check(isControlled: true), from: browser.address, port: .rtp).packet
        #expect(conflict.prefix(2) == [1, 0x11] && Array(conflict[24..<28]) == [0, 0, 4, 87])
        let unknown = try browser.check(more: [0x7F, 1, 0, 0])
        let answer = stage.receive(unknown, from: browser.address, port: .rtp).packet
        #expect(answer.prefix(2) == [1, 0x11] && Array(answer[24..<28]) == [0, 0, 4, 20])
        #expect(Array(answer[28..<34]) == [0, 0x0A, 0, 2, 0x7F, 1])
        // Neither makes a place of it.
        for hello in browser.hello() {
            #expect(stage.receive(hello, from: browser.address, port: .rtp).reason == .notMedia)
        }
    }

    @Test func `M05 who says hello first from elsewhere wins nothing, a thousand times`() throws {
        let (stage, browser, _) = try stage()
        let attacker = try Browser("203.0.113.9:1000")
        for _ in 0..<1_000 {
            for hello in attacker.hello() {
                #expect(stage.receive(hello, from: attacker.address, port: .rtp).reason == .notMedia)
            }
            try attacker.restart()
        }
        _ = stage.receive(try browser.check(), from: browser.address, port: .rtp)
        browser.shakeHands(with: stage)
        #expect(browser.state == .done)
    }

    @Test func `M08 another certificate than signalling named makes no keys, and the call is given up`() throws {
        let stage = Stage()
        let (browser, other) = (try Browser("192.0.2.1:4000"), try Browser("192.0.2.9:1", seed: 3))
        let media = browser.media(fingerprint: other.identity.fingerprint)
        stage.apply(.open(RelayID(rawValue: 1), a: .dtls(media), b: .echo))
        _ = stage.receive(try browser.check(), from: browser.address, port: .rtp)
        browser.shakeHands(with: stage)
        #expect(stage.receive(browser.rtp(1), from: browser.address, port: .rtp).reason != nil)
        stage.wait(.seconds(31))
        #expect(stage.wake().isEmpty)
        stage.wait(.seconds(2))
        #expect(stage.wake() == [RelayID(rawValue: 1)] && stage.count == 0)
    }

    @Test func `RFC 7675: without a check for 30 seconds nothing more is sent, and with the next one it goes on`()
        throws
    {
        let (stage, browser, bob) = try talking()
        stage.wait(.seconds(30))
        stage.wake()
        #expect(stage.receive(bob.rtp(1), from: bob).destination != nil)
        stage.wait(.seconds(1))
        stage.wake()
        #expect(stage.receive(bob.rtp(2), from: bob).reason == .noDestination)
        _ = stage.receive(try browser.check(), from: browser.address, port: .rtp)
        #expect(stage.receive(bob.rtp(3), from: bob).destination == "192.0.2.1:4000 by rtp")
    }

    @Test func `a check counts as a sign of life`() throws {
        let (stage, browser, _) = try talking()
        stage.wait(.seconds(9))
        _ = stage.receive(try browser.check(), from: browser.address, port: .rtp)
        #expect(stage.report()?.a.lastAuthenticated == stage.now)
    }

    @Test func `a browser that changes its network is followed as soon as it says so`() throws {
        let (stage, browser, bob) = try talking()
        browser.address = Phone.parse("198.51.100.7:4444")
        stage.wait(.seconds(6))
        _ = stage.receive(try browser.check(nominates: false, priority: 1), from: browser.address, port: .rtp)
        #expect(stage.receive(bob.rtp(1), from: bob).destination == "192.0.2.1:4000 by rtp")
        _ = stage.receive(try browser.check(priority: 1), from: browser.address, port: .rtp)
        _ = stage.receive(browser.rtp(2), from: browser.address, port: .rtp)
        #expect(stage.receive(bob.rtp(3), from: bob).destination == "198.51.100.7:4444 by rtp")
    }

    @Test func `a browser moves to a pair of lower priority while the other is alive, as Chromium does`() throws {
        let (stage, browser, bob) = try talking()
        _ = stage.receive(browser.rtp(1), from: browser.address, port: .rtp)
        let other = Phone.parse("198.51.100.7:4444")
        _ = stage.receive(try browser.check(priority: 1), from: other, port: .rtp)
        #expect(stage.receive(browser.rtp(2), from: other, port: .rtp).destination == "192.0.2.2:5000 by rtp")
        #expect(stage.receive(bob.rtp(3), from: bob).destination == "198.51.100.7:4444 by rtp")
        // One that nominates both but speaks from one is heard, and sent to, where it speaks from.
        _ = stage.receive(try browser.check(), from: browser.address, port: .rtp)
        #expect(stage.receive(browser.rtp(3), from: other, port: .rtp).destination == "192.0.2.2:5000 by rtp")
        #expect(stage.receive(bob.rtp(4), from: bob).destination == "198.51.100.7:4444 by rtp")
    }

    @Test func `a change of direction keeps the association, and a leg that moves takes it along`() throws {
        let (stage, browser, bob) = try talking()
        let id = RelayID(rawValue: 1)
        _ = stage.receive(browser.rtp(1), from: browser.address, port: .rtp)
        stage.apply(.update(id, .a, .dtls(browser.media(receives: false))))
        #expect(stage.receive(bob.rtp(1), from: bob).reason == .held)
        #expect(stage.receive(browser.rtp(2), from: browser.address, port: .rtp).destination == "192.0.2.2:5000 by rtp")
        let carol = Phone("192.0.2.3:6000", seed: 4)
        stage.apply(.open(RelayID(rawValue: 2), a: .network(carol.media()), b: .echo))
        #expect(stage.apply(.join(RelayID(rawValue: 2), .b, from: id, .a)))
        stage.apply(.update(RelayID(rawValue: 2), .b, .dtls(browser.media())))
        #expect(stage.receive(browser.rtp(3), from: browser.address, port: .rtp).destination == "192.0.2.3:6000 by rtp")
        #expect(stage.receive(try browser.check(), from: browser.address, port: .rtp).destination != nil)
        #expect(browser.hears(stage.receive(carol.rtp(3), from: carol).packet) != nil)
    }

    @Test func `a new certificate takes over when its handshake is done, and not before`() throws {
        let (stage, browser, _) = try talking()
        let next = try Browser("192.0.2.1:4000", seed: 9)
        // The same leg, with what the browser said anew.
        var media = browser.media(fingerprint: next.identity.fingerprint)
        media.identity = next.server
        stage.apply(.update(RelayID(rawValue: 1), .a, .dtls(media)))
        #expect(stage.receive(browser.rtp(1), from: browser.address, port: .rtp).destination != nil)
        next.shakeHands(with: stage)
        #expect(next.state == .done)
        #expect(stage.receive(next.rtp(1), from: next.address, port: .rtp).destination == "192.0.2.2:5000 by rtp")
        #expect(stage.receive(browser.rtp(2), from: browser.address, port: .rtp).reason != nil)
    }

    @Test func `who is put in the place of a browser inherits nothing, and it is out`() throws {
        let (stage, browser, _) = try talking()
        let dave = Phone("192.0.2.4:4000", seed: 5)
        stage.apply(.update(RelayID(rawValue: 1), .a, .network(dave.media())))
        #expect(stage.receive(browser.rtp(5), from: browser.address, port: .rtp).reason == .unknownSource)
        #expect(stage.receive(try browser.check(), from: browser.address, port: .rtp).reason == .notMedia)
        #expect(stage.receive(dave.rtp(1), from: dave).destination == "192.0.2.2:5000 by rtp")
    }

    @Test func `while a call rings nobody is given up for want of keys`() throws {
        let stage = Stage()
        let browser = try Browser("192.0.2.1:4000")
        let end = MediaEnd.dtls(browser.media())
        stage.apply(.open(RelayID(rawValue: 1), a: end.early(), b: .echo))
        stage.wait(.seconds(100))
        #expect(stage.wake().isEmpty)
        stage.apply(.open(RelayID(rawValue: 1), a: end, b: .echo))
        stage.wait(.seconds(31))
        #expect(stage.wake().isEmpty)
        stage.wait(.seconds(2))
        #expect(stage.wake() == [RelayID(rawValue: 1)])
    }

    @Test func `M05 an alert that nothing protects does not break a handshake`() throws {
        let (stage, browser, _) = try stage()
        _ = stage.receive(try browser.check(), from: browser.address, port: .rtp)
        for hello in browser.hello() { _ = stage.receive(hello, from: browser.address, port: .rtp) }
        let alert: [UInt8] = [21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40]
        #expect(stage.receive(alert, from: browser.address, port: .rtp) == .posted)
        for reply in stage.takeHandshakes() { _ = browser.association.receive(reply.bytes.span) }
        browser.shakeHands(with: stage)
        #expect(browser.state == .done)
    }

    @Test func `what waits for keys is closed with its relay, and leaves nothing`() throws {
        let (stage, browser, _) = try stage()
        stage.apply(.close(RelayID(rawValue: 1)))
        #expect(stage.receive(try browser.check(), from: browser.address, port: .rtp).reason == .notMedia)
        #expect(stage.wake().isEmpty && stage.takeHandshakes().isEmpty)
    }
}

@Suite("RFC 5763: keys over the media path of a phone that sends no checks")
struct UncheckedAgreementTests {
    private func stage(_ phone: Browser, named: String? = nil, isClient: Bool = false) -> Stage {
        let stage = Stage()
        stage.apply(.open(RelayID(rawValue: 1), a: .dtls(phone.media(named: named, isClient: isClient)), b: .echo))
        return stage
    }

    @Test func `it shakes hands from where it said, and hears itself`() throws {
        let phone = try Browser("192.0.2.1:4000", hasICE: false)
        let stage = stage(phone)
        phone.shakeHands(with: stage)
        #expect(phone.state == .done)
        let echo = stage.receive(phone.rtp(1), from: phone.address, port: .rtp)
        #expect(echo.destination == "192.0.2.1:4000 by rtp" && phone.hears(echo.packet) != nil)
    }

    @Test func `behind a router it comes from another port than it said`() throws {
        let phone = try Browser("192.0.2.1:4000", hasICE: false)
        let stage = stage(phone, named: "10.0.0.5:7078")
        phone.shakeHands(with: stage)
        #expect(phone.state == .done)
        #expect(stage.receive(phone.rtp(1), from: phone.address, port: .rtp).destination == "192.0.2.1:4000 by rtp")
    }

    @Test func `the first word goes to the host that signals and to no other`() throws {
        let phone = try Browser("192.0.2.1:4000", hasICE: false, isClient: false)
        #expect(stage(phone, isClient: true).takeHandshakes().map(\.to) == [phone.address])
        #expect(stage(phone, named: "203.0.113.1:4000", isClient: true).takeHandshakes().isEmpty)
    }

    @Test func `M15 a host that only a description names gets no word, whatever comes from there`() throws {
        let phone = try Browser("203.0.113.1:4000", hasICE: false)
        let stage = Stage()
        stage.apply(.open(RelayID(rawValue: 1), a: .dtls(phone.media(signalling: "198.51.100.1")), b: .echo))
        for hello in phone.hello() {
            #expect(stage.receive(hello, from: phone.address, port: .rtp).reason == .notMedia)
        }
        #expect(stage.takeHandshakes().isEmpty)
    }

    @Test func `M05 a neighbour with a certificate of its own fails, and the phone does not`() throws {
        let (phone, neighbour) = (
            try Browser("192.0.2.1:4000", hasICE: false), try Browser("192.0.2.1:999", hasICE: false)
        )
        let stage = stage(phone)
        neighbour.shakeHands(with: stage)
        #expect(neighbour.suite == nil && stage.report()?.a.lastAuthenticated == nil)
        phone.shakeHands(with: stage)
        #expect(phone.state == .done)
    }

    @Test func `M05 garbage in the name of the phone breaks a handshake, and the next one is taken`() throws {
        let phone = try Browser("192.0.2.1:4000", hasICE: false)
        let stage = stage(phone)
        let hello = try #require(phone.hello().first)
        for cut in stride(from: 14, to: hello.count, by: 7) {
            var bad = hello
            bad[cut] ^= 0xFF
            _ = stage.receive(bad, from: phone.address, port: .rtp)
            _ = stage.receive(Array(bad.prefix(cut)), from: phone.address, port: .rtp)
            stage.wait(.seconds(1))
        }
        _ = stage.takeHandshakes()
        try phone.restart()
        phone.shakeHands(with: stage)
        #expect(phone.state == .done)
    }

    @Test func `M05 a hello in the name of the phone, from its very place, does not take the place of the phone's`()
        throws
    {
        let (phone, forger) = (
            try Browser("192.0.2.1:4000", hasICE: false), try Browser("192.0.2.1:4000", hasICE: false, seed: 2)
        )
        let stage = stage(phone)
        for round in 0..<100 {
            for hello in forger.hello() { _ = stage.receive(hello, from: phone.address, port: .rtp) }
            _ = stage.takeHandshakes()
            try forger.restart()
            stage.wait(.milliseconds(100 + round))
        }
        phone.shakeHands(with: stage)
        #expect(phone.state == .done)
    }

    @Test func `a flood of hellos costs no more than its budget`() throws {
        let phone = try Browser("192.0.2.1:4000", hasICE: false)
        let stage = stage(phone)
        let hello = try #require(phone.hello().first)
        for _ in 0..<500 { _ = stage.receive(hello, from: phone.address, port: .rtp) }
        #expect(stage.takeHandshakes().count <= 32)
    }

    @Test func `the lost end of a handshake is said again`() throws {
        let phone = try Browser("192.0.2.1:4000", hasICE: false)
        let stage = stage(phone)
        var outgoing = phone.hello()
        for _ in 0..<4 where !outgoing.isEmpty {
            for datagram in outgoing { _ = stage.receive(datagram, from: phone.address, port: .rtp) }
            let replies = stage.takeHandshakes()
            outgoing = []
            guard replies.count > 0 else { break }
            if stage.report()?.a.lastAuthenticated != nil { break }
            for reply in replies { _ = phone.association.receive(reply.bytes.span) }
            phone.association.takeAll { outgoing.append($0) }
        }
        #expect(phone.association.keys == nil)
        // Our last flight never came; theirs comes once more, after 0.4 s by OpenSSL's own clock.
        usleep(450_000)
        for datagram in phone.hello() { _ = stage.receive(datagram, from: phone.address, port: .rtp) }
        for reply in stage.takeHandshakes() { _ = phone.association.receive(reply.bytes.span) }
        #expect(phone.association.keys != nil)
    }
}
