// SPDX-License-Identifier: Apache-2.0

import Admin
import Model
import Store
import Testing

@testable import Server

@Suite("Doctor: records of calls")
struct RecordsFactTests {
    private func fact(_ change: (inout RecordFigures) -> Void) -> Finding {
        var figures = RecordFigures()
        change(&figures)
        return Finding(figures)
    }

    @Test func `says that every one was written, and of calls that were not answered once`() {
        #expect(fact { _ in }.isGood)
        #expect(
            fact { $0.refused = 3 }.title
                == "call records: every one was written; calls that were decided before their record was written: 3"
        )
        #expect(fact { $0.refused = 3 }.isGood)
    }

    @Test func `says what waits in memory while the disk takes nothing, and that the server is not to be stopped`() {
        let fact = fact { ($0.unwritten, $0.isFailing) = (7, true) }
        #expect(!fact.isGood && fact.title.hasPrefix("call records: 7 wait in memory"))
        #expect(fact.remedy.contains("before you stop the server") == true)
    }

    @Test func `finds a writer that stands still`() {
        #expect(fact { $0.late = 5 }.isGood)
        #expect(fact { $0.late = 3_600 }.title == "call records: nothing was written for 3600 s")
    }

    @Test func `does not forget what is lost`() {
        #expect(fact { $0.lost = 1 }.title == "call records: 1 are lost")
    }
}
