// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Compares the operators with the machine's accounts and with when they were here, and the way in with who may use it
    /// (ATTACKS I04, P07).
    static let roles = Check(.roles) { system in
        let operators = system.operators
        var findings = operators.flatMap { person($0, system) }
        let owners = operators.filter { $0.value.role == .owner }
        if owners.count > Limits.owners { findings.append(.tooManyOwners(owners)) }
        findings += wayIn(system)
        let list = operators.map { "\($0.value.account) as \($0.value.role)" }.joined(separator: ", ")
        return CheckReport(
            control: .roles,
            examined: [
                "operators beside the account of the server and root: \(list.isEmpty ? "none" : list)",
                "modes of the folder and the control socket: "
                    + wayInFiles(system).map { octal($0.mode) }.joined(separator: ", "),
            ],
            findings: findings
        )
    }

    private static func person(_ facts: OperatorFacts, _ system: LiveSystem) -> [Finding] {
        var findings: [Finding] = []
        if let user = facts.value.user, facts.userNow != user {
            findings.append(facts.userNow == nil ? .noAccount(facts.value, user) : .anotherAccount(facts, user))
        }
        let last = facts.lastSeen ?? facts.value.since
        if system.now - last >= Limits.absence { findings.append(.absent(facts)) }
        if case .ownExtension(let number) = facts.value.role, system.snapshot.extensions[number] == nil {
            findings.append(.noExtension(facts.value, number))
        }
        return findings
    }

    private static func wayInFiles(_ system: LiveSystem) -> [StoredFile] {
        system.files.filter { $0.role == .directory || $0.role == .adminSocket }
    }

    /// Both files have to be what the rule says, no wider and no narrower.
    private static func wayIn(_ system: LiveSystem) -> [Finding] {
        wayInFiles(system).compactMap { file in
            let wanted = file.role.mostAllowed(hasOperators: system.operators.map(\.value).needControlSocket)
            let mode = file.mode & 0o777
            if mode & ~wanted != 0 { return .tooWide(file, wanted) }
            return mode == wanted ? nil : .tooNarrow(file, wanted)
        }
    }

    fileprivate static func octal(_ mode: UInt16) -> String { "0" + String(mode & 0o777, radix: 8) }
}

extension Finding {
    fileprivate static func noAccount(_ value: Operator, _ user: UInt32) -> Self {
        Finding(
            "no-account",
            .roles,
            .warning,
            "An operator's account does not exist any more.",
            evidence:
                "\(value.account) (uid \(user)) has the role \(value.role), and this machine has no such account",
            remedy: "ringfence operator remove \(value.account)"
        )
    }

    fileprivate static func anotherAccount(_ facts: OperatorFacts, _ user: UInt32) -> Self {
        Finding(
            "another-account",
            .roles,
            .warning,
            "An operator's account is not the one that was let in.",
            evidence: "\(facts.value.account) had uid \(user) then and has \(facts.userNow ?? 0) now",
            remedy: "ask whose it is, then remove it or add it anew: ringfence operator remove \(facts.value.account)"
        )
    }

    fileprivate static func absent(_ facts: OperatorFacts) -> Self {
        let days = Limits.absence.components.seconds / 86_400
        return Finding(
            "absent",
            .roles,
            .warning,
            "An operator has not been here for \(days) days.",
            evidence: "\(facts.value.account), as \(facts.value.role) since \(facts.value.since), was last seen "
                + (facts.lastSeen.map { "\($0)" } ?? "never"),
            remedy: "ringfence operator remove \(facts.value.account)"
        )
    }

    fileprivate static func noExtension(_ value: Operator, _ number: ExtensionNumber) -> Self {
        Finding(
            "no-extension",
            .roles,
            .warning,
            "An operator has a role for an extension that does not exist.",
            evidence: "\(value.account) may look at extension \(number)",
            remedy: "ringfence operator remove \(value.account)"
        )
    }

    fileprivate static func tooManyOwners(_ owners: [OperatorFacts]) -> Self {
        Finding(
            "too-many-owners",
            .roles,
            .warning,
            "More people than necessary may do everything.",
            evidence: "\(owners.count) owners beside the account of the server and root: "
                + owners.map(\.value.account).joined(separator: ", "),
            remedy:
                "give all but \(Limits.owners) of them the role that they need: ringfence operator add ACCOUNT --role ROLE"
        )
    }

    fileprivate static func tooWide(_ file: StoredFile, _ wanted: UInt16) -> Self {
        Finding(
            "too-wide",
            .roles,
            .critical,
            "More accounts of this machine than necessary reach \(file.role.words).",
            evidence: "\(file.path) has mode \(Check.octal(file.mode)), and \(Check.octal(wanted)) is enough",
            remedy: "chmod \(Check.octal(wanted)) \(file.path)"
        )
    }

    fileprivate static func tooNarrow(_ file: StoredFile, _ wanted: UInt16) -> Self {
        Finding(
            "too-narrow",
            .roles,
            .warning,
            "Operators cannot reach \(file.role.words).",
            evidence: "\(file.path) has mode \(Check.octal(file.mode)), and they need \(Check.octal(wanted))",
            remedy: "chmod \(Check.octal(wanted)) \(file.path)"
        )
    }
}
