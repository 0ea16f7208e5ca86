// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Reads every byte that a thief of the disk would have, looking for what opens a phone's account (ATTACKS C13), and
    /// looks at who may read the files.
    static let credentialDelivery = Check(.credentialDelivery) { system in
        var (findings, examined): ([Finding], [String]) = ([], [])
        search(system, into: &findings, &examined)
        let hasOperators = system.operators.map(\.value).needControlSocket
        findings += system.files.compactMap { permission($0, hasOperators: hasOperators) }
        findings += owners(system.files, of: system.account)
        examined.append("permissions and owners of \(system.files.count) files")
        for role in [StoredFile.Role.database, .sealKey] where !system.files.contains(where: { $0.role == role }) {
            findings.append(.missing(role))
        }
        return CheckReport(control: .credentialDelivery, examined: examined, findings: findings)
    }

    private static func search(_ system: LiveSystem, into findings: inout [Finding], _ examined: inout [String]) {
        let needles = StoredSecrets.needles(of: system.snapshot, sealKey: system.sealKey)
        let secrets = SecretSearch(needles)
        let landmarks = SecretSearch(StoredSecrets.landmarks(of: system.snapshot))
        var isRightDatabase = system.snapshot.devices.isEmpty
        for file in system.files where file.role == .database || file.role == .other || file.role == .journalAnchor {
            guard let blocks = system.open(file) else {
                if file.role == .database { findings.append(.unreadable(file)) }
                continue
            }
            let (found, read) = secrets.run(over: blocks)
            findings += found.sorted().map { .unsealed($0, in: file) }
            examined.append("\(file.path): \(read) bytes searched for \(needles.count) forms of the secrets")
            if !isRightDatabase, file.role == .database, let again = system.open(file) {
                isRightDatabase = !landmarks.run(over: again).found.isEmpty
            }
        }
        if !isRightDatabase { findings.append(.wrongDatabase(system.snapshot.devices.count)) }
    }

    private static func permission(_ file: StoredFile, hasOperators: Bool) -> Finding? {
        let rule = SecretFileRules.refusal(of: file.path, for: file.role, mode: file.mode, hasOperators: hasOperators)
        guard let refusal = rule else { return nil }
        let severity: Finding.Severity = file.role == .other ? .warning : .critical
        return Finding(
            "permission",
            .credentialDelivery,
            severity,
            refusal.problem,
            evidence: refusal.reason,
            remedy: refusal.remedy
        )
    }

    private static func owners(_ files: [StoredFile], of account: OwnerRules.Account) -> [Finding] {
        files.compactMap { file in
            let entry = OwnerRules.Entry(path: file.path, owner: file.owner, mode: file.mode)
            return OwnerRules.refusal(ofFile: entry, of: account).map {
                Finding(
                    "foreign-owner",
                    .credentialDelivery,
                    .critical,
                    $0.problem,
                    evidence: $0.reason,
                    remedy: $0.remedy
                )
            }
        }
    }
}

/// The secrets that must not lie readable on the disk, in the forms in which they could.
enum StoredSecrets {
    static func needles(of snapshot: Snapshot, sealKey: Redacted<[UInt8]>?) -> [SecretSearch.Needle] {
        var needles: [SecretSearch.Needle] = []
        for device in snapshot.devices.values {
            for strength in DigestStrength.allCases {
                let name = "the \(strength.rawValue) password hash of phone \(device.id.text)"
                needles += device.hashes[strength].reveal { forms(ofHex: $0, name) }
            }
        }
        sealKey?.reveal { key in needles += forms(ofHex: Hex.encode(key), "the key that seals the passwords") }
        return needles
    }

    /// The password itself and its hashes, for an attack that knows them.
    static func needles(of account: TestAccount, hashes: [String]) -> [SecretSearch.Needle] {
        let password = account.password.reveal { Array($0.utf8) }
        return [SecretSearch.Needle(bytes: password, name: "the password itself")]
            + hashes.flatMap { forms(ofHex: $0, "a hash of the password") }
    }

    /// What stands in the right database in any case, so that finding nothing means something.
    static func landmarks(of snapshot: Snapshot) -> [SecretSearch.Needle] {
        snapshot.devices.values.flatMap { device in
            [
                SecretSearch.Needle(bytes: Array(device.id.text.utf8), name: "device"),
                SecretSearch.Needle(bytes: Array(device.username.utf8), name: "username"),
            ]
        }
    }

    private static func forms(ofHex hex: String, _ name: String) -> [SecretSearch.Needle] {
        let raw = Hex.decode(hex) ?? []
        let base64 = Base64.encode(raw)
        return [
            SecretSearch.Needle(bytes: Array(hex.lowercased().utf8), name: "\(name), in hexadecimal"),
            SecretSearch.Needle(bytes: Array(hex.uppercased().utf8), name: "\(name), in hexadecimal"),
            SecretSearch.Needle(bytes: raw, name: "\(name), as bytes"),
            // The padding, and the character before it, depend on what follows.
            SecretSearch.Needle(bytes: Array(base64.utf8.prefix(raw.count / 3 * 4)), name: "\(name), in base64"),
        ]
    }
}

extension Finding {
    fileprivate static func unsealed(_ what: String, in file: StoredFile) -> Self {
        Finding(
            "unsealed",
            .credentialDelivery,
            .critical,
            "Whoever gets hold of this file can log in as a phone of the business.",
            evidence: "\(file.path) contains \(what)",
            remedy:
                "replace the secrets of all phones (ringfence phone revoke, ringfence phone enrol) and report the bug"
        )
    }

    fileprivate static func unreadable(_ file: StoredFile) -> Self {
        Finding(
            "unreadable",
            .credentialDelivery,
            .warning,
            "The database could not be searched for readable secrets.",
            evidence: "\(file.path) could not be opened",
            remedy: "run the audit as the account that the server runs under"
        )
    }

    fileprivate static func wrongDatabase(_ devices: Int) -> Self {
        Finding(
            "wrong-database",
            .credentialDelivery,
            .warning,
            "The database on the disk is not the one that the server works with.",
            evidence: "none of the \(devices) enrolled phones stands in it",
            remedy: "start the server with the folder it was set up in: ringfence serve --data DIR"
        )
    }

    fileprivate static func missing(_ role: StoredFile.Role) -> Self {
        Finding(
            "missing",
            .credentialDelivery,
            .critical,
            "There is no file for \(role.words).",
            evidence: "nothing with that purpose in the folder of the installation",
            remedy: "restore the folder from its backup, the key from its own"
        )
    }
}
