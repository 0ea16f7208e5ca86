// SPDX-License-Identifier: Apache-2.0

import Model

/// What should be gone, looked for in every file.
enum RecordsRetentionAttack {
    static let all = [find]

    private static let find = Attack(
        .recordsRetention,
        "W06r",
        "Find what was deleted",
        attempted:
            "in a business that is made for it: look into every file for the number of a record and for a message that are too old, and for a number that was erased, also after a crash; delete what is held",
        expected: "what had to go is in no file and does not come back, and what is held or young stays",
        run: { (_, target) async throws(WireError) in
            guard let insider = target.insider, let retain = insider.retain else { return .needsInsider }
            if let fault = try await retain(.young) { return .broken("what is young: \(fault)") }
            var tried = 0
            for trial in RetentionTrial.allCases where trial != .young {
                if let fault = try await retain(trial) { return .broken("\(trial.rawValue): \(fault)") }
                tried += 1
            }
            return .held("\(tried) of \(tried) went or stayed as they have to")
        }
    )
}
