// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives
import SIP
import Synchronization
import TestKit

@testable import Audit

// What arrives at the target's sockets, and what it gets wrong there.
extension MemoryTarget {
    /// TLS is taken as done: these are the bytes inside it.
    func talk(_ bytes: [UInt8], on id: UInt64) {
        guard var peer = peers[id] else { return }
        if peer.endpoint.port == Self.wssPort { return browse(bytes, on: id) }
        if peer.endpoint.port == MemoryPortal.port { return visit(bytes, on: id) }
        if weakness == .handsOutConfigurations, bytes.starts(with: Array("GET ".utf8)) {
            return put(Array("HTTP/1.1 200 OK\r\n\r\nsip_password=1234".utf8), to: id)
        }
        if weakness == .takesBareLF {
            let text = String(decoding: bytes, as: UTF8.self)
            if text.hasPrefix("OPTIONS"), !text.utf8.contains(13) {
                return put(Array("SIP/2.0 401 Unauthorized\r\n\r\n".utf8), to: id)
            }
        }
        peer.partial += bytes
        peers[id] = peer
        do {
            while let message = try nextMessage(id) { answer(message, on: id) }
        } catch {
            guard weakness == .waitsForLength || weakness == .takesAnySize else { return close(id) }
            put(Array("SIP/2.0 401 Unauthorized\r\n\r\n".utf8), to: id)
        }
    }

    private func nextMessage(_ id: UInt64) throws -> [UInt8]? {
        guard var peer = peers[id], !peer.isClosed, !peer.partial.isEmpty else { return nil }
        defer { if peers[id]?.isClosed == false { peers[id]?.framer = peer.framer } }
        let partial = peer.partial
        switch try peer.framer.next(partial.span) {
        case .needMore: return nil
        case .keepAlive(let length), .blank(let length):
            peers[id]?.partial.removeFirst(length)
            return []
        case .message(let length):
            peers[id]?.partial.removeFirst(length)
            return Array(peer.partial[..<length])
        }
    }

    private func answer(_ bytes: [UInt8], on id: UInt64) {
        guard !bytes.isEmpty, !isStuck else { return }
        let message = HeardMessage(bytes)
        if let wrong = wrongAnswer(to: message) { return put(wrong, to: id, after: .microseconds(100) + noise()) }
        guard admits(id) else { return }
        let before = peers[id]?.inbox.count ?? 0
        deliver(misheard(bytes), on: id)
        let delay = extraTime(for: message)
        guard delay > .zero, var peer = peers[id] else { return }
        for index in peer.inbox.indices.dropFirst(before) { peer.inbox[index].at = peer.inbox[index].at + delay }
        peers[id] = peer
    }

    private func extraTime(for message: HeardMessage) -> Duration {
        let login = message.value("authorization") ?? ""
        if weakness == .slowerForExtensions, message.value("to")?.contains("701@") == true { return .microseconds(10) }
        if weakness == .tripsOverRoutes, message.value("route") != nil { return .seconds(3) }
        if weakness == .slowerForLogins, login.contains("\"\(TestOffice.usernames[0])\"") { return .microseconds(10) }
        return .zero
    }

    /// A readable connection: the beginning of a TLS handshake, or somebody who does without.
    func hello(_ bytes: [UInt8], on id: UInt64) {
        if weakness == .tripsOverHandshakes, bytes.count == 20 { isStuck = true }
        if bytes.first != 22 {
            if weakness == .talksInTheClear { put(Array("SIP/2.0 200 OK\r\n\r\n".utf8), to: id) } else { close(id) }
            return
        }
        put(FakeTLS.answer(to: bytes, isOld: weakness == .agreesToOldTLS, compresses: weakness == .compresses), to: id)
        close(id)
    }

    func datagram(_ bytes: [UInt8], on id: UInt64) {
        guard let peer = peers[id] else { return }
        switch peer.endpoint.port {
        case Self.mediaPort, Self.mediaPort + 1:
            if weakness == .reflectsMedia { put(bytes, to: id) }
            if weakness == .latches || weakness == .forwardsForgeries { wronglyRelayed(bytes, from: peer, id) }
            guard weakness != .believesTheFirst || isFirst(bytes, id) else { return }
            relayed(bytes, from: peer.local, port: peer.endpoint.port == Self.mediaPort ? .rtp : .rtcp)
        default:
            if weakness == .answersDatagrams, peer.endpoint.port == 5060 { put([0], to: id) }
            if weakness == .amplifies, bytes.starts(with: Array("OPTIONS".utf8)) { put(bytes + bytes, to: id) }
        }
    }

