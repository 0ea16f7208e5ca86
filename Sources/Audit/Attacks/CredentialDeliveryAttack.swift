// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// Attacks on the way secrets take: from a stolen disk, and from servers that hand out phone configurations.
enum CredentialDeliveryAttack {
    static let all = [stolenDatabase, configurationFiles, configurationEvents]

    private static let stolenDatabase = Attack(
        .credentialDelivery,
        "C13",
        "Steal the database",
        attempted:
            "search a copy of every file of the server, keys excepted, for the password of a phone that was just enrolled and for its hashes",
        expected: "nothing is found",
        run: { (_, target) in
            guard let account = target.accounts.first else { return .needsAccount }
            guard let insider = target.insider else { return .needsInsider }
            let hashes = DigestAlgorithm.allCases.map { algorithm in
                account.password.reveal {
                    HA1(algorithm: algorithm, username: account.username, realm: target.domain.text, password: $0).hex()
                }
            }
            let secrets = SecretSearch(StoredSecrets.needles(of: account, hashes: hashes))
            let landmark = SecretSearch([SecretSearch.Needle(bytes: Array(account.username.utf8), name: "name")])
            var (total, isThere): (Int, Bool) = (0, false)
            for file in insider.stolenFiles() {
                guard let blocks = insider.open(file), let again = insider.open(file) else { continue }
                let (found, read) = secrets.run(over: blocks)
                total += read
                if let what = found.sorted().first { return .broken("\(file.path) contains \(what)") }
                isThere = isThere || !landmark.run(over: again).found.isEmpty
            }
            guard isThere else { return .notRun("the copy does not hold the phone that was enrolled") }
            return .held("\(total) bytes searched; the phone's user name is there, its secret is not")
        }
    )

    /// What phones of many makes ask their provisioning server for.
    private static let fileNames = [
        "001565000001.cfg", "cfg000b82000001.xml", "0004f2000001.cfg", "snom370-000413000001.htm",
    ]

    private static let configurationFiles = Attack(
        .credentialDelivery,
        "V02",
        "Download the configuration of a phone by its hardware address",
        attempted: "TFTP on port 69, HTTP on the SIP port, for file names of four makes",
        expected: "no file",
        run: { (wire, target) async throws(WireError) in
            var asked = 0
            let tftp = try await wire.connect(Endpoint(.udp, port: 69))
            for name in fileNames {
                _ = try? await tftp.send([0, 1] + Array(name.utf8) + [0] + Array("octet".utf8) + [0])
                asked += 1
                if case .bytes(let bytes, _) = await tftp.receive(.milliseconds(200)), bytes.starts(with: [0, 3]) {
                    return .broken("TFTP sent \(bytes.count) bytes of \(name)")
                }
            }
            await tftp.close()
            for name in fileNames {
                let line = try await wire.converse(Endpoint(.tls, port: target.tlsPort))
                _ = try? await line.say(Array("GET /\(name) HTTP/1.1\r\nHost: \(target.host)\r\n\r\n".utf8))
                let answer = await line.everything(within: Limits.silence)
                asked += 1
                await line.close()
                if answer.bytes.starts(with: Array("HTTP/".utf8)) {
                    return .broken("\(String(decoding: answer.bytes.prefix(40), as: UTF8.self)) for \(name)")
                }
            }
            return .held("\(asked) requests, no file")
        }
    )

    private static let configurationEvents = Attack(
        .credentialDelivery,
        "V07",
        "Ask for a configuration by SIP, as a new phone would",
        attempted: "SUBSCRIBE for ua-profile (RFC 6080) without a login",
        expected: "the same 401 as for everything else, and no NOTIFY",
        run: { (wire, target) async throws(WireError) in
            var draft = RequestDraft(
                "SUBSCRIBE",
                to: "MAC%3a001565000001@\(target.domain)",
                ids: Identifiers(using: wire.entropy)
            )
            draft.contact = "<sip:192.0.2.1:5061;transport=tls>"
            draft.extra = [
                "Event: ua-profile;profile-type=device;vendor=\"yealink\";model=\"T46\";version=\"1\"", "Expires: 0",
            ]
            let line = Line(wire, Endpoint(.tls, port: target.tlsPort))
            let answer = try await line.ask(draft)
            let more = await line.more(within: Limits.silence)
            await line.hangUp()
            guard answer.status == 401 else { return .broken("answered '\(answer.firstLine)'") }
            if let more { return .broken("401, and then '\(more.firstLine)'") }
            return .held("401 and nothing more")
        }
    )
}

extension Observation {
    static let needsInsider = Observation.notRun(
        "this attack needs the server's own machine: run it there, with --data"
    )
}
