// SPDX-License-Identifier: Apache-2.0

import Admin
import Calls
import Model
import Primitives
import Testing

@testable import Server

@Suite("ATTACKS D19: what the doctor says while phones are sent away")
struct SheddingFactTests {
    private static let start = WallTime(milliseconds: 1_800_000_000_000)

    @Test func `nothing is wrong when nobody was sent away`() {
        let fact = Finding(SheddingFigures(), at: Self.start)
        #expect(fact.isGood)
        #expect(fact.title == "registrations: no phone was ever told to come back later")
    }

    @Test func `while phones wait it says how long the last of them does, and afterwards how long it took`() {
        var figures = SheddingFigures()
        figures.note(until: Self.start + .seconds(120), at: Self.start)
        figures.note(until: Self.start + .seconds(90), at: Self.start + .seconds(10))
        let during = Finding(figures, at: Self.start + .seconds(20))
        #expect(!during.isGood)
        #expect(during.title.contains("the last is back in 100 s"))
        let afterwards = Finding(figures, at: Self.start + .seconds(121))
        #expect(afterwards.isGood)
        #expect(afterwards.title.contains("over after 120 s"))
    }
}
