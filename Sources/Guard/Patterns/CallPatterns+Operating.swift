// SPDX-License-Identifier: Apache-2.0

import Model
public import Primitives

extension CallPatterns {
    /// A call that lasts too long, and what is to be done: `warn` tells people, `block` ends the call.
    public struct LongCall: Hashable, Sendable {
        public let call: UInt64
        public let verdict: PatternVerdict
    }

    /// Looks at calls in progress, a few times a minute. Each call is told of once for either.
    public mutating func tick(at now: MonotonicTime) -> [LongCall] {
        let (time, limit) = (clock.read(at: now), limits[.longCall])
        var found: [LongCall] = []
        for (call, running) in running where running.isWatched {
            let minutes = Int(running.answeredAt.map { time.since($0) } ?? 0) / 60
            let stage: UInt8 = minutes >= limit.block ? 2 : minutes >= limit.warn ? 1 : 0
            guard stage > running.told else { continue }
            self.running[call]?.told = stage
            found.append(longCall(call, running, minutes, stage == 2 ? limit.block : limit.warn, ends: stage == 2))
        }
        return found
    }

    private func longCall(
        _ call: UInt64,
        _ running: RunningCall,
        _ minutes: Int,
        _ threshold: Int,
        ends: Bool
    ) -> LongCall {
        let caller = ExtensionNumber(patternKey: running.caller)
        let finding = PatternFinding(
            rule: .longCall,
            subject: caller.map { .extension($0) } ?? .business,
            value: minutes,
            threshold: threshold,
            calls: RecentCalls(call)
        )
        return LongCall(call: call, verdict: ends ? .block(finding) : .warn(finding))
    }

    /// What is stopped now.
    public mutating func stops(at now: MonotonicTime) -> [PatternFinding] {
        let time = clock.read(at: now)
        var found: [PatternFinding] = []
        let note = { (stop: PatternStop, subject: PatternFinding.Subject) in
            guard stop.holds(at: time) else { return }
            found.append(PatternFinding(stop, subject, at: time))
        }
        note(business.stop, .business)
        note(business.highRiskStop, .highRisk)
        for record in extensions.used {
            if let number = ExtensionNumber(patternKey: record.key) { note(record.stop, .extension(number)) }
        }
        for record in rings.used { if let prefix = record.prefix { note(record.stop, .numbers(prefix)) } }
        return found
    }

    /// An operator ends a stop. What led to it is forgotten, so that the next call is not stopped at once.
    ///
    /// - Returns: Whether anything was stopped.
    public mutating func release(_ subject: PatternFinding.Subject, at now: MonotonicTime) -> Bool {
        let time = clock.read(at: now)
        switch subject {
        case .business, .highRisk:
            let isStopped = business.stop.holds(at: time) || business.highRiskStop.holds(at: time)
            business.release()
            return isStopped
        case .extension(let number):
            let place = extensions.place(of: number.patternKey, at: time)
            let isStopped = extensions[place].stop.holds(at: time)
            extensions[place].release()
            return isStopped
        case .numbers(let prefix):
            if let single = rings.find(prefix.value * 2) { rings[single].release() }
            guard let place = rings.find(prefix.value * 2 + 1) else { return false }
            let isStopped = rings[place].stop.holds(at: time)
            rings[place].release()
            return isStopped
        }
    }
}

extension RunningCall {
    /// Whether people are told when it lasts long (row T10).
    fileprivate var isWatched: Bool { !kind.isDisjoint(with: [.highRisk, .bothOutside]) }
}

extension PatternFinding {
    fileprivate init(_ stop: PatternStop, _ subject: Subject, at time: UInt32) {
        self.init(
            rule: stop.rule,
            subject: subject,
            value: Int(stop.value),
            threshold: Int(stop.threshold),
            stop: .seconds(Int64(stop.end.since(time))),
            isNew: false
        )
    }
}
