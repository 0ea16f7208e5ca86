// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Store

extension Administrator {
    func perform(_ command: CallCommand, by actor: Actor, under permit: Permit) async throws(Refusal) -> Answer {
        switch command {
        case .list:
            return .calls(await engine.calls().filter { permit.covers($0.caller, $0.callee) })
        case .end(let id):
            guard await engine.calls().contains(where: { $0.id == id }) else { throw .noCall(id) }
            // Before it ends: what leaves no trace is not done.
            let entry = draft("call.end", id, #"{"new":"ended"}"#, actor)
            do {
                try store.append(entry, at: now())
            } catch {
                throw .cannotWrite(error)
            }
            guard await engine.endCall(id) else { throw .noCall(id) }
            await notifier.notify(Notice(control: nil, text: "Call \(id) ended by \(actor.name)"))
            return .callEnded(id: id)
        }
    }

    /// Calls of one extension that is not there (any more) are nobody's to see.
    func records(_ limit: Int, under permit: Permit) throws(Refusal) -> [CallRecord] {
        guard let number = permit.extensionOnly else { return try reading { try store.records(limit: limit) } }
        guard let owner = store.snapshot.extensions[number] else { return [] }
        return try reading { try store.records(of: owner, limit: limit) }
    }

    func perform(_ command: ControlCommand, by actor: Actor) throws(Refusal) -> Answer {
        switch command {
        case .list:
            return .controls(try listControls())
        case .keepProofs(let kind, let outcomes):
            try require(outcomes.count)
            try keep(outcomes, kind)
            let entry = draft("control.keep-proofs", kind.rawValue, JournalDetail.outcomes(outcomes), actor)
            do {
                try store.append(entry, at: now())
            } catch {
                throw .cannotWrite(error)
            }
            return .proofsKept(count: outcomes.count)
        }
    }

    /// Looks, keeps what was found as proofs, and answers with all of it.
    func runAudit() async throws(Refusal) -> AuditSummary {
        let summary = await audit()
        try keep(summary.outcomes, .audit)
        if !summary.holds {
            let failed = summary.outcomes.filter { !$0.passed }.map(\.control.rawValue).joined(separator: ", ")
            await notifier.notify(Notice(control: nil, text: "The audit found controls that fall short: \(failed)"))
        }
        return summary
    }

    func verifyJournal() async throws(Refusal) -> JournalVerification {
        let verification = try reading { try store.verifyJournal() }
        if let sequence = verification.firstWrong {
            let text = "The journal was altered at entry \(sequence): \(verification.problem ?? "")"
            await notifier.notify(Notice(control: Control.journal.rawValue, text: text))
        }
        return verification
    }

    private func keep(_ outcomes: [ControlOutcome], _ kind: Proof.Kind) throws(Refusal) {
        let time = now()
        let proofs = outcomes.map {
            Proof(control: $0.control.rawValue, kind: kind, at: time, passed: $0.passed, evidence: $0.evidence)
        }
        do {
            try store.recordProofs(proofs)
        } catch {
            throw .cannotWrite(error)
        }
    }

    private func listControls() throws(Refusal) -> [ControlReport] {
        let proofs = try reading { try store.lastProofs() }
        let time = now()
        let open = store.snapshot.exceptions.count { time < $0.until }
        return Control.allCases.map { control in
            let own = proofs.filter { $0.control == control.rawValue }
            let exceptions = control.knowsListenerExceptions ? open : 0
            return ControlReport(
                control: control,
                title: control.title,
                state: own.allSatisfy(\.passed) ? (exceptions > 0 ? .excepted : .enforced) : .fallsShort,
                openExceptions: exceptions,
                lastAudit: own.last { $0.kind == .audit },
                lastAttack: own.last { $0.kind == .attack }
            )
        }
    }
}

extension Control {
    /// Whether a listener without encryption, opened by leave, is an exception to it.
    fileprivate var knowsListenerExceptions: Bool {
        switch self {
        case .signallingEncryption, .openPorts: true
        case .sipPasswords, .credentialDelivery, .mediaEncryption, .mediaSource, .intrusionDetection, .floodProtection,
            .roles, .journal:
            false
        }
    }
}
