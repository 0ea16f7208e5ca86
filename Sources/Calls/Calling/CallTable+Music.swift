// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives

/// Music for who is on hold. The phone that waits is not told: its leg stays as it is, and hears a studio instead of its partner. Who
/// cannot hear it is told, as without music (RFC 3264 §8.4).
extension CallTable {
    /// Whether a change of one phone is hold, or its end, of which the other is not told because it hears music, or did.
    func isOfMusic(_ audio: AudioDescription, by owner: DialogOwner, _ leg: Leg, _ desk: Desk) -> Bool {
        let side = owner.side.other
        guard audio.isHeld || leg.media.remote?.isHeld == true, mayHearMusic(owner.call, side, desk),
            self.leg(owner.call, side)?.media.remote?.direction == .sendReceive
        else { return false }
        return leg.media.formats.allSatisfy { known in audio.formats.contains { $0.isSameEncoding(as: known) } }
    }

    /// Whether somebody could hear music now. Who called for help, and who may be calling back, hears people.
    private func mayHearMusic(_ serial: UInt64, _ side: Side, _ desk: Desk) -> Bool {
        guard desk.snapshot.outside.routing.music.isOn, let call = self[serial], case .talking = call.phase,
            call.relayed != nil, !call.isForHelp, call.grounds?.placement.mayBeHelp != true, voices[serial] == nil,
            let leg = leg(serial, side), !leg.hasLeft, leg.media.remote?.direction.receives == true,
            StudioFormat(leg.media.formats) != nil, case .network? = leg.relayEnd
        else { return false }
        return musics[serial] != nil || musics.count < Limits.callsOfMusic
    }

    /// The side that waits for the other one, and can hear music; `nil` for none.
    private func waiting(_ serial: UInt64, _ desk: Desk) -> Side? {
        [Side.caller, .callee].first { side in
            guard let partner = leg(serial, side.other) else { return false }
            return (partner.hasLeft || partner.media.remote?.isHeld == true) && mayHearMusic(serial, side, desk)
        }
    }

    /// Begins or ends the music of a call in which something has changed.
    mutating func updateMusic(_ serial: UInt64, _ desk: inout Desk) {
        guard !musics.isEmpty || desk.snapshot.outside.routing.music.isOn else { return }
        let (before, now) = (musics[serial], waiting(serial, desk))
        guard before != now, let call = self[serial] else { return }
        if let before { desk.turn.actions.append(.media(.entertain(call.relay, before.relay, false))) }
        musics[serial] = now
        guard let now, let leg = leg(serial, now), let format = StudioFormat(leg.media.formats) else {
            desk.turn.actions.append(.voice(.end(call.relay)))
            return
        }
        if before == nil { desk.turn.actions += [.voice(.begin(call.relay, format)), .voice(.play(call.relay))] }
        desk.turn.actions.append(.media(.entertain(call.relay, now.relay, true)))
    }

    /// A call is over, or its legs go on elsewhere.
    mutating func endMusic(of call: Call, _ desk: inout Desk) {
        guard musics.removeValue(forKey: call.serial) != nil else { return }
        desk.turn.actions.append(.voice(.end(call.relay)))
    }

    /// Somebody switched it on or off.
    mutating func reviewMusic(_ desk: inout Desk) {
        for serial in musics.keys.sorted() { updateMusic(serial, &desk) }
    }
}
