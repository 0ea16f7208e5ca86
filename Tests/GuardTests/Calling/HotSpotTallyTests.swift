// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control country-dialing: quotas")
struct HotSpotTallyTests {
    @Test func `so many calls go out in any 24 hours, midnight or not`() throws {
        let spot = HotSpot(prefix: try prefix("+3712"), callsPerDay: 3)
        var tally = HotSpotTally()
        let hours = [0.0, 1, 23, 23.5, 23.9, 24, 25, 25, 1_000]
        let taken = hours.map { hour in tally.take(spot, at: at(hour * 3_600)) }
        #expect(taken == [true, true, true, false, false, false, true, false, true])
        #expect(tally.used(spot.prefix, at: at(1_000 * 3_600)) == 1)
    }

    @Test func `never more than the quota within 24 hours, however calls come`() throws {
        var generator = SystemRandomNumberGenerator()
        let spot = HotSpot(prefix: try prefix("+3712"), callsPerDay: 10)
        var (tally, now, taken) = (HotSpotTally(), 0.0, [Double]())
        for _ in 0..<5_000 {
            now += Double.random(in: 0..<7_200, using: &generator)
            if tally.take(spot, at: at(now)) { taken.append(now) }
            #expect(taken.suffix(11).count { $0 > now - 86_400 } <= 10)
        }
        #expect(taken.count > 1_000, "and they do go out")
    }

    @Test func `a quota of none is a ban, and ranges that come and go take no room`() throws {
        var tally = HotSpotTally()
        let isBanned = !tally.take(HotSpot(prefix: try prefix("+371"), callsPerDay: 0), at: at(0))
        #expect(isBanned)
        for index in 0..<10_000 {
            let spot = HotSpot(prefix: try prefix("+\(100_000 + index)"), callsPerDay: 1)
            let taken = (0..<2).map { _ in tally.take(spot, at: at(Double(index) * 3_600)) }
            #expect(taken == [true, false])
        }
    }

    @Test func `a clock that seems to go back gives no call back`() throws {
        let spot = HotSpot(prefix: try prefix("+371"), callsPerDay: 1)
        var tally = HotSpotTally()
        let taken = [100_000, 10].map { tally.take(spot, at: at($0)) }
        #expect(taken == [true, false])
    }
}
