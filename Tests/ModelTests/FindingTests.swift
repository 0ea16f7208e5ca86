// SPDX-License-Identifier: Apache-2.0

import Model
import Testing

@Suite("What follows from something else that is wrong")
struct FindingTests {
    private func finding(_ code: Finding.Code, _ severity: Finding.Severity, on codes: Finding.Code...) -> Finding {
        Finding(code, severity, "\(code.rawValue) is wrong", dependsOn: codes)
    }

    @Test func `is left out while that is found, over several steps, and told when it is gone`() {
        let clock = finding("clock", .critical)
        let certificate = finding("certificate", .critical, on: "clock")
        let port = finding("port", .warning, on: "certificate")
        #expect([port, certificate, clock].causes == [clock])
        #expect([port, certificate].causes == [certificate])
        #expect([port].causes == [port])
        #expect([finding("clock", .good), certificate].causes.count == 2)
    }

    @Test func `is told where it is worse, so that nobody misses it`() {
        let list = [finding("disk", .warning), finding("records", .critical, on: "disk")]
        #expect(list.causes == list)
    }

    @Test func `is told where it stands in a circle, and what is good always is`() {
        let circle = [finding("a", .warning, on: "b"), finding("b", .warning, on: "a")]
        #expect(circle.causes == circle)
        let itself = finding("a", .warning, on: "a")
        #expect([itself].causes == [itself])
        let good = Finding("port", .good, "The port is open", dependsOn: ["clock"])
        #expect([finding("clock", .critical), good].causes.contains(good))
    }
}
