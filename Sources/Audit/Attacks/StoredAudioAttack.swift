// SPDX-License-Identifier: Apache-2.0

import Model

/// A thief with the disk, and somebody who may write to it.
enum StoredAudioAttack {
    static let all = [steal]

    private static let steal = Attack(
        .storedAudio,
        "W06",
        "Listen to stolen voice messages",
        attempted:
            "on a message that is left for it: look for what was said and for who said it in every file, also while it is recorded; open it with another key; change a byte, cut out a second, put it into another mailbox and in the place of a greeting",
        expected: "nothing is found, nothing is played, and whoever has the key hears all of it",
        run: { (_, target) async throws(WireError) in
            guard let insider = target.insider, let steal = insider.steal else { return .needsInsider }
            if let fault = try await steal(.nothing) { return .notRun("an untouched message is wrong: \(fault)") }
            var tried = 0
            for theft in StoredAudioTheft.allCases where theft != .nothing {
                if let got = try await steal(theft) { return .broken("\(theft.rawValue): \(got)") }
                tried += 1
            }
            return .held("\(tried) ways, and nothing was heard")
        }
    )
}
