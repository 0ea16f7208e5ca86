// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives

/// Who sent what is being carried out, and who pays for it.
struct Sender {
    let ip: IPAddress
    /// Our own address that it was sent to.
    let local: IPAddress
    /// Whether it came over a connection, so that nobody else could have sent it.
    let isConnected: Bool

    init(_ flow: Flow) {
        (ip, local, isConnected) = (flow.remote.ip, flow.local.ip, flow.transport.isReliable)
    }
}

/// Counting what sources do wrong, and shutting them out.
extension SignallingLoop {
    /// Counts what a source did. Whatever comes of it is done when this returns.
    func judge(_ kind: SecurityEventKind, account: String? = nil, by sender: Sender) {
        let now = SystemClock.now
        let sighting = Bans.Sighting(
            kind,
            from: sender.ip,
            to: sender.local,
            isConnected: sender.isConnected,
            account: account
        )
        switch admission.judge(sighting, at: now, phones: { switchboard.phones(at: $0) }) {
        case .nothing: break
        case .alarm(_, let evidence): tell(.suspicious, sender.ip, evidence, at: now.wall)
        case .withheld(_, let evidence, let protection):
            let kind: SecurityEventKind = protection == .unproven ? .spoofSuspected : .banWithheld
            tell(kind, sender.ip, "\(evidence); not banned: \(protection.words)", at: now.wall)
        case .banned(let ban):
            shutOut(ban, at: now.wall)
        }
    }

    /// Makes a ban of an operator hold.
    func impose(_ ban: Ban) {
        let now = SystemClock.wall
        admission.bans.impose(ban, at: now)
        shutOut(ban, at: now)
        endTurn()
    }

    func lift(_ source: BanSource) -> Ban? {
        let ban = admission.bans.lift(source, at: SystemClock.wall)
        if ban != nil { outlets.events.publish(.unbanned(source)) }
        return ban
    }

    /// What is open from there is closed now: a ban that waits for the next connection is none. Over a connection that somebody
    /// calls for help by, nothing else is heard any more.
    private func shutOut(_ ban: Ban, at now: WallTime) {
        figures.bans += 1
        outlets.events.publish(.banned(ban))
        tell(.banned, ban.source.address, "\(ban.evidence); until \(ban.until); to lift it: \(ban.remedy)", at: now)
        let calling = switchboard.flowsOfHelp
        for connection in connections.all where connection.flow.remote.ip.accountable == ban.source.address {
            connection.mayBeShutOut = true
            if !calling.contains(connection.id) { connection.end(.banned) }
        }
    }

    private func tell(_ kind: SecurityEventKind, _ source: IPAddress, _ detail: String, at now: WallTime) {
        let source = EventSource(BanSource(source))
        outlets.events.note(SecurityEvent(at: now, kind: kind, source: source, detail: detail))
    }
}
