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
            throw .cannotWrite(error)
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
