// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives

@testable import Audit

// The provider's end of the connection in the attacker's hands, with one thing wrong perhaps.
extension MemoryTarget {
    static let ownNumber = "+49301234567"

    func dialIn(_ office: TestOffice) throws(WireError) -> DialInRehearsal {
        let now = WallTime(milliseconds: 1_800_000_000_000)
        guard let number = PhoneNumber(parsing: Self.ownNumber), let first = office.accounts.first,
            let trunk = office.snapshot.outside.usableTrunks.first?.trunk, let home = Region(parsing: "DE")
        else { throw WireError(.local, "no number") }
        let owned = OwnedNumber(number: number, destination: .extension(first.number), createdAt: now)
        guard let settings = DialInRehearsal.settings(trunk: trunk, number: owned, home: home, at: now) else {
            throw WireError(.local, "no settings")
        }
        apply(settings, office)
        let target = Target(
            host: "pbx.office.example",
            address: Self.address,
            tlsPort: Self.tlsPort,
            mediaPort: Self.mediaPort,
            domain: office.snapshot.domain,
            accounts: [first]
        )
        return DialInRehearsal(wire: wire(), target: target, number: number)
    }

    private func apply(_ settings: OutsideSettings, _ office: TestOffice) {
        let open = Snapshot(
            generation: 2,
            domain: office.snapshot.domain,
            extensions: Array(office.snapshot.extensions.values),
            devices: Array(office.snapshot.devices.values),
            outside: settings
        )
        var turn = Turn(at: moment)
        switchboard.apply(open, &turn)
        carryOut(turn.actions)
    }

    func takeProvider(_ endpoint: Endpoint) -> (id: UInt64, local: SocketAddress) {
        let local = SocketAddress(ip: IPAddress(v4: 0xC633_6401), port: 5_061)
        peers[Self.providerFlow.rawValue] = Peer(endpoint: endpoint, local: local, opened: now, isPhone: true)
        return (Self.providerFlow.rawValue, local)
    }

    func tellProvider(_ bytes: [UInt8]) {
        let isQuestion = bytes.starts(with: Array("OPTIONS ".utf8))
        guard peers[Self.providerFlow.rawValue] != nil, !isQuestion else { return provide(bytes) }
        put(bytes, to: Self.providerFlow.rawValue)
    }

    func heardFromProvider(_ bytes: [UInt8]) {
        let message = HeardMessage(bytes)
        let provider = Self.providerFlow.rawValue
        switch weakness {
        case .dialsThrough where message.method == "INVITE" && message.firstLine.contains("+960"):
            put(Array("INVITE sip:+9607710000@sip.provider.example SIP/2.0\r\n\r\n".utf8), to: provider)
        case .transfersForProviders where message.method == "REFER":
            put(reply("202 Accepted", to: message), to: provider)
        default: hear(bytes)
        }
    }
}
