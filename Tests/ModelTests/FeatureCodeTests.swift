// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Primitives
import Testing

@Suite("Codes that phones dial")
struct FeatureCodeTests {
    @Test(arguments: [
        "*78", "*79", "*70", "*71", "*77", "*87", "*21*102", "*21", "*67*030123", "*61", "*62*102", "*45", "*46",
        "*45*700", "*46*700", "*28", "*28*1", "*28*0", "*75*07*102", "*75*07",
    ])
    func `are read, and written as they were`(_ code: String) throws {
        let request = try #require(FeatureRequest(dialled: code))
        #expect(request.code == code && FeatureRequest(dialled: code + "#") == request)
        #expect(CallService(dialled: code) == .feature(request))
        #expect(Participant(parsing: code) == .service(.feature(request)))
    }

    @Test(arguments: ["*75", "*75*", "*75*7", "*75*007", "*75*07*", "*75*x1", "*70*1", "*77*", "*0", "*", "78", "**78"])
    func `what is none is nothing`(_ text: String) { #expect(FeatureRequest(dialled: text) == nil, "\(text)") }

    @Test func `services are told apart`() {
        #expect(CallService(dialled: "*43") == .echo && CallService(dialled: "*68") == .parking)
        for text in ["43", "*44", "*681", "*0", ""] { #expect(CallService(dialled: text) == nil, "\(text)") }
    }

    @Test func `places where calls are parked`() throws {
        for number in [1, 9, 10, 99] {
            let place = try #require(ParkingPlace(number))
            #expect(place.text == "*68\(number)" && ParkingPlace(dialled: place.text) == place)
        }
        #expect(ParkingPlace(0) == nil && ParkingPlace(100) == nil)
        for text in ["*68", "*680", "*6801", "*68100", "*68x", "*681*", "681", "*681#", "*68٣"] {
            #expect(ParkingPlace(dialled: text) == nil, "\(text)")
        }
        #expect(ParkingSettings(places: 100, seconds: 60, reach: .everybody) == nil)
        #expect(ParkingSettings(places: 9, seconds: 19, reach: .everybody) == nil)
        #expect(ParkingSettings(places: 0, seconds: 60, reach: .group)?.all.isEmpty == true)
        #expect(ParkingSettings.usual.all.map(\.number) == Array(1...9))
    }

    @Test func `speed dials`() throws {
        let key = try #require(SpeedDials.Key(7))
        #expect(key.text == "07" && key.dialled == "*007" && SpeedDials.Key(dialled: "*007") == key)
        for text in ["*07", "*0007", "*0a7", "007", "*0٠٧"] { #expect(SpeedDials.Key(dialled: text) == nil, "\(text)") }
        var dials = SpeedDials()
        dials[key] = Forward.Target(parsing: "102")
        let text = String(decoding: try JSONEncoder().encode(dials), as: UTF8.self)
        #expect(text == #"{"07":"102"}"#)
        #expect(try JSONDecoder().decode(SpeedDials.self, from: Data(text.utf8)) == dials)
        for wrong in [#"{"7":"102"}"#, #"{"07":"boss"}"#, "[]"] {
            #expect(throws: (any Error).self) { try JSONDecoder().decode(SpeedDials.self, from: Data(wrong.utf8)) }
        }
    }

    @Test func `an intercom is for somebody, with a reason`() throws {
        let origin = SettingOrigin(by: "test", at: WallTime(milliseconds: 0))
        let (one, two) = (try #require(ExtensionNumber(parsing: "101")), try #require(ExtensionNumber(parsing: "102")))
        let end = WallTime(milliseconds: 5)
        #expect(IntercomOpening(for: [], because: "door", until: end, by: origin) == nil)
        #expect(IntercomOpening(for: [one], because: "", until: end, by: origin) == nil)
        let long = String(repeating: "x", count: Limits.reasonBytes + 1)
        #expect(IntercomOpening(for: [one], because: long, until: end, by: origin) == nil)
        let opening = try #require(IntercomOpening(for: [one, two], because: "door", until: end, by: origin))
        #expect(opening.without(one)?.callers == [two] && opening.without(one)?.without(two) == nil)
        let bytes = try JSONEncoder().encode(opening)
        #expect(try JSONDecoder().decode(IntercomOpening.self, from: bytes) == opening)
        #expect(IntercomOpening.callee(dialled: "*80*101") == one)
        for text in ["*80", "*80*", "*80*x", "80*101", "*80*101*"] {
            #expect(IntercomOpening.callee(dialled: text) == nil, "\(text)")
        }
    }
}
