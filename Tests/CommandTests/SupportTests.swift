// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Testing

@testable import ringfence

@Suite("ringfence support, trace and retention")
struct SupportTests {
    /// Lets nobody do anything.
    private struct Closed: Operations {
        func perform<Asked: Command>(_ command: Asked) throws(Refusal) -> Asked.Reply {
            throw Refusal(problem: "No.", reason: "nobody may", remedy: "ask")
        }
    }

    @Test func `what is refused is said so, and the file is JSON all the same`() throws {
        let bundle = try SupportBundle(from: Closed(), at: WallTime(milliseconds: 0))
        let read = try #require(
            JSONSerialization.jsonObject(with: Data(bundle.text.utf8)) as? [String: [String: String]]
        )
        #expect(read.count == bundle.parts.count && read["about"]?["at"] == "1970-01-01T00:00:00.000Z")
        #expect(read["journal.list"]?["refused"]?.contains("nobody may") == true)
    }

    @Test func `a trace is typed with its end`() throws {
        let start = try parse(TraceStart.self, "--until", "2h", "--hep", "127.0.0.1:9060").command
        #expect(start.until == "2h" && start.collector == "127.0.0.1:9060")
        #expect(throws: (any Error).self) { try parse(TraceStart.self) }
        #expect(try parse(TraceExport.self, "all", "x.pcap").command.call == nil)
        #expect(try parse(TraceExport.self, "abc", "x.pcap").command.call == "abc")
    }

    @Test func `retention says what changes`() throws {
        let set = try parse(RetentionSet.self, "--records", "180", "--hold", "court").command
        #expect(set.recordDays == 180 && set.messageDays == nil && set.hold == "court" && !set.isReleased)
        #expect(throws: (any Error).self) { try parse(RetentionSet.self) }
        #expect(throws: (any Error).self) { try parse(RetentionSet.self, "--hold", "x", "--release") }
        let erase = try parse(RecordErase.self, "+493012345", "--reason", "letter").command
        #expect(erase.number == "+493012345" && erase.reason == "letter")
    }
}
