// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import Testing

@testable import Server

@Suite("Control records-retention: what had to go, looked for in every file")
struct RetentionDrillTests {
    @Test(arguments: RetentionTrial.allCases)
    func `W06 what is too old or erased is in no file and stays away, and what is held or young stays`(
        trial: RetentionTrial
    ) async throws {
        let fault = try await RetentionDrill.run(trial, at: WallTime(milliseconds: 1_800_000_000_000))
        #expect(fault == nil, "\(fault ?? "")")
    }
}
