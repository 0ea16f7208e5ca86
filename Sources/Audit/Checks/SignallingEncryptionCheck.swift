// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Offers our own TLS listeners what they must refuse, and looks at how every phone is connected now.
    static let signallingEncryption = Check(.signallingEncryption) { system in
        var findings = exceptions(system)
        var examined: [String] = []
        if let ban = system.sources.auditBan {
            findings.append(.shutOut(.signallingEncryption, ban))
        } else if system.declared.contains(where: { $0.purpose == .sipTLS }) {
            await handshakes(system, into: &findings, &examined)
        } else {
            findings.append(.noListener(system.declared))
        }
        findings += system.connections.filter { $0.trunk == nil }.compactMap(unprotected)
        examined.append("\(system.connections.count) connections of phones and legs of calls")
        return CheckReport(control: .signallingEncryption, examined: examined, findings: findings)
    }

    private static func handshakes(
        _ system: LiveSystem,
        into findings: inout [Finding],
        _ examined: inout [String]
    ) async {
        var random = SystemRandomNumberGenerator()
        let seed: UInt64 = random.next()
        let verdict = await TLSVerdict.judge { hello in
            let bytes = hello.bytes(
                host: system.snapshot.domain.text,
                using: Entropy { seed ^ UInt64.random(in: 0...(.max)) }
            )
            return TLSReply(await system.sayInTheClear(bytes, Limits.answer))
        }
        findings += verdict.faults.map(Finding.weakHandshake)
        if let inconclusive = verdict.inconclusive { findings.append(.noHandshake(inconclusive)) }
        examined.append("\(verdict.refused) of \(TLSTrial.weak.count) outdated TLS offers refused by our own listener")
        let clear = await system.sayInTheClear(Self.options(system), Limits.answer)
        examined.append(
            "a SIP request without TLS on the TLS port: \(clear.isEmpty ? "no answer" : "\(clear.count) bytes")"
        )
        if clear.starts(with: Array("SIP/2.0".utf8)) { findings.append(.clearAnswer(clear)) }
    }

    private static func options(_ system: LiveSystem) -> [UInt8] {
        RequestDraft("OPTIONS", to: system.snapshot.domain.text, ids: Identifiers(token: "audit"), transport: "TCP")
            .bytes
    }

    /// Listeners without TLS: by leave, or not.
    private static func exceptions(_ system: LiveSystem) -> [Finding] {
        let judged = ListenerPolicy.judge(
            declared: system.declared,
            found: [],
            exceptions: system.snapshot.exceptions,
            at: system.now
        )
        return judged.compactMap { finding in
            switch finding {
            case .unprotected(let listener): .readable(listener)
            case .excepted(let listener, let exception): .excepted(listener, exception)
            case .undeclared, .missing: nil
            }
        }
    }

    private static func unprotected(_ connection: ConnectionFacts) -> Finding? {
        connection.protection.isSignalledSecurely ? nil : .weakConnection(connection)
    }
}

extension LegProtection {
    /// Over TLS of today.
    var isSignalledSecurely: Bool {
        let isNew = tlsVersion == "TLSv1.2" || tlsVersion == "TLSv1.3"
        let isStrong = cipher.map { $0.contains("GCM") || $0.contains("CHACHA20_POLY1305") } ?? true
        return isNew && isStrong && (transport == "tls" || transport == "wss")
    }
}

extension Finding {
    fileprivate static func noListener(_ declared: [Listener]) -> Self {
        Finding(
            "no-listener",
            .signallingEncryption,
            .critical,
            "There is no encrypted way in for phones.",
            evidence:
                "declared listeners: \(declared.map { "\($0.purpose.rawValue) \($0.address)" }.joined(separator: ", "))",
            remedy: "add one, then start the server again: ringfence listener add tls IP:5061"
        )
    }

    fileprivate static func weakHandshake(_ fault: String) -> Self {
        Finding(
            "weak-handshake",
            .signallingEncryption,
            .critical,
            "The server agrees to encryption that can be broken.",
            evidence: fault,
            remedy: "stop the server and report the bug; no setting should allow this"
        )
    }

    fileprivate static func noHandshake(_ reply: String) -> Self {
        Finding(
            "no-handshake",
            .signallingEncryption,
            .warning,
            "The encrypted way in did not answer as phones need it, so its refusals prove nothing.",
            evidence: reply,
            remedy: "look at the certificate and the listener: ringfence doctor"
        )
    }

    fileprivate static func clearAnswer(_ answer: [UInt8]) -> Self {
        Finding(
            "clear-answer",
            .signallingEncryption,
            .critical,
            "The encrypted port also talks without encryption.",
            evidence: "answered a readable request with \(answer.count) readable bytes",
            remedy: "stop the server and report the bug; no setting should allow this"
        )
    }

    fileprivate static func readable(_ listener: Listener) -> Self {
        Finding(
            "readable",
            .signallingEncryption,
            .critical,
            "Logins and calls can be read on the network at \(listener.address).",
            evidence: "listener \(listener.purpose.rawValue) without an exception that holds today",
            remedy: "remove it, then start the server again: ringfence listener remove IP:PORT"
        )
    }

    fileprivate static func excepted(_ listener: Listener, _ exception: ListenerException) -> Self {
        Finding(
            "excepted",
            .signallingEncryption,
            .notice,
            "Logins and calls can be read on the network at \(listener.address) until \(exception.until).",
            evidence: "exception: \(exception.reason)",
            remedy: "replace the devices that need it before that day"
        )
    }

    fileprivate static func weakConnection(_ connection: ConnectionFacts) -> Self {
        let protection = connection.protection
        let parts = [protection.transport, protection.tlsVersion, protection.cipher].compactMap { $0 }
        return Finding(
            "weak-connection",
            .signallingEncryption,
            .critical,
            "The signalling of \(connection.subject) can be read.",
            evidence: "connected over \(parts.joined(separator: " "))",
            remedy: "set the phone to TLS 1.2 or newer; see: ringfence registration list"
        )
    }
}
