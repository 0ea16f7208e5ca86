// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Store

extension Administrator {
    func perform(_ command: CertificateCommand, by actor: Actor) async throws(Refusal) -> Answer {
        switch command {
        case .show: .certificate(try await engine.certificate())
        case .replace(let pair): .certificate(try await replace(pair, by: actor))
        }
    }

    /// The engine checks the pair before anything changes, and new connections see it when it returns.
    private func replace(_ pair: CertificatePair, by actor: Actor) async throws(Refusal) -> CertificateReport {
        let old = try? await engine.certificate()
        let new = try await engine.replaceCertificate(pair)
        facts = facts.under(new.authority)
        let entry = draft("certificate.replace", new.fingerprint, JournalDetail.of(old, became: new), actor)
        do {
            try store.append(entry, at: now())
        } catch {
            throw .replacedUnwritten(error)
        }
        await notifier.notify(
            Notice(
                control: Control.signallingEncryption.rawValue,
                text: "The certificate was replaced by \(actor.name): \(new.fingerprint), until \(new.notAfter)"
            )
        )
        return new
    }
}

extension Refusal {
    fileprivate static func replacedUnwritten(_ error: any Error) -> Self {
        Self(
            .journal,
            problem: "The certificate was replaced, and the journal does not say so.",
            reason: "the database did not take its entry: \(error)",
            remedy: "make sure that the disk is there and has room, then replace it once more: ringfence doctor"
        )
    }
}