    /// Whether no other has sent of the same stream before.
    private func isFirst(_ bytes: [UInt8], _ id: UInt64) -> Bool {
        guard bytes.count > 12 else { return true }
        let stream = Array(bytes[8..<12])
        let owner = owners[stream] ?? id
        owners[stream] = owner
        return owner == id
    }

    private func wronglyRelayed(_ bytes: [UInt8], from peer: Peer, _ id: UInt64) {
        guard bytes.count > 12 else { return }
        for (other, address) in peers where address.endpoint.kind == .udp && other != id {
            // Whoever sent last hears the others, or is heard by them.
            if weakness == .forwardsForgeries, bytes.starts(with: [0x80, 0]) { put(bytes, to: other) }
            if weakness == .latches, other > id { put(bytes, to: other) }
        }
    }
}

/// Answers hellos as a server would: TLS 1.2 with AEAD and 1.3, or anything.
enum FakeTLS {
    static func answer(to hello: [UInt8], isOld: Bool, compresses: Bool) -> [UInt8] {
        guard let offered = Offered(hello) else { return [21, 3, 1, 0, 2, 2, 50] }
        let good: Set<UInt16> = [0xC02B, 0xC02C, 0xC02F, 0xC030, 0xCCA8, 0xCCA9]
        if offered.is13 { return serverHello(0x0304, 0x1301, 0) }
        if offered.version == 0x0303, let suite = offered.suites.first(where: good.contains) {
            return serverHello(0x0303, suite, compresses ? 1 : 0)
        }
        if isOld, let suite = offered.suites.first { return serverHello(offered.version, suite, 0) }
        return [21, 3, 3, 0, 2, 2, offered.version < 0x0303 ? 70 : 40]
    }

    private struct Offered {
        let version: UInt16
        let suites: [UInt16]
        let is13: Bool

        /// Record (5), type and length (4), version (2), random (32), session (1 + n), suites (2 + n).
        init?(_ bytes: [UInt8]) {
            guard bytes.count > 46, bytes[0] == 22, bytes[5] == 1 else { return nil }
            version = UInt16(bytes[9]) << 8 | UInt16(bytes[10])
            let start = 44 + Int(bytes[43])
            guard bytes.count > start + 2 else { return nil }
            let length = Int(bytes[start]) << 8 | Int(bytes[start + 1])
            guard bytes.count >= start + 2 + length else { return nil }
            suites = stride(from: start + 2, to: start + 2 + length, by: 2).map {
                UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
            }
            is13 = suites.contains(0x1301)
        }
    }

    private static func serverHello(_ version: UInt16, _ suite: UInt16, _ compression: UInt8) -> [UInt8] {
        let old = min(version, 0x0303)
        var body = [UInt8(old >> 8), UInt8(old & 255)] + [UInt8](repeating: 7, count: 32) + [0]
        body += [UInt8(suite >> 8), UInt8(suite & 255), compression]
        body += version == 0x0304 ? [0, 6, 0, 43, 0, 2, 3, 4] : [0, 0]
        let handshake = [2, 0, UInt8(body.count >> 8), UInt8(body.count & 255)] + body
        return [22, 3, 3, UInt8(handshake.count >> 8), UInt8(handshake.count & 255)] + handshake
    }
}

extension MemoryTarget {
    nonisolated func wire() -> Wire {
        let clock = Mutex(MonotonicTime(nanoseconds: 1_000_000_000))
        let tick: @Sendable () async -> Void = { [self] in
            let now = await now
            clock.withLock { $0 = max($0, now) }
        }
        return Wire(
            connect: { [self] (endpoint) async throws(WireError) in
                let (id, local) = try await connect(endpoint)
                await tick()
                return Link(
                    local: local,
                    send: { (bytes) async throws(WireError) in try await self.send(bytes, on: id) },
                    receive: { patience in
                        let arrival = await self.receive(on: id, within: patience)
                        await tick()
                        return arrival
                    },
                    close: { await self.close(id) }
                )
            },
            abuse: { [weakness] (abuse, _) async throws(WireError) in
                switch abuse {
                case .renegotiation: weakness == .renegotiates ? .taken : .refused("inside of TLS 1.2")
                case .earlyData: weakness == .takesEarlyData ? .taken : .refused("by a made-up ticket")
                }
            },
            pause: { [self] duration in
                await pass(duration)
                await tick()
            },
            clock: { clock.withLock { $0 } },
            wallClock: { WallTime(milliseconds: 1_800_000_000_000) },
            entropy: .repeatable(99)
        )
    }
}
