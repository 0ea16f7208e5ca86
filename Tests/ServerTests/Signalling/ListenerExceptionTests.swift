// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Store
import Testing

@testable import Server

@Suite("Control open-ports: listeners by exception")
struct ListenerExceptionTests {
    /// Lets SIP in without encryption on a free port for some seconds.
    private func except(
        _ transport: ListenerException.Transport,
        for seconds: Int64,
        on host: String = "127.0.0.1",
        in office: Office
    ) async throws -> Primitives.SocketAddress {
        let host = try #require(IPAddress(parsing: host))
        let address = try BoundSocket(SocketAddress(ip: host, port: 0)).abandoned()
        let now = SystemClock.wall
        let exception = ListenerException(
            transport: transport,
            address: address.description,
            reason: "the door phone of 2009",
            until: now + .seconds(seconds)
        )
        let draft = JournalDraft(actor: "test", action: "listener.except", subject: address.description)
        let snapshot = try office.store.change([.except(exception)], journal: [draft], at: now)
        await office.server.apply(snapshot, [.except(exception)])
        return address
    }

    @Test func `without one there is nothing but TLS and media`() async throws {
        try await Office.open { office in
            let purposes = await office.server.live(.listeners).listeners.map(\.purpose)
            #expect(Set(purposes) == [.sipTLS, .media])
        }
    }

    @Test func `TCP opens for an exception, and closes when it ends`() async throws {
        try await Office.open { office in
            let address = try await except(.tcp, for: 3, in: office)
            let peer = try await connect(to: address)
            peer.say(Requests.register())
            #expect(try await peer.hears("SIP/2.0 "))
            // A job closes it, within seconds; on a machine that computes a thousand tests it may wait for its turn.
            for _ in 0..<120 where await isOpen(office) { try await Task.sleep(for: .milliseconds(500)) }
            #expect(await !isOpen(office))
            let late = try? await Peer.connect(to: address, root: nil)
            #expect(late == nil)
        }
    }

    private func isOpen(_ office: Office) async -> Bool {
        await office.server.live(.listeners).listeners.contains { $0.purpose == .sipTCP }
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func `UDP answers the address that asked`(host: String) async throws {
        try await Office.open { office in
            let address = try await except(.udp, for: 60, on: host, in: office)
            let sender = try await DatagramPeer.open(on: host)
            var isHeard = false
            for _ in 0..<400 where !isHeard {
                sender.say(Requests.register(credentials: Requests.abilities), to: address)
                try await Task.sleep(for: .milliseconds(50))
                isHeard = sender.heard.contains("SIP/2.0 ")
            }
            #expect(isHeard)
            await sender.close()
        }
    }

    /// The listener opens on the server's loop a moment after the change.
    private func connect(to address: Primitives.SocketAddress) async throws -> Peer {
        for _ in 0..<1_000 {
            if let peer = try? await Peer.connect(to: address, root: nil) { return peer }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try await Peer.connect(to: address, root: nil)
    }
}
