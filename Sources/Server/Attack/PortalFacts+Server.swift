// SPDX-License-Identifier: Apache-2.0

import Audit
import Guard
import Model
import Primitives
import Store

extension PortalFacts {
    /// - Parameters:
    ///   - places: Where it is open.
    ///   - probe: What it is asked over.
    static func read(_ store: BusinessStore, places: [SocketAddress], over probe: NetworkWire) async -> PortalFacts {
        let network = store.snapshot.network
        // A place on every address is asked on one of them.
        let places = places.map { SocketAddress(ip: $0.ip.reachable, port: $0.port) }
        let sources = places.map { PortalSources(to: $0.ip, in: network) }
        let visit = { @Sendable (place: SocketAddress, visitor: Visitor) -> IPAddress? in
            let sources = zip(places, sources).first { $0.0 == place }?.1
            return visitor == .admitted ? sources?.inside : sources?.outside
        }
        return PortalFacts(
            places: places,
            people: await people(store),
            sessions: try? await store.read { try $0.sessions() },
            hasStranger: sources.allSatisfy { $0.outside != nil },
            say: { bytes, place, visitor in
                await probe.exchange(bytes, Endpoint(.tcp, port: place.port, from: visit(place, visitor), at: place.ip))
            },
            ask: { bytes, place in
                await probe.exchange(
                    bytes,
                    Endpoint(.tls, port: place.port, from: visit(place, .admitted), at: place.ip)
                )
            }
        )
    }

    private static func people(_ store: BusinessStore) async -> [Person]? {
        let operators = store.snapshot.operators
        let signIns = try? await store.read { kept in try operators.compactMap { try kept.signIn(of: $0.account) } }
        guard let signIns, let passkeys = try? await store.read({ try $0.passkeys() }) else { return nil }
        let secrets = signIns.map { $0.secret.reveal { copy $0 } }
        return signIns.enumerated().map { index, value in
            let scheme = value.password.reveal { $0.split(separator: "$").prefix(3).map { "$\($0)" }.joined() }
            let own = passkeys.filter { $0.owner == value.name }
            return Person(
                name: value.name,
                role: operators.first { $0.account == value.name }?.role ?? .auditor,
                scheme: scheme,
                secretBytes: secrets[index].count,
                sharesSecret: secrets.count { $0 == secrets[index] } > 1,
                recoveryCodes: value.recoveryCodes.count,
                passkeys: own.count,
                sharesPasskey: own.contains { one in passkeys.count { $0.key == one.key } > 1 }
            )
        }
    }
}

extension NetworkWire {
    /// Says bytes over a new connection, and returns everything that comes back within three seconds.
    fileprivate func exchange(_ bytes: [UInt8], _ endpoint: Endpoint) async -> [UInt8] {
        guard let link = try? await wire.connect(endpoint) else { return [] }
        _ = try? await link.send(bytes)
        var heard: [UInt8] = []
        let end = SystemClock.monotonic + .seconds(3)
        listening: while heard.count < 1 << 20, SystemClock.monotonic < end {
            switch await link.receive(end - SystemClock.monotonic) {
            case .bytes(let more, _):
                heard += more
                // A handshake is not finished: what it begins with is all there is.
                if endpoint.kind == .tcp { break listening }
            case .closed, .silence: break listening
            }
        }
        await link.close()
        return heard
    }
}
