// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// Every call, and what belongs to calls: who is in them, their dialogs, what waits for the disk, and when each is looked at
/// next.
struct CallTable: Sendable {
    /// What a deadline wakes.
    enum Due: Sendable {
        case call(UInt64)
        /// A BYE that waits for an ACK.
        case farewell(UInt64)
        /// A call that tries the way to help.
        case helpTrial(UInt64)
        /// Legs in the clear, all of them.
        case plainLegs
    }

    private var calls = WatchedCalls()
    /// The calls that a device takes part in, by its user name.
    private var byDevice: [String: Set<UInt64>] = [:]
    private var deadlines = DeadlineQueue<Due>()
    private(set) var lastSerial: UInt64 = 0
    var dialogs: [DialogKey: DialogOwner] = [:]
    /// Only of calls that use what happens before the answer.
    var earlyCalls: [UInt64: EarlyCall] = [:]
    var earlyDialogs: [DialogKey: EarlyOwner] = [:]
    var helpTrials: [UInt64: HelpTrial] = [:]
    var helpTests = HelpTestTally()
    /// Calls that wait until something is changed, and those that confirm it.
    var asked: [Ticket: UInt64] = [:]
    var confirmations: [UInt64: Confirmation] = [:]
    /// Calls to services that speak and listen, and what they wait for.
    var voices: [UInt64: VoiceCall] = [:]
    var questions: [Ticket: UInt64] = [:]
    /// Of rooms that somebody is in.
    var conferences: [ShortName: Conference] = [:]
    /// Of groups that somebody waits for.
    var queues: [ShortName: CallQueue] = [:]
    /// The sides of calls that are on hold and hear music.
    var musics: [UInt64: Side] = [:]
    /// Calls that wait to be taken, and places where that is news for those who watch.
    var parked: [ParkingPlace: ParkedCall] = [:]
    var parkingNews: Set<ParkingPlace> = []
    /// Only of calls that a group or a setting of their callee sends somewhere.
    var routes: [UInt64: RoutedCall] = [:]
    /// When members of groups last talked for which that counts.
    var lastTalks: [ExtensionNumber: MonotonicTime] = [:]
    /// By the call that is transferred.
    var transfers: [UInt64: Transfer] = [:]
    /// Dialogs whose calls are over, until their phones know.
    var leaving: [DialogKey: Leaving] = [:]
    /// Those of them that wait for an ACK.
    var farewells: [UInt64: DialogKey] = [:]
    /// Whose record a leg to the outside stands in, while it costs or may.
    var chargedCalls: [ChargeID: UInt64] = [:]
    /// Records of calls that are over, by legs whose provider has not said the last word.
    var owingRecords: [ChargeID: CallRecord] = [:]
    /// Which call waits for a record.
    var tickets: [Ticket: UInt64] = [:]
    /// Whether somebody looks after legs in the clear soon.
    var isWatchingPlainLegs = false
    /// When the next exception of a trunk ends; `nil` where no leg is in the clear. Known beforehand, because it is asked with
    /// every message.
    var nextExceptionEnd: WallTime?
    var knownForwards = KnownForwards()
    var helpCallbacks = HelpCallbacks()
    /// Relays that the latest census named and no call knows.
    var strayRelays: Set<UInt64> = []

    var count: Int { calls.count }
    var keys: Dictionary<UInt64, Call>.Keys { calls.keys }
    var values: Dictionary<UInt64, Call>.Values { calls.values }

    subscript(serial: UInt64) -> Call? {
        get { calls[serial] }
        _modify { yield &calls[serial] }
    }

    mutating func removeValue(forKey serial: UInt64) -> Call? { calls.removeValue(forKey: serial) }

    /// Never given twice.
    mutating func nextSerial() -> UInt64 {
        lastSerial += 1
        return lastSerial
    }

    // MARK: Who is in a call

    func of(_ username: String) -> Set<UInt64> { byDevice[username] ?? [] }
    func isBusy(_ username: String) -> Bool { byDevice[username] != nil }

    mutating func enter(_ serial: UInt64, _ username: String) { byDevice[username, default: []].insert(serial) }

    mutating func leave(_ serial: UInt64, _ username: String) {
        byDevice[username]?.remove(serial)
        if byDevice[username]?.isEmpty == true { byDevice[username] = nil }
    }

    // MARK: Time

    var nextDeadline: MonotonicTime? { deadlines.next }

    /// Puts a call into the deadline queue, unless it is there for an earlier moment.
    mutating func schedule(_ serial: UInt64, at moment: MonotonicTime) {
        guard let call = calls[serial] else { return }
        if let wake = call.wake, wake <= moment { return }
        calls[serial]?.wake = moment
        deadlines.insert(.call(serial), at: moment)
    }

    mutating func schedule(farewell id: UInt64, at moment: MonotonicTime) {
        deadlines.insert(.farewell(id), at: moment)
    }

    mutating func schedule(helpTrial id: UInt64, at moment: MonotonicTime) {
        deadlines.insert(.helpTrial(id), at: moment)
    }

    mutating func schedulePlainLegs(at moment: MonotonicTime) { deadlines.insert(.plainLegs, at: moment) }

    /// What is due. What asks for a moment that has passed waits for the next turn, so that others are served in between.
    mutating func takeDue(at now: MonotonicTime) -> [Due] {
        var all: [Due] = []
        while let due = deadlines.popDue(at: now) { all.append(due) }
        return all
    }

    // MARK: Who watches

    var hasChanges: Bool { calls.hasChanges }

    /// Starts or stops looking.
    mutating func watch(_ isWanted: Bool) { calls.watch(isWanted) }

    /// The extensions for which a call looks different than before.
    mutating func takeChanges() -> Set<ExtensionNumber> { calls.takeChanges() }

    /// The calls of an extension as they were when changes were last taken, oldest first.
    func shown(of number: ExtensionNumber) -> [ShownCall] { calls.shown(of: number) }
}
