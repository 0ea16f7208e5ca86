// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Attacks on the encryption of trunks: somebody else in the provider's place, no encryption, and words about encryption that
/// are to be believed.
enum TrunkEncryptionAttack {
    static let all = [impostor, strip, agreement]

    private static let impostor = Attack(
        .trunkEncryption,
        "K03t",
        "Stand where the provider should be",
        attempted:
            "a server of the attacker's own with \(impostors.map(\.rawValue).joined(separator: ", ")), for what connects trunks",
        expected: "each is refused before a word of SIP is said, and one with the right certificate is taken",
        run: { (_, target) async throws(WireError) in
            guard let provider = target.insider?.provider else { return .needsInsider }
            guard try await provider.connect(.proper) == .taken else {
                return .notRun("a proper provider was refused too, so refusals prove nothing")
            }
            var reasons: [String] = []
            for pretence in impostors {
                switch try await provider.connect(pretence) {
                case .refused(let reason): reasons.append(reason)
                case .taken, .readable: return .broken("taken for the provider: \(pretence.rawValue)")
                }
            }
            return .held("\(reasons.count) refused: \(reasons.joined(separator: "; "))")
        }
    )

    private static let impostors: [ProviderRehearsal.Pretence] = [.otherName, .expired, .unknownIssuer]

    private static let strip = Attack(
        .trunkEncryption,
        "K04",
        "Take the encryption away on the way to the provider",
        attempted: "a server of the attacker's own that speaks SIP without TLS, where DNS says that the provider is",
        expected: "nothing is said but the beginning of TLS, and it is not taken for the provider",
        run: { (_, target) async throws(WireError) in
            guard let provider = target.insider?.provider else { return .needsInsider }
            return switch try await provider.connect(.noTLS) {
            case .refused(let reason): .held(reason)
            case .taken: .broken("taken for the provider")
            case .readable(let text): .broken("said without encryption: '\(text)'")
            }
        }
    )

    private static let agreement = Attack(
        .trunkEncryption,
        "K05",
        "Agree on less security by SIP itself",
        attempted:
            "RFC 3329: sec-agree required of the server, and Security-Client, Security-Server and Security-Verify that offer and claim none",
        expected:
            "420 for what is required and not there; the rest changes no answer and does not reach the called phone",
        phones: 2,
        run: { (phones, wire, target) async throws(WireError) in
            var demand = try await phones[0].draft("OPTIONS", to: nil)
            demand.extra = ["Require: sec-agree"] + mechanisms
            let status = try await phones[0].ask(demand)?.status
            guard status == 420 else {
                return .broken("Require: sec-agree got \(status.map(String.init) ?? "no answer")")
            }
            var draft = RequestDraft.probe("REGISTER", name: "100", domain: target.domain.text, using: wire.entropy)
            draft.extra += mechanisms
            let line = Line(wire, Endpoint(.tls, port: target.tlsPort))
            let answer = try await line.ask(draft)
            await line.hangUp()
            guard answer.status == 401, answer.value("security-server") == nil else {
                return .broken("'\(answer.firstLine)' to a login that names mechanisms")
            }
            let heard = try await TestCall.overhear(phones) { $0.extra += mechanisms }
            let passed = heard.headers.map(\.name).filter { $0.hasPrefix("security-") }
            return passed.isEmpty
                ? .held("420, 401 as ever, and nothing of it reached the called phone")
                : .broken("passed on: \(passed.joined(separator: ", "))")
        }
    )

    private static let mechanisms = [
        "Security-Client: null;q=0.9, digest;q=0.1", "Security-Server: null;q=1", "Security-Verify: null;q=1",
    ]
}
