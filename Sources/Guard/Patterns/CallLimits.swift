// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// How many outside calls an extension, a trunk and a business have at a time, and how fast they begin them (control
/// `call-limits`). Emergency calls are neither limited nor counted.
///
/// A second and a minute are sliding: never less than that, and at most a fifteenth more. What is refused does not count, so
/// hammering does not lengthen the wait.
public struct CallLimits: Sendable {
    /// A call that is about to leave.
    public struct Attempt: Sendable {
        public let caller: ExtensionNumber
        /// The name of the trunk by which it would leave.
        public let trunk: String
        public let isAbroad: Bool
        public let isEmergency: Bool

        public init(caller: ExtensionNumber, trunk: String, isAbroad: Bool, isEmergency: Bool = false) {
            (self.caller, self.trunk, self.isAbroad, self.isEmergency) = (caller, trunk, isAbroad, isEmergency)
        }
    }

    private struct Running {
        let place: Int
        let trunk: Int
        let isAbroad: Bool
    }

    private(set) var settings: CallLimitSettings
    private var extensionCount: Int
    private var callers: PatternTable<CallPace>
    private var trunks: [CallPace] = []
    private var trunkPlaces: [String: Int] = [:]
    private var running: [UInt64: Running] = [:]
    private var abroad = 0
    private var latest: UInt32 = 0
    private let origin: UInt64

    /// - Parameters:
    ///   - extensions: How many the business has.
    ///   - seed: 128 random bits; new at each start.
    public init(
        extensions: Int,
        settings: CallLimitSettings = CallLimitSettings(),
        seed: (UInt64, UInt64),
        at now: MonotonicTime
    ) {
        (self.settings, extensionCount, origin) = (settings, extensions, now.nanoseconds)
        let seats = min(max(extensions * 2, Limits.patternExtensions.lowerBound), Limits.patternExtensions.upperBound)
        callers = PatternTable(capacity: seats, seed: seed)
    }

    /// Follows the settings. Calls in progress stay, whatever they say.
    public mutating func follow(_ settings: CallLimitSettings, extensions: Int) {
        (self.settings, extensionCount) = (settings, extensions)
    }

    /// Why the call may not leave now; `nil` when it may. Takes nothing: ``started(_:_:at:)`` does.
    public mutating func judge(_ attempt: Attempt, at now: MonotonicTime) -> CallExcess? {
        guard !attempt.isEmergency else { return nil }
        let time = read(now)
        let place = callers.place(of: attempt.caller.patternKey, at: time)
        if let excess = callers[place].excess(over: settings.own[attempt.caller] ?? settings.person, at: time) {
            return CallExcess(.extension(attempt.caller), excess)
        }
        let most = settings.abroad(ofExtensions: extensionCount)
        if attempt.isAbroad, abroad >= most { return CallExcess(.abroad, .simultaneous(most)) }
        if running.count >= Limits.outsideCalls { return CallExcess(.business, .simultaneous(Limits.outsideCalls)) }
        guard let trunk = trunkPlaces[attempt.trunk] else { return nil }
        return trunks[trunk].excess(over: settings.trunks[attempt.trunk] ?? settings.trunk, at: time).map {
            CallExcess(.trunk(attempt.trunk), $0)
        }
    }

    /// The call leaves. A name that is known already changes nothing.
    public mutating func started(_ call: UInt64, _ attempt: Attempt, at now: MonotonicTime) {
        guard !attempt.isEmergency, running[call] == nil, running.count < Limits.outsideCalls else { return }
        let time = read(now)
        let place = callers.place(of: attempt.caller.patternKey, at: time)
        let trunk = trunkPlace(attempt.trunk)
        callers[place].start(at: time)
        trunks[trunk].start(at: time)
        abroad += attempt.isAbroad ? 1 : 0
        running[call] = Running(place: place, trunk: trunk, isAbroad: attempt.isAbroad)
    }

    /// The call is over; a second time changes nothing.
    public mutating func ended(_ call: UInt64) {
        guard let ended = running.removeValue(forKey: call) else { return }
        callers[ended.place].end()
        trunks[ended.trunk].end()
        abroad -= ended.isAbroad ? 1 : 0
    }

    /// Bytes of the tables, which grow by 48 for each of at most ``Limits/outsideCalls`` calls in progress.
    public var bytes: Int { callers.bytes + trunks.count * MemoryLayout<CallPace>.stride }

    /// Trunks are few and an operator's; when there are more than a business can have, the rest share one place.
    private mutating func trunkPlace(_ name: String) -> Int {
        if let place = trunkPlaces[name] { return place }
        guard trunks.count < Limits.countedTrunks else { return trunks.count - 1 }
        trunks.append(CallPace(key: UInt64(trunks.count + 1)))
        trunkPlaces[name] = trunks.count - 1
        return trunks.count - 1
    }

    /// Fifteenths of a second since the start, never back.
    private mutating func read(_ now: MonotonicTime) -> UInt32 {
        let passed = now.nanoseconds >= origin ? now.nanoseconds - origin : 0
        latest = max(latest, UInt32(clamping: passed / 66_666_666))
        return latest
    }
}

/// The calls of one extension or trunk: how many there are, and how many began lately. In fifteenths of a second.
struct CallPace: PatternRecord {
    let key: UInt64
    private var calls: UInt32 = 0
    private var lastStart: UInt32 = 0
    private var second = SlidingSum<UInt16>(seconds: 15)
    private var minute = SlidingSum<UInt16>(seconds: 15 * 60)

    init(key: UInt64) { self.key = key }

    mutating func start(at time: UInt32) {
        calls += calls < .max ? 1 : 0
        lastStart = time
        second.add(1, at: time)
        minute.add(1, at: time)
    }

    mutating func end() { calls -= calls > 0 ? 1 : 0 }

    func excess(over limit: CallLimitSettings.Limit, at time: UInt32) -> CallExcess.Amount? {
        if calls >= limit.simultaneous { return .simultaneous(limit.simultaneous) }
        if second.sum(at: time) >= limit.perSecond { return .perSecond(limit.perSecond) }
        return minute.sum(at: time) >= limit.perMinute ? .perMinute(limit.perMinute) : nil
    }

    /// A minute after its last call there is nothing left to know of it.
    func weight(at time: UInt32) -> UInt32 {
        if calls > 0 { return .max }
        return minute.sum(at: time) > 0 ? 1 + UInt32(clamping: minute.sum(at: time)) : 0
    }

    mutating func absorb(_: Self) {}

    mutating func code(_ coder: inout PatternCoder) {
        coder.code(&lastStart)
        second.code(&coder)
        minute.code(&coder)
    }
}
