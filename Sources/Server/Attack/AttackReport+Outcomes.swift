// SPDX-License-Identifier: Apache-2.0

public import Admin
public import Audit
import Model

extension AttackReport {
    /// One proof for each control that was attacked in full, or fell to one attack: all of its attacks together.
    ///
    /// An attack that could not be carried out says neither that the control holds nor that somebody could come in, so the last
    /// proof stays until it is too old.
    public var outcomes: [ControlOutcome] {
        Control.allCases.compactMap { control in
            let results = results(of: control).filter { $0.outcome != .absent }
            let broken = results.filter { $0.outcome == .broken }
            guard !results.isEmpty, !broken.isEmpty || results.allSatisfy(\.passed) else { return nil }
            let evidence =
                broken.isEmpty
                ? "\(results.map(\.id).joined(separator: ", ")) got nothing"
                : broken.map { "\($0.id): \($0.observed)" }.joined(separator: "; ")
            return ControlOutcome(control: control, passed: broken.isEmpty, evidence: evidence)
        }
    }
}
