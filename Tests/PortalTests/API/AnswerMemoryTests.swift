// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import Testing

@testable import Portal

@Suite("Idempotency keys and the pace of programs")
struct AnswerMemoryTests {
    private let noon = WallTime(milliseconds: 1_800_000_000_000)

    private func asked(
        _ key: String,
        _ body: String = "{}",
        command: String = "a.b",
        token: UInt8 = 1
    ) -> AnswerMemory.Asked {
        AnswerMemory.Asked(token: [token], key: key, command: command, body: Data(body.utf8))
    }

    @Test func `the same command is answered once more, and another one under its key is not taken`() {
        let memory = AnswerMemory()
        #expect(memory.begin(asked("k"), at: noon) == .new)
        #expect(memory.begin(asked("k"), at: noon) == .running)
        memory.end(asked("k"), with: Data("1".utf8), at: noon)
        #expect(memory.begin(asked("k"), at: noon) == .answered(Data("1".utf8)))
        #expect(memory.begin(asked("k", "{ }"), at: noon) == .other)
        #expect(memory.begin(asked("k", command: "a.c"), at: noon) == .other)
        #expect(memory.begin(asked("k", token: 2), at: noon) == .new)
    }

    @Test func `what was refused may be tried again`() {
        let memory = AnswerMemory()
        #expect(memory.begin(asked("k"), at: noon) == .new)
        memory.forget(asked("k"))
        #expect(memory.begin(asked("k"), at: noon) == .new)
    }

    @Test func `there are never more than enough, and those that are carried out stay`() {
        let memory = AnswerMemory()
        #expect(memory.begin(asked("running"), at: noon) == .new)
        for number in 0..<(3 * Limits.keptAnswers) {
            let asked = asked("\(number)")
            #expect(memory.begin(asked, at: noon + .seconds(number)) == .new)
            memory.end(asked, with: Data(count: 10_000), at: noon + .seconds(number))
        }
        #expect(memory.begin(asked("running"), at: noon) == .running)
        #expect(memory.begin(asked("0"), at: noon) == .new)
        let large = AnswerMemory.Asked(
            token: [1],
            key: "large",
            command: "a.b",
            body: Data(count: Limits.keptAnswerBytes + 1)
        )
        #expect(memory.begin(large, at: noon) == .full)
    }

    @Test func `a program asks fifty times a second, and one that guesses much less`() {
        let (pace, token) = (RequestPace(), RequestPace.Subject.token([1]))
        let admitted = (0..<1_000).count { pace.admits(token, at: UInt64($0) * 1_000_000) }
        #expect((145...155).contains(admitted), "\(admitted)")
        let other = RequestPace()
        var tries = 0
        for millisecond in 0..<UInt64(1_000) where other.admits(token, at: millisecond * 1_000_000) {
            tries += 1
            other.punish(token, at: millisecond * 1_000_000)
        }
        #expect(tries < 20, "\(tries)")
    }
}

/// Where other modules with limits are imported too.
let longestIdempotencyKey = Limits.idempotencyKey
