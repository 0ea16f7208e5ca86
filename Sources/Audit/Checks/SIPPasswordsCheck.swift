// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

extension Check {
    /// Tries the passwords that attackers try first against every phone's stored hash (ATTACKS C14), and looks for user
    /// names that give half of the login away.
    static let sipPasswords = Check(.sipPasswords) { system in
        let devices = system.snapshot.devices.values.sorted { $0.username < $1.username }
        var (findings, tried): ([Finding], Int) = ([], 0)
        for device in devices {
            let candidates = CommonPasswords.all(for: device, domain: system.snapshot.domain)
            tried += candidates.count
            if guess(device, domain: system.snapshot.domain, among: candidates) { findings.append(.guessed(device)) }
            if let what = weakness(ofName: device) { findings.append(.telling(device, what)) }
        }
        findings += malformed(devices)
        var examined = ["\(devices.count) phones; \(tried) common passwords tried against their hashes"]
        if let oldest = devices.map(\.createdAt).min() { examined.append("the oldest secret is of \(oldest)") }
        return CheckReport(control: .sipPasswords, examined: examined, findings: findings)
    }

    /// Whether one of these is the phone's password. One algorithm is enough: all three hashes are of one password.
    private static func guess(_ device: Device, domain: DomainName, among candidates: [String]) -> Bool {
        device.hashes.md5.reveal { stored in
            candidates.contains { candidate in
                HA1(algorithm: .md5, username: device.username, realm: domain.text, password: candidate).hex() == stored
            }
        }
    }

    private static func weakness(ofName device: Device) -> String? {
        if device.username.contains(device.number.text) { return "it contains the extension's number" }
        if device.username.utf8.count < 16 { return "it has only \(device.username.utf8.count) characters" }
        return nil
    }

    /// A hash of the wrong length or alphabet belongs to no password and hides what else was put there.
    private static func malformed(_ devices: [Device]) -> [Finding] {
        devices.compactMap { device in
            let isWhole = zip(
                DigestAlgorithm.allCases,
                [device.hashes.md5, device.hashes.sha256, device.hashes.sha512256]
            )
            .allSatisfy { algorithm, hash in hash.reveal { HA1(algorithm: algorithm, hex: $0) != nil } }
            return isWhole ? nil : .malformed(device)
        }
    }
}

extension Finding {
    private static func replace(_ device: Device) -> String {
        "make a new secret: ringfence phone revoke \(device.id.text), then ringfence phone enrol \(device.number)"
    }

    fileprivate static func guessed(_ device: Device) -> Self {
        Finding(
            "guessed",
            .sipPasswords,
            .critical,
            "A phone of extension \(device.number) has a password that attackers try first.",
            evidence: "the stored hash of phone \(device.id.text) is that of a password on the list of common ones",
            remedy: replace(device)
        )
    }

    fileprivate static func telling(_ device: Device, _ what: String) -> Self {
        Finding(
            "telling",
            .sipPasswords,
            .warning,
            "The login name of a phone of extension \(device.number) can be guessed.",
            evidence: "the user name of phone \(device.id.text): \(what)",
            remedy: replace(device)
        )
    }

    fileprivate static func malformed(_ device: Device) -> Self {
        Finding(
            "malformed",
            .sipPasswords,
            .warning,
            "The stored secret of a phone of extension \(device.number) is damaged.",
            evidence: "one of the three hashes of phone \(device.id.text) is not one",
            remedy: replace(device)
        )
    }
}
