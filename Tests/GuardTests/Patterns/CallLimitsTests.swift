// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control call-limits")
struct CallLimitsTests {
    private var limits: CallLimits

    init() { limits = CallLimits(extensions: 20, seed: (1, 2), at: at(0)) }

    private func attempt(
        _ caller: String = "201",
        trunk: String = "provider",
        isAbroad: Bool = false,
        isEmergency: Bool = false
    ) throws -> CallLimits.Attempt {
        CallLimits.Attempt(caller: try .parsed(caller), trunk: trunk, isAbroad: isAbroad, isEmergency: isEmergency)
    }

    @Test mutating func `an extension has two outside calls, and the end of one makes room for one`() throws {
        for call in 1...2 as ClosedRange<UInt64> {
            try expect(limits.judge(try attempt(), at: at(Double(call))) == nil)
            limits.started(call, try attempt(), at: at(Double(call)))
        }
        let excess = try #require(limits.judge(try attempt(), at: at(10)))
        #expect(excess.refusal.status == 486 && !excess.isOfTrunk)
        #expect(
            excess.refusal.reason
                == "extension 201 has 2 outside calls, which is all it may have at a time [call-limits]"
        )
        try expect(limits.judge(try attempt("202"), at: at(10)) == nil)
        limits.ended(1)
        limits.ended(1)
        try expect(limits.judge(try attempt(), at: at(11)) == nil)
        limits.started(3, try attempt(), at: at(11))
        try expect(limits.judge(try attempt(), at: at(15)) != nil)
    }

    @Test mutating func `an emergency call leaves whatever is reached, and counts for nothing`() throws {
        for call in 1...2 as ClosedRange<UInt64> { limits.started(call, try attempt(), at: at(0)) }
        try expect(limits.judge(try attempt(isEmergency: true), at: at(0)) == nil)
        limits.started(3, try attempt(isEmergency: true), at: at(0))
        limits.ended(1)
        try expect(limits.judge(try attempt(), at: at(10)) == nil)
    }

    @Test(arguments: [(2, 1.0), (20, 60.0)])
    func `calls of an extension within a second and a minute are limited wherever the second begins`(
        most: Int,
        window: Double
    ) throws {
        for offset in [0.0, 0.49, 0.73, 0.97] {
            var limits = limits
            var begun: [Double] = []
            var (now, call) = (offset, UInt64(1))
            while now < window * 4 {
                if limits.judge(try attempt(), at: at(now)) == nil {
                    limits.started(call, try attempt(), at: at(now))
                    limits.ended(call)
                    begun.append(now)
                    call += 1
                }
                now += window == 1 ? 0.011 : 0.6
            }
            for start in begun { #expect(begun.count { (start..<start + window).contains($0) } <= most) }
            #expect(begun.count >= most * 3)
        }
    }

    @Test mutating func `a business of 20 has two calls abroad, one of 100 has ten`() throws {
        for call in 1...2 as ClosedRange<UInt64> {
            limits.started(call, try attempt("20\(call)", isAbroad: true), at: at(0))
        }
        try expect(limits.judge(try attempt("209", isAbroad: true), at: at(5))?.subject == .abroad)
        try expect(limits.judge(try attempt("209"), at: at(5)) == nil)
        limits.follow(CallLimitSettings(), extensions: 100)
        try expect(limits.judge(try attempt("209", isAbroad: true), at: at(5)) == nil)
        #expect(CallLimitSettings().abroad(ofExtensions: 100) == 10)
        #expect(CallLimitSettings().abroad(ofExtensions: .max) == 100_000)
    }

    @Test mutating func `a full trunk is said to be one, so that another may take the call`() throws {
        var settings = CallLimitSettings()
        let small = CallLimitSettings.Limit(simultaneous: 2, perSecond: 10, perMinute: 100)
        expect(settings.set(small, ofTrunk: "small"))
        limits.follow(settings, extensions: 20)
        for call in 1...2 as ClosedRange<UInt64> {
            limits.started(call, try attempt("20\(call)", trunk: "small"), at: at(0))
        }
        let excess = try #require(limits.judge(try attempt("205", trunk: "small"), at: at(5)))
        #expect(excess.isOfTrunk && excess.refusal.status == 503)
        try expect(limits.judge(try attempt("205"), at: at(5)) == nil)
    }

    @Test mutating func `extensions with a limit of their own have that one`() throws {
        var settings = CallLimitSettings()
        let fax = CallLimitSettings.Limit(simultaneous: 8, perSecond: 8, perMinute: 100)
        try expect(settings.set(fax, of: try .parsed("299")))
        limits.follow(settings, extensions: 20)
        for call in 1...8 as ClosedRange<UInt64> {
            try expect(limits.judge(try attempt("299"), at: at(0)) == nil)
            limits.started(call, try attempt("299"), at: at(0))
        }
        try expect(limits.judge(try attempt("299"), at: at(0)) != nil)
    }

    @Test mutating func `a million callers, any clock and any order of events take no more memory and trap nowhere`()
        throws
    {
        let before = limits.bytes
        for index in 0..<200_000 {
            let now = at(Double([index, 0, index * 3, 9][index % 4]))
            let attempt = try attempt("\(100_000 + index)", trunk: "t\(index % 1_000)", isAbroad: index % 5 == 0)
            _ = limits.judge(attempt, at: now)
            limits.started(UInt64(index % 40_000), attempt, at: now)
            if index % 2 == 0 { limits.ended(UInt64(index * 7 % 40_000)) }
        }
        #expect(limits.bytes <= before + 64 * 200)
    }
}
