// SPDX-License-Identifier: Apache-2.0

import Model

/// One budget: what may be spent, what was, and what people were told about it.
struct SpendAccount: Sendable {
    /// A window that has no room.
    typealias Lack = (span: SpendSpan, isAfterHours: Bool)

    let pool: SpendPool
    var limits: SpendLimits
    /// While the business is closed: counted apart, and in ``all`` as well.
    var closedLimits: SpendLimits
    private(set) var all = SpendWindows()
    private(set) var closed = SpendWindows()
    /// Whether it could not give what a call asked for in this look.
    var isExhausted = false

    /// The level that was told last of each window, and when: first the three of all hours, then the three of closed ones.
    private var levels = InlineArray<6, UInt8>(repeating: 0)
    private var toldAt = InlineArray<6, Int64>(repeating: 0)

    init(pool: SpendPool, limits: SpendLimits, closedLimits: SpendLimits, at now: Int64) {
        (self.pool, self.limits, self.closedLimits) = (pool, limits, closedLimits)
        advance(to: now)
    }

    mutating func advance(to now: Int64) {
        all.advance(to: now)
        closed.advance(to: now)
    }

    /// The window that has no room for an amount; `nil` when all have.
    func lack(_ micros: Int64, isAfterHours: Bool) -> Lack? {
        if isAfterHours, let span = Self.lack(micros, closed, closedLimits) { return (span, true) }
        return Self.lack(micros, all, limits).map { (span: $0, isAfterHours: false) }
    }

    private static func lack(_ micros: Int64, _ spent: SpendWindows, _ limits: SpendLimits) -> SpendSpan? {
        // What is spent may be above the limit by an overshoot, or because somebody lowered it.
        if micros > limits.hour.micros - spent[.hour] { return .hour }
        if micros > limits.day.micros - spent[.day] { return .day }
        if micros > limits.week.micros - spent[.week] { return .week }
        return nil
    }

    func spent(_ span: SpendSpan, isAfterHours: Bool) -> Money {
        Money(clamping: isAfterHours ? closed[span] : all[span])
    }

    func limit(_ span: SpendSpan, isAfterHours: Bool) -> Money { isAfterHours ? closedLimits[span] : limits[span] }

    mutating func add(_ micros: Int64, at time: Int64, isAfterHours: Bool) {
        all.add(micros, at: time)
        if isAfterHours { closed.add(micros, at: time) }
    }

    mutating func remove(_ micros: Int64, at time: Int64, isAfterHours: Bool) {
        all.remove(micros, at: time)
        if isAfterHours { closed.remove(micros, at: time) }
    }

    mutating func add(_ micros: Int64, at time: Int64, to span: SpendSpan, isAfterHours: Bool) {
        if isAfterHours { closed.add(micros, at: time, to: span) } else { all.add(micros, at: time, to: span) }
    }

    func contents(of span: SpendSpan, isAfterHours: Bool) -> [(micros: Int64, until: Int64)] {
        isAfterHours ? closed.contents(of: span) : all.contents(of: span)
    }

    // MARK: What people are told

    /// Tells each level once in a window: again only when a whole window has passed since the last word about it.
    ///
    /// - Parameter lack: The window that had no room for what was asked.
    mutating func tell(at now: Int64, lack: Lack? = nil, _ alerts: inout [SpendAlert]) {
        for span in SpendSpan.allCases {
            tell(span, isAfterHours: false, at: now, lack, &alerts)
            tell(span, isAfterHours: true, at: now, lack, &alerts)
        }
    }

    private mutating func tell(
        _ span: SpendSpan,
        isAfterHours: Bool,
        at now: Int64,
        _ lack: Lack?,
        _ alerts: inout [SpendAlert]
    ) {
        let place = Int(span.rawValue) + (isAfterHours ? 3 : 0)
        let isExhausted = lack?.span == span && lack?.isAfterHours == isAfterHours
        let level = level(span, isAfterHours: isAfterHours, isExhausted)
        if now - toldAt[place] >= span.seconds * 1_000 { levels[place] = 0 }
        guard level > levels[place] else { return }
        (levels[place], toldAt[place]) = (level, now)
        alerts.append(
            SpendAlert(
                pool: pool,
                span: span,
                isAfterHours: isAfterHours,
                percent: Int(level),
                spent: spent(span, isAfterHours: isAfterHours),
                limit: limit(span, isAfterHours: isAfterHours)
            )
        )
    }

    /// 0, 50, 80 or 100. A budget that is nearly used up and had no room counts as used up.
    private func level(_ span: SpendSpan, isAfterHours: Bool, _ isExhausted: Bool) -> UInt8 {
        let (spent, limit) = (spent(span, isAfterHours: isAfterHours), limit(span, isAfterHours: isAfterHours))
        guard spent > .zero else { return 0 }
        if spent >= limit { return 100 }
        if spent >= limit.percent(80) { return isExhausted ? 100 : 80 }
        return spent >= limit.percent(50) ? 50 : 0
    }
}
