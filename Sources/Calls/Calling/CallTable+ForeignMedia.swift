// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives

/// How often the audio of a leg came from elsewhere lately.
///
/// A phone that changes its network moves once. To and fro within a minute moves a leg whose packets somebody copies and
/// sends in from elsewhere, faster than they come by themselves.
struct MoveWatch: Sendable {
    private var moves: UInt64 = 0
    private var since = MonotonicTime(nanoseconds: 0)

    init() {}

    /// - Parameter total: Moves since the relay was opened.
    /// - Returns: Moves of the last minute, when there are enough of them to be told. They are told once.
    mutating func note(_ total: UInt64, at now: MonotonicTime) -> UInt64? {
        let recent = total >= moves ? total - moves : total
        if recent >= Limits.tellingMoves {
            (moves, since) = (total, now)
            return recent
        }
        if now - since >= Limits.moveWatch { (moves, since) = (total, now) }
        return nil
    }
}

extension CallTable {
    /// Reports audio that moves to and fro, once in a minute for a call.
    mutating func watchMoves(_ report: RelayReport, _ desk: inout Desk) {
        let serial = report.id.rawValue
        for (side, media) in [(Side.caller, report.a), (.callee, report.b)] {
            guard var watch = leg(serial, side)?.liveness.moves else { continue }
            let moves = watch.note(media.moves, at: desk.now.monotonic)
            update(serial, side) { $0.liveness.moves = watch }
            guard let moves, let leg = leg(serial, side), let call = self[serial] else { continue }
            if let last = call.foreignMediaToldAt, desk.now.monotonic - last < Limits.moveWatch { continue }
            self[serial]?.foreignMediaToldAt = desk.now.monotonic
            let event = SecurityEvent(
                at: desk.now.wall,
                kind: .foreignMedia,
                source: .address(media.locked?.ip ?? leg.source),
                subject: leg.party.number.map(EventSubject.extension) ?? leg.party.trunk.map(EventSubject.trunk),
                detail: "the audio of a call came from elsewhere \(moves) times within a minute: somebody copies it"
            )
            desk.turn.actions.append(.report(event))
        }
    }
}
