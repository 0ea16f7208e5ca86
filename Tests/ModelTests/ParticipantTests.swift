// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Testing

@Suite("Who takes part in a call")
struct ParticipantTests {
    @Test(arguments: ["101", "20", "*43", "group:sales"]) func `is kept as what is dialled for it`(text: String) throws
    {
        let participant = try #require(Participant(parsing: text))
        #expect(participant.text == text && "\(participant)" == text)
        let json = try JSONEncoder().encode([participant])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(text)\"]")
        #expect(try JSONDecoder().decode([Participant].self, from: json) == [participant])
        #expect((participant.number == nil) == (text == "*43" || text.hasPrefix("group")))
    }

    @Test(arguments: ["", "group:", "group:a b", "*44", "*43 ", "echo", "x101"]) func `is nobody by any other text`(
        text: String
    ) throws {
        #expect(Participant(parsing: text) == nil)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Participant].self, from: Data("[\"\(text)\"]".utf8))
        }
    }
}
