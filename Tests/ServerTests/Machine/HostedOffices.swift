// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Primitives
import Store

@testable import Audit
@testable import Model
@testable import Server

/// A machine on loopback with several offices, which share its addresses and its media port.
struct HostedOffices: Sendable {
    let machine: Machine
    let offices: [Office]

    var tls: SocketAddress { machine.listeners[0].address }

    /// Opens them, lets the test work, and closes them.
    ///
    /// - Parameters:
    ///   - domains: One office for each.
    ///   - descriptors: How many sockets there may be.
    static func open<Result>(
        _ domains: [String] = ["acme.test", "bolt.test"],
        loops: Int = 2,
        listeners: [EncryptedListener.Kind] = [.tls],
        sites: [IPPrefix] = [],
        descriptors: Int = 20_000,
        _ work: (HostedOffices) async throws -> Result
    ) async throws -> Result {
        try await Town.withPlace {
            let loopback = IPAddress(v4: 0x7F00_0001)
            let machine = try Machine(
                sharing: Share(businesses: domains.count, loops: loops, descriptors: descriptors),
                loops: loops,
                listeners: listeners.map { EncryptedListener($0, SocketAddress(ip: loopback, port: 0)) },
                media: [try Office.freePorts(on: loopback)]
            )
            var offices: [Office] = []
            do {
                for domain in domains { offices.append(try await Office(sites: sites, domain: domain, in: machine)) }
                machine.open()
                let result = try await work(HostedOffices(machine: machine, offices: offices))
                await close(machine, offices)
                return result
            } catch {
                await close(machine, offices)
                throw error
            }
        }
    }

    private static func close(_ machine: Machine, _ offices: [Office]) async {
        for office in offices { await office.close() }
        await machine.stop()
    }

    /// A connection without TLS to the shared address: whatever the test says is the first that is heard.
    func stranger(from source: String? = nil) async throws -> Peer {
        try await Peer.connect(to: tls, root: nil, from: source)
    }

    /// So many of them, sixteen at a time.
    func strangers(_ count: Int, from source: String? = nil) async throws -> [Peer] {
        try await withThrowingTaskGroup(of: Peer.self) { group in
            var peers: [Peer] = []
            for index in 0..<count {
                if index >= 16, let peer = try await group.next() { peers.append(peer) }
                group.addTask { try await stranger(from: source) }
            }
            for try await peer in group { peers.append(peer) }
            return peers
        }
    }

    /// Waits until the reception's counts are as they should be.
    func eventually(_ isTrue: (ReceptionCounts) -> Bool) async throws -> Bool {
        for _ in 0..<1_000 {
            if let counts = machine.reception?.figures.counts, isTrue(counts) { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}

extension Office {
    /// Connects two phones of this office with each other, over TLS and SRTP.
    func call(_ phones: [Enrolled]) async throws -> TestCall {
        let authority = folder.appending(path: "clients.pem").path
        let address = configuration.sip[0].address
        let wire = try NetworkWire(host: domain, address: address.ip, authority: authority).wire
        let target = Target(
            host: domain,
            address: address.ip,
            tlsPort: address.port,
            mediaPort: configuration.media[0].first,
            domain: store.snapshot.domain,
            accounts: phones.map(\.account)
        )
        return try await TestCall.connect(wire, target)
    }
}
