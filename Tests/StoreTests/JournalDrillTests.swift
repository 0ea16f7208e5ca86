// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import Testing

@testable import Store

@Suite("Control journal: drills on a copy")
struct JournalDrillTests {
    @Test(arguments: JournalFalsification.allCases)
    func `every way to falsify a copy is found, and an honest copy verifies`(way: JournalFalsification) throws {
        let place = Place()
        let store = try place.create()
        let verification = try JournalDrill.run(way, onCopyOf: place.path)
        #expect(verification.isIntact == (way == .nothing), "\(verification.problem ?? "nothing noticed")")
        // The original is as it was.
        #expect(try store.verifyJournal().isIntact)
    }
}
