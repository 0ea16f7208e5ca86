// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import NIOCore
import Primitives
import Store
import Testing

@testable import Audit
@testable import Server

@Suite("Several businesses on one address", .serialized)
struct BusinessesTests {
    @Test func `are dealt out over the loops, and each serves its own phones by the name they ask for`() async throws {
        try await HostedOffices.open(["acme.test", "bolt.test", "cask.test"]) { hosted in
            let homes = hosted.offices.map { ObjectIdentifier($0.server.hop.eventLoop) }
            #expect(Set(homes).count == 2)
            #expect(homes[0] == homes[2])
            for office in hosted.offices {
                let phone = try await Enrolled("201", in: office)
                #expect(try await phone.register(over: office.peer()))
                #expect(await office.server.live(.registrations).registrations.count == 1)
            }
        }
    }

    @Test func `call at the same time through one media port, and each hears its own`() async throws {
        try await HostedOffices.open { hosted in
            var calls: [TestCall] = []
            for office in hosted.offices {
                let phones = [try await Enrolled("201", in: office), try await Enrolled("202", in: office)]
                calls.append(try await office.call(phones))
            }
            for call in calls {
                try await call.callerMedia.speak(20)
                try await call.calleeMedia.speak(20)
            }
            for call in calls {
                let (toCaller, toCallee) = (await call.callerMedia.listen(), await call.calleeMedia.listen())
                #expect(toCaller.authentic > 0 && toCaller.foreign == 0)
                #expect(toCallee.authentic > 0 && toCallee.foreign == 0)
            }
            for office in hosted.offices { #expect(await office.server.live(.calls).calls.count == 1) }
            #expect(await calls[0].hangUp() == 200)
            #expect(await hosted.offices[0].server.live(.calls).calls.isEmpty)
            #expect(await hosted.offices[1].server.live(.calls).calls.count == 1)
            #expect(await calls[1].hangUp() == 200)
        }
    }

    @Test func `keep their journals, records and events apart`() async throws {
        try await HostedOffices.open { hosted in
            let (acme, bolt) = (hosted.offices[0], hosted.offices[1])
            let phones = [try await Enrolled("201", in: acme), try await Enrolled("202", in: acme)]
            let call = try await acme.call(phones)
            #expect(await call.hangUp() == 200)
            let guesser = try await acme.peer()
            #expect(try await !phones[0].register(over: guesser, password: "wrong"))
            await acme.server.stop()
            #expect(try acme.store.records(limit: 10).map(\.caller.text) == ["201"])
            #expect(try bolt.store.records(limit: 10).isEmpty)
            #expect(try acme.store.journal(limit: 100).contains { $0.action == "phone.enrol" })
            #expect(try !bolt.store.journal(limit: 100).contains { $0.action == "phone.enrol" })
            #expect(try !acme.store.events(limit: 100).isEmpty)
            await bolt.server.stop()
            #expect(try bolt.store.events(limit: 100).isEmpty)
        }
    }

    @Test func `do not let a phone of one in at the other, whatever name it asks for and whatever it says`()
        async throws
    {
        try await HostedOffices.open { hosted in
            let (acme, bolt) = (hosted.offices[0], hosted.offices[1])
            let phone = try await Enrolled("201", in: acme)
            _ = try await Enrolled("201", in: bolt)
            // It trusts bolt's certificate and asks bolt for acme's domain: refused after a challenge, as any other.
            let line = try await bolt.peer()
            #expect(try await !phone.register(over: line))
            #expect(await bolt.server.live(.registrations).registrations.isEmpty)
            #expect(await acme.server.live(.registrations).registrations.isEmpty)
            // It asks for acme, and is shown acme's certificate, which bolt's root did not sign.
            let astray = try await Peer.connect(to: hosted.tls, root: bolt.root, name: "acme.test")
            #expect(try await astray.waits { $0.isClosed })
            #expect(!astray.state.isSecured)
        }
    }

    @Test func `ban for themselves only`() async throws {
        try await HostedOffices.open { hosted in
            let (acme, bolt) = (hosted.offices[0], hosted.offices[1])
            let source = try #require(BanSource(parsing: "127.0.0.9"))
            let now = SystemClock.wall
            await acme.server.impose(
                Ban(
                    source: source,
                    reason: .decision,
                    evidence: "a test",
                    since: now,
                    until: now + .seconds(60),
                    actor: "test"
                )
            )
            let shutOut = try await acme.peer(from: "127.0.0.9")
            #expect(try await shutOut.isClosed())
            let phone = try await Enrolled("201", in: bolt)
            #expect(try await phone.register(over: bolt.peer(from: "127.0.0.9")))
        }
    }

    @Test func `go on when one stops, which leaves nothing behind`() async throws {
        try await HostedOffices.open(loops: 1) { hosted in
            let (stays, goes) = (hosted.offices[0], hosted.offices[1])
            let phone = try await Enrolled("201", in: stays)
            let line = try await stays.peer()
            #expect(try await phone.register(over: line))
            let phones = [try await Enrolled("201", in: goes), try await Enrolled("202", in: goes)]
            _ = try await goes.call(phones)
            let gone = await goes.server.hop.ask { Weakly($0.loop) }
            await goes.server.stop()
            var isLeft = true
            for _ in 0..<1_000 where isLeft {
                try await Task.sleep(for: .milliseconds(20))
                isLeft = await stays.server.hop.ask { _ in gone?.loop != nil } ?? true
            }
            #expect(!isLeft, "the loop still holds the business that stopped")
            let used = await stays.server.hop.ask { $0.loop.admission.loopConnections }
            #expect(used == 1, "places of the business that stopped are still taken")
            line.say(Requests.options(branch: 5, domain: stays.domain))
            #expect(try await line.hears("branch=z9hG4bK-5"))
        }
    }

    @Test func `swap the certificate of one without a word to the other`() async throws {
        try await HostedOffices.open { hosted in
            let (acme, bolt) = (hosted.offices[0], hosted.offices[1])
            let line = try await bolt.peer()
            #expect(try await line.waits { $0.isSecured })
            let new = try acme.authority.issue(names: ["acme.test"], addresses: [], at: .now)
            _ = try await acme.server.replaceCertificate(.init(certificate: new.certificate, key: Redacted(new.key)))
            let phone = try await Enrolled("201", in: acme)
            #expect(try await phone.register(over: acme.peer()))
            #expect(!line.state.isClosed)
        }
    }

    @Test func `serve browsers on a shared address, too`() async throws {
        try await HostedOffices.open(listeners: [.tls, .wss]) { hosted in
            for office in hosted.offices {
                let wss = hosted.machine.listeners[1].address
                let browser = try await Peer.connect(to: wss, root: office.root, name: office.domain)
                browser.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await browser.hears("HTTP/1.1 4"))
            }
        }
    }

