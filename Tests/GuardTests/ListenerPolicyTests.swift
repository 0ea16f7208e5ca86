// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control open-ports")
struct ListenerPolicyTests {
    let now = WallTime(milliseconds: 1_800_000_000_000)
    let tls = Listener(purpose: .sipTLS, address: "192.0.2.1:5061")
    let media = Listener(purpose: .media, address: "192.0.2.1:40000")
    let udp = Listener(purpose: .sipUDP, address: "192.0.2.1:5060")

    private func exception(
        until: WallTime,
        _ address: String = "192.0.2.1:5060",
        _ reason: String = "door station"
    ) -> ListenerException {
        ListenerException(transport: .udp, address: address, reason: reason, until: until)
    }

    @Test func `what is declared and open is in order`() {
        let found = [
            OpenSocket(network: .tcp, address: "192.0.2.1:5061"), OpenSocket(network: .udp, address: "192.0.2.1:40000"),
        ]
        #expect(ListenerPolicy.judge(declared: [tls, media], found: found, exceptions: [], at: now) == [])
    }

    @Test func `a socket that nobody declared is found, also one on a declared port of the other network`() {
        let foreign = OpenSocket(network: .udp, address: "192.0.2.1:5061")
        let found = [OpenSocket(network: .tcp, address: "192.0.2.1:5061"), foreign]
        #expect(ListenerPolicy.judge(declared: [tls], found: found, exceptions: [], at: now) == [.undeclared(foreign)])
    }

    @Test func `a listener that is not there is found`() {
        #expect(ListenerPolicy.judge(declared: [tls], found: [], exceptions: [], at: now) == [.missing(tls)])
    }

    @Test func `an address is the same in any spelling`() {
        let found = [OpenSocket(network: .tcp, address: "[::ffff:192.0.2.1]:5061")]
        #expect(ListenerPolicy.judge(declared: [tls], found: found, exceptions: [], at: now) == [])
    }

    @Test func `a listener without encryption needs an exception that still runs and gives a reason`() {
        #expect(ListenerPolicy.refusal(of: tls, exceptions: [], at: now) == nil)
        #expect(ListenerPolicy.refusal(of: media, exceptions: [], at: now) == nil)
        let refusal = ListenerPolicy.refusal(of: udp, exceptions: [], at: now)
        #expect(refusal?.control == .signallingEncryption)
        #expect(refusal?.problem == "Ringfence does not listen for SIP over UDP on 192.0.2.1:5060.")
        #expect(ListenerPolicy.refusal(of: udp, exceptions: [exception(until: now + .seconds(1))], at: now) == nil)
        for wrong in [
            exception(until: now), exception(until: now + .seconds(1), "192.0.2.1:5062"),
            exception(until: now + .seconds(1), "192.0.2.1:5060", ""),
        ] {
            #expect(ListenerPolicy.refusal(of: udp, exceptions: [wrong], at: now) != nil)
        }
        let tcp = Listener(purpose: .sipTCP, address: "192.0.2.1:5060")
        #expect(ListenerPolicy.refusal(of: tcp, exceptions: [exception(until: now + .seconds(1))], at: now) != nil)
    }

    @Test func `an exception shows while it is open, and its listener is a finding when it has ended`() {
        let found = [OpenSocket(network: .udp, address: "192.0.2.1:5060")]
        let open = exception(until: now + .seconds(1))
        #expect(
            ListenerPolicy.judge(declared: [udp], found: found, exceptions: [open], at: now) == [.excepted(udp, open)]
        )
        #expect(
            ListenerPolicy.judge(declared: [udp], found: found, exceptions: [open], at: now + .seconds(1))
                == [.unprotected(udp)]
        )
    }
}
