// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 6026 §7.1: an ACK of a 2xx that matches the transaction of its INVITE")
struct AcknowledgementTests {
    @Test func `confirms the call as one with a branch of its own does`() throws {
        var scene = try RingingScene()
        let answer = try #require(scene.pickUp().last)
        let branch = try #require(try answer.topVia().branch)
        let ack = scene.caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
        let lines = ack.components(of: "\r\n").map { line in
            line.hasPrefix("Via:") ? "Via: SIP/2.0/TLS 192.0.2.50:50000;branch=\(answer.string(branch));rport" : line
        }
        scene.office.deliver(lines.joined(separator: "\r\n"), on: scene.caller.flow)
        // Nothing is said again, and there is nothing to give up.
        scene.office.wait(.seconds(4))
        #expect(scene.office.received(on: scene.caller.flow).isEmpty)
        #expect(scene.office.switchboard.calls().count == 1)
    }
}

extension String {
    fileprivate func components(of separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