    @Test func `see their own exceptions and no other's`() async throws {
        try await HostedOffices.open { hosted in
            let (acme, bolt) = (hosted.offices[0], hosted.offices[1])
            let address = try BoundSocket(SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: 0)).abandoned()
            let now = SystemClock.wall
            let exception = ListenerException(
                transport: .udp,
                address: address.description,
                reason: "the door phone of 2009",
                until: now + .seconds(60)
            )
            let draft = JournalDraft(actor: "test", action: "listener.except", subject: address.description)
            await acme.server.apply(
                try acme.store.change([.except(exception)], journal: [draft], at: now),
                [.except(exception)]
            )
            let sender = try await DatagramPeer.open(on: "127.0.0.1")
            for _ in 0..<400 where !sender.heard.contains("SIP/2.0 ") {
                let request = Requests.register(credentials: Requests.abilities, domain: acme.domain)
                sender.say(request, to: address)
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(sender.heard.contains("realm=\"acme.test\""))
            #expect(await acme.server.live(.listeners).listeners.contains { $0.address == address.description })
            #expect(await !bolt.server.live(.listeners).listeners.contains { $0.address == address.description })
            let seen = hosted.machine.census
            #expect(seen.found(for: acme.server.hop.business).contains { $0.address == address.description })
            #expect(!seen.found(for: bolt.server.hop.business).contains { $0.address == address.description })
            await sender.close()
        }
    }

    @Test func `tell their doctors what they have together, and nobody's name`() async throws {
        try await HostedOffices.open { hosted in
            let (acme, bolt) = (hosted.offices[0], hosted.offices[1])
            let phone = try await Enrolled("201", in: bolt)
            #expect(try await phone.register(over: bolt.peer()))
            let facts = await acme.server.health()
            #expect(facts.first { $0.code == "strangers" }?.title.hasPrefix("strangers: 0 of at most ") == true)
            #expect(facts.first { $0.code == "shared-loop" }?.title.hasSuffix("of up to 1 businesses of 2") == true)
            #expect(
                facts.first { $0.code == "shared-addresses" }?.title.hasPrefix(
                    "shared addresses: 1 connections passed on"
                ) == true
            )
            #expect(facts.allSatisfy { $0.isGood })
            #expect(!facts.contains { "\($0)".contains("bolt") })
        }
    }
}

/// Read on the event loop that the business lived on.
private final class Weakly: @unchecked Sendable {
    private(set) weak var loop: SignallingLoop?

    init(_ loop: SignallingLoop) { self.loop = loop }
}
