// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Attacks on the encryption of signalling: outdated TLS, and no TLS.
enum SignallingEncryptionAttack {
    static let all = [abusedTLS, outdatedTLS, noTLS, downgrade, wrongName]

    private static let outdatedTLS = Attack(
        .signallingEncryption,
        "K01",
        "Agree on encryption that can be broken",
        attempted: "TLS hellos that offer only \(TLSTrial.weak.map(\.name).joined(separator: "; "))",
        expected: "each is refused, between hellos of TLS 1.2 and 1.3 that are taken, without compression",
        run: { (wire, target) in
            let verdict = await TLSVerdict.judge { hello in await say(hello, wire, target) }
            if !verdict.faults.isEmpty { return .broken(verdict.faults.joined(separator: "; ")) }
            if let inconclusive = verdict.inconclusive {
                return .notRun("what phones need was not taken, so the refusals prove nothing: \(inconclusive)")
            }
            return .held("\(verdict.refused) outdated offers refused; TLS 1.2 and 1.3 taken before and after")
        }
    )

    /// A hello that should be taken is said again when it was not, because the target may only have had enough of us.
    private static func say(_ hello: TLSHello, _ wire: Wire, _ target: Target) async -> TLSReply {
        let isToday = TLSTrial.today.contains { $0.hello == hello }
        for _ in 0..<(isToday ? 4 : 1) {
            let reply = await sayOnce(hello, wire, target)
            if reply.isAgreed || !isToday { return reply }
            await wire.pause(Limits.backOff)
        }
        return await sayOnce(hello, wire, target)
    }

    private static func sayOnce(_ hello: TLSHello, _ wire: Wire, _ target: Target) async -> TLSReply {
        guard let line = try? await wire.connect(Endpoint(.tcp, port: target.tlsPort)) else { return .nothing }
        guard (try? await line.send(hello.bytes(host: target.host, using: wire.entropy))) != nil else {
            return .nothing
        }
        let arrival = await line.receive(Limits.reply)
        await line.close()
        if case .bytes(let bytes, _) = arrival { return TLSReply(bytes) }
        return .nothing
    }

    private static let noTLS = Attack(
        .signallingEncryption,
        "K02",
        "Talk to the server without encryption",
        attempted: "OPTIONS and REGISTER in the clear over TCP and UDP, to the TLS port and to 5060",
        expected: "no SIP comes back, except on ports that a dated exception has opened",
        run: { (wire, target) async throws(WireError) in
            try await wire.expectAlive(target)
            var (tried, excepted): (Int, [String]) = (0, [])
            for port in [target.tlsPort, 5060] as Set<UInt16> {
                for kind in [Endpoint.Kind.tcp, .udp] {
                    guard let answer = await clearAnswer(Endpoint(kind, port: port), wire, target, &tried) else {
                        continue
                    }
                    guard target.exceptedPorts.contains(port) else {
                        return .broken("\(kind.name) port \(port) answered '\(answer)'")
                    }
                    excepted.append("\(port) is open by an exception")
                }
            }
            let names = excepted.isEmpty ? "" : "; \(excepted.joined(separator: ", "))"
            return .held("\(tried) readable requests, no SIP came back\(names)")
        }
    )

    private static func clearAnswer(
        _ endpoint: Endpoint,
        _ wire: Wire,
        _ target: Target,
        _ tried: inout Int
    ) async -> String? {
        for method in ["OPTIONS", "REGISTER"] {
            tried += 1
            let heard = await wire.probe(method, endpoint, target)
            if let heard, heard.starts(with: Array("SIP/2.0".utf8)) { return HeardMessage(heard).firstLine }
        }
        return nil
    }

    private static let wrongName = Attack(
        .signallingEncryption,
        "K03",
        "Take advantage of a certificate that phones cannot verify",
        attempted:
            "TLS handshakes as a phone makes them, which verify the certificate's authority and name, three times",
        expected: "each is completed, so that a phone can insist on verification",
        run: { (wire, target) async throws(WireError) in
            for round in 1...3 {
                do throws(WireError) {
                    let line = try await wire.converse(Endpoint(.tls, port: target.tlsPort))
                    await line.close()
                } catch {
                    guard error.kind == .handshake else { throw error }
                    return .broken("handshake \(round): \(error)")
                }
            }
            return .held("3 handshakes with a verified certificate for \(target.host)")
        }
    )
}
