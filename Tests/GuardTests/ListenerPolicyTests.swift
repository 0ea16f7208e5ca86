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

    @Test func `ports of calls without encryption come and go in their range, while an exception stands`() throws {
        let ranges = try [MediaPorts(parsing: "192.0.2.1:40000-40009"), MediaPorts(parsing: "192.0.2.2:40000-40001")]
            .map { try #require($0) }
        let name = try #require(TrunkName(parsing: "old"))
        let domain = try #require(DomainName(parsing: "provider.example"))
        let exception = Trunk.PlainException(reason: "it cannot", grantedBy: "owner", until: now + .seconds(1))
        let trunk = Trunk(name: name, domain: domain, exception: exception, createdAt: now)
        let outside = OutsideSettings(trunks: [TrunkAccess(trunk, secret: nil)])
        let declared = Listener.plainMedia(of: ranges, for: outside, at: now)
        #expect(declared.map(\.address) == ["192.0.2.1:40002-40009"])
        #expect(Listener.plainMedia(of: ranges, for: outside, at: now + .seconds(1)).isEmpty)
        #expect(Listener.plainMedia(of: ranges, for: .none, at: now).isEmpty)
        #expect(ListenerPolicy.judge(declared: declared, found: [], exceptions: [], at: now) == [])
        let inside = ["192.0.2.1:40002", "192.0.2.1:40009"].map { OpenSocket(network: .udp, address: $0) }
        #expect(ListenerPolicy.judge(declared: declared, found: inside, exceptions: [], at: now) == [])
        let outsideOfIt = [
            OpenSocket(network: .udp, address: "192.0.2.1:40001"),
            OpenSocket(network: .udp, address: "192.0.2.1:40010"),
            OpenSocket(network: .udp, address: "192.0.2.3:40002"),
            OpenSocket(network: .tcp, address: "192.0.2.1:40002"),
        ]
        #expect(
            ListenerPolicy.judge(declared: declared, found: outsideOfIt, exceptions: [], at: now)
                == outsideOfIt.map(ListenerPolicy.Deviation.undeclared)
        )
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
