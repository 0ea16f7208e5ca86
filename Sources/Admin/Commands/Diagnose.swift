// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Store

/// What the store and the running system say of themselves. Nothing is refused here: a broken part is a fact.
public struct Diagnose: Command {
    public static let name = "doctor"
    public static let rights: [Right] = [.diagnose]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> DoctorReport {
        let files = administrator.store.files()
        let kept = files.map(administrator.fact) + [await administrator.journalFact(), administrator.businessFact()]
        return DoctorReport(facts: kept + (await administrator.engine.health()))
    }
}

extension Administrator {
    /// Operators pass through the folder to the control socket, and can do no more there.
    fileprivate func fact(_ file: KeptFile) -> Finding {
        let isPassage =
            store.snapshot.operators.needControlSocket && file.path == store.path && file.mode & 0o777 == 0o711
        let isWell = file.isPrivate || isPassage
        let account = OwnerRules.Account(
            user: doorkeeper.server,
            name: doorkeeper.account(numbered: doorkeeper.server).name
        )
        let entry = OwnerRules.Entry(path: file.path, owner: file.owner, mode: UInt16(truncatingIfNeeded: file.mode))
        if let refusal = OwnerRules.refusal(ofFile: entry, of: account) {
            return Finding("kept-file", of: file.name, isWell: false, finding: refusal.reason, remedy: refusal.remedy)
        }
        return Finding(
            "kept-file",
            of: file.name,
            isWell: isWell,
            finding:
                "mode \(String(file.mode, radix: 8))\(isPassage ? ", so that operators reach the control socket" : "")",
            remedy: isWell ? nil : "take the rights of others away: chmod go= \(file.path)"
        )
    }

    fileprivate func journalFact() async -> Finding {
        do {
            let verification = try await reading { try $0.verifyJournal() }
            tell(verification)
            guard let sequence = verification.firstWrong else {
                return Finding(
                    "journal",
                    of: "journal",
                    isWell: true,
                    finding: "\(verification.entries) entries, unaltered"
                )
            }
            return Finding(
                "journal",
                of: "journal",
                isWell: false,
                finding: "altered at entry \(sequence): \(verification.problem ?? "")",
                remedy: "keep a copy of the data directory as evidence and find out who had access to it"
            )
        } catch {
            return Finding(
                "journal",
                of: "journal",
                isWell: false,
                finding: "cannot be read: \(error)",
                remedy: "check the disk"
            )
        }
    }

    fileprivate func businessFact() -> Finding {
        let snapshot = store.snapshot
        return Finding(
            "business",
            of: "business",
            isWell: true,
            finding: "\(snapshot.domain): \(snapshot.extensions.count) extensions, \(snapshot.devices.count) phones, "
                + "\(snapshot.operators.count) operators, generation \(snapshot.generation)"
        )
    }
}
