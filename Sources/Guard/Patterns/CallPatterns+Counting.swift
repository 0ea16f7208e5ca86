// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

extension CallPatterns {
    /// What changed for an extension, so that for 24 hours its calls are looked at more closely (row T11).
    public enum Change: String, Codable, Hashable, Sendable, CaseIterable {
        case credential, forwarding
        /// Its phone came from a network where it was not before: until somebody confirms a call, none leaves the country.
        case network
    }

    /// The call left: its INVITE is on the way to a trunk.
    ///
    /// - Parameter call: A name for it, not 0, that ``answered(_:at:)`` and ``ended(_:after:cost:at:)`` are given too.
    public mutating func started(_ call: UInt64, _ attempt: OutsideAttempt, at now: MonotonicTime) {
        guard !attempt.isEmergency, running[call] == nil else { return }
        let (time, kind) = (clock.read(at: now), CallKind(attempt, home: home, settings: settings))
        let place = extensions.place(of: attempt.caller.patternKey, at: time)
        let rare = isRare(attempt.region, at: time) && !attempt.isConfirmed ? attempt.region : nil
        extensions[place].touch(at: time)
        if attempt.isConfirmed { extensions[place].confirm(at: time) }
        let isKept = kind.contains(.costly) && running.count < Limits.runningCalls
        guard isKept else {
            extensions[place].began(call, kind.subtracting(.costly), price: 0, rare: nil, at: time)
            return
        }
        extensions[place].began(call, kind, price: attempt.boundedPrice, rare: rare, at: time)
        business.began(call, kind, price: attempt.boundedPrice, at: time)
        learn(attempt, at: time)
        running[call] = RunningCall(attempt, kind, at: place, startedAt: time)
    }

    private mutating func learn(_ attempt: OutsideAttempt, at time: UInt32) {
        regions.add(attempt.region, at: time)
        let hundred = hundreds.place(of: HundredPattern.key(of: attempt.number), at: time)
        hundreds[hundred].add(attempt.number, at: time)
        let thousand = thousands.place(of: ThousandPattern.key(of: attempt.number), at: time)
        thousands[thousand].add(attempt.caller.patternKey, attempt.number, at: time)
    }

    /// Somebody answered; a second time changes nothing.
    public mutating func answered(_ call: UInt64, at now: MonotonicTime) {
        guard var answered = running[call], answered.answeredAt == nil else { return }
        let time = clock.read(at: now)
        answered.answeredAt = time
        running[call] = answered
        extensions[answered.place].running.answer(price: answered.price, at: time)
        business.running.answer(price: answered.price, at: time)
    }

    /// The call is over, answered or not; a second time changes nothing.
    ///
    /// - Parameters:
    ///   - duration: From the answer to the end.
    ///   - cost: Millionths of the currency.
    public mutating func ended(_ call: UInt64, after duration: Duration, cost: Int64, at now: MonotonicTime) {
        guard let ended = running.removeValue(forKey: call) else { return }
        let time = clock.read(at: now)
        let seconds = Int(clamping: max(duration.components.seconds, 0))
        let cents = Int(clamping: max(cost, 0) / 10_000)
        extensions[ended.place].ended(ended, seconds: seconds, cents: cents, at: time)
        business.ended(ended, seconds: seconds, cents: cents, at: time)
    }

    /// Another rule refused the call: its country, its class, a limit of money.
    ///
    /// - Returns: What people are to be told, and once in ten minutes what is stopped from now on: the extension tries what
    ///   is open.
    public mutating func refused(_ attempt: OutsideAttempt, at now: MonotonicTime) -> PatternVerdict {
        guard !attempt.isEmergency else { return .allow }
        let time = clock.read(at: now)
        let place = extensions.place(of: attempt.caller.patternKey, at: time)
        var weighing = Weighing(
            limits: limits,
            time: time,
            tightness: 100,
            isConfirmed: false,
            told: (extensions[place].told(at: time), business.told(at: time))
        )
        let isPremium = attempt.numberClass.paysWhoIsCalled
        extensions[place].weighRefused(attempt.number, isPremium: isPremium, into: &weighing)
        extensions[place].refuse(attempt.number, isPremium: isPremium, at: time)
        extensions[place].touch(at: time)
        guard let worst = weighing.worst else { return .allow }
        return act(on: worst, attempt, place, at: time)
    }

    /// Something of an extension changed.
    public mutating func changed(_ number: ExtensionNumber, _ change: Change, at now: MonotonicTime) {
        let time = clock.read(at: now)
        let place = extensions.place(of: number.patternKey, at: time)
        extensions[place].touch(at: time)
        extensions[place].changeEnd = time.later(by: Limits.changeSeconds)
        switch change {
        case .credential: extensions[place].credentialEnd = extensions[place].changeEnd
        case .forwarding: break
        case .network: extensions[place].networkEnd = time.later(by: Limits.changeSeconds)
        }
    }

    /// A call from outside rang and was not answered. Numbers inside the country cost nothing to call back and need not be
    /// told of.
    ///
    /// - Parameters:
    ///   - called: The extension that it rang.
    ///   - duration: How long it rang.
    /// - Returns: What people should know: from now on nobody calls that block back.
    public mutating func rang(
        from number: PhoneNumber,
        at called: ExtensionNumber,
        for duration: Duration,
        now: MonotonicTime
    ) -> PatternFinding? {
        guard duration < Limits.shortRing else { return nil }
        let (time, keys) = (clock.read(at: now), RingPattern.keys(of: number))
        let isMoment = duration < Limits.momentRing
        let single = rings.place(of: keys.number, at: time)
        rings[single].add(called.patternKey, isMoment: isMoment, at: time)
        let block = rings.place(of: keys.block, at: time)
        rings[block].add(called.patternKey, isMoment: isMoment, at: time)
        return stopRingers(number, block, at: time)
    }

    private mutating func stopRingers(_ number: PhoneNumber, _ block: Int, at time: UInt32) -> PatternFinding? {
        let (limit, count) = (limits[.callBack], rings[block].extensions(at: time))
        guard count > limit.block, !rings[block].stop.holds(at: time), !isUsual(number, at: time),
            let prefix = NumberPrefix(value: ThousandPattern.key(of: number))
        else { return nil }
        let result = Weighing.Result(
            level: .block,
            rule: .callBack,
            value: count,
            threshold: limit.block,
            scope: .ringers
        )
        rings[block].stop = PatternStop(result, from: time, seconds: limit.seconds)
        return PatternFinding(
            rule: .callBack,
            subject: .numbers(prefix),
            value: count,
            threshold: limit.block,
            stop: .seconds(Int64(limit.seconds))
        )
    }

    /// Whether the business has called the block of that number for days.
    private func isUsual(_ number: PhoneNumber, at time: UInt32) -> Bool {
        guard let place = thousands.find(ThousandPattern.key(of: number)) else { return false }
        return thousands[place].days(before: time) >= Limits.usualDays
    }
}

extension RunningCall {
    fileprivate init(_ attempt: OutsideAttempt, _ kind: CallKind, at place: Int, startedAt time: UInt32) {
        self.init(
            caller: attempt.caller.patternKey,
            place: place,
            number: attempt.number.value,
            price: attempt.boundedPrice,
            kind: kind,
            startedAt: time
        )
    }
}
