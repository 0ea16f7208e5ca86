// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Wearing the server out: connections that never say anything, and memory that never comes back.
enum ExhaustionAttacks {
    static let all = [slowConnections, memory]

    private static let slowConnections = Attack(
        .floodProtection,
        "D03",
        "Hold connections open without saying anything",
        attempted:
            "connections that never begin TLS, that say nothing after it, and that send a request one byte a second",
        expected: "each is closed within \(Limits.slowConnection), while a registered phone is served",
        run: { (wire, target) async throws(WireError) in
            let silent = try await wire.connect(Endpoint(.tcp, port: target.tlsPort))
            let idle = try await wire.converse(Endpoint(.tls, port: target.tlsPort))
            let slow = try await wire.converse(Endpoint(.tls, port: target.tlsPort))
            async let withoutTLS = closing(silent, wire)
            async let withoutWords = closing(idle, wire)
            async let byteByByte = trickle(slow, wire, target)
            let line = Line(wire, Endpoint(.tls, port: target.tlsPort))
            let probe = RequestDraft.probe("OPTIONS", name: "100", domain: target.domain.text, using: wire.entropy)
            let honest = try? await line.ask(probe)
            await line.hangUp()
            let ends = await [
                ("without TLS", withoutTLS), ("without a word", withoutWords), ("byte by byte", byteByByte),
            ]
            let text = ends.map { "\($0.0): \($0.1.map { "closed after \($0) s" } ?? "left open")" }.joined(
                separator: "; "
            )
            if ends.contains(where: { $0.1 == nil }) { return .broken(text) }
            return honest?.status == 401
                ? .held(text + "; another stranger was served") : .broken("nobody else was served")
        }
    )

    /// Seconds until the other side closes; `nil` when it does not.
    private static func closing(_ link: Link, _ wire: Wire) async -> Int64? {
        let start = wire.clock()
        let deadline = start + Limits.slowConnection
        while wire.clock() < deadline {
            if case .closed = await link.receive(deadline - wire.clock()) {
                return (wire.clock() - start).components.seconds
            }
        }
        await link.close()
        return nil
    }

    private static func closing(_ conversation: Conversation, _ wire: Wire) async -> Int64? {
        let start = wire.clock()
        let isClosed = await conversation.everything(within: Limits.slowConnection).isClosed
        await conversation.close()
        return isClosed ? (wire.clock() - start).components.seconds : nil
    }

    private static func trickle(_ conversation: Conversation, _ wire: Wire, _ target: Target) async -> Int64? {
        let start = wire.clock()
        let deadline = start + Limits.slowConnection
        let request = RequestDraft.probe("OPTIONS", name: "100", domain: target.domain.text, using: wire.entropy).bytes
        for byte in request where wire.clock() < deadline {
            guard (try? await conversation.say([byte])) != nil else { break }
            if await conversation.everything(within: .seconds(1)).isClosed { break }
        }
        let isClosed = await conversation.isClosed
        await conversation.close()
        return isClosed ? (wire.clock() - start).components.seconds : nil
    }

    private static let memory = Attack(
        .floodProtection,
        "D02",
        "Make the server remember strangers",
        attempted:
            "\(Effort().memoryRequests) REGISTER, INVITE, SUBSCRIBE and MESSAGE requests without a login, each with names and identifiers of its own",
        expected: "the server's memory grows by less than \(Limits.memoryGrowth >> 20) MiB",
        run: { (wire, target) async throws(WireError) in
            guard let insider = target.insider, insider.serverMemory() != nil else { return .needsInsider }
            // The first requests fill caches and tables of fixed size.
            _ = try await flood(target.effort.memoryRequests / 10, wire, target)
            guard let before = insider.serverMemory() else { return .needsInsider }
            let (sent, answered) = try await flood(target.effort.memoryRequests, wire, target)
            guard let after = insider.serverMemory() else { return .broken("the server is gone") }
            let growth = after - before
            let text = "\(sent) requests, \(answered) answered, \(growth / 1_024) KiB more memory"
            guard sent >= target.effort.memoryRequests / 4 else { return .notRun("too few to tell: " + text) }
            return growth < Limits.memoryGrowth ? .held(text) : .broken(text)
        }
    )

    private static func flood(
        _ count: Int,
        _ wire: Wire,
        _ target: Target
    ) async throws(WireError) -> (sent: Int, answered: Int) {
        var (sent, answered): (Int, Int) = (0, 0)
        let deadline = wire.clock() + Limits.flood
        while sent < count, wire.clock() < deadline {
            let line = try await wire.converse(Endpoint(.tls, port: target.tlsPort))
            while sent < count, wire.clock() < deadline, await !line.isClosed {
                guard (try? await line.say(batch(wire, target))) != nil else { break }
                sent += batchSize
                while answered < sent, case .message = await line.next(within: .milliseconds(20)) { answered += 1 }
            }
            await line.close()
        }
        return (sent, answered)
    }

    private static let batchSize = 48

    private static func batch(_ wire: Wire, _ target: Target) -> [UInt8] {
        let methods = ["REGISTER", "INVITE", "SUBSCRIBE", "MESSAGE"]
        return (0..<batchSize).flatMap { index in
            let name = wire.entropy.token(bits: 64)
            return RequestDraft.probe(methods[index % 4], name: name, domain: target.domain.text, using: wire.entropy)
                .bytes
        }
    }
}
