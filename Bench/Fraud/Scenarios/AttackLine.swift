// SPDX-License-Identifier: Apache-2.0

/// One call of an attack after the other. A line goes on when it is refused or cut: later, each time twice as late.
struct AttackLine {
    /// When the line works: by time, not overlapping.
    var windows: [Range<Instant>]
    var ranges: [LeasedRange]
    /// In turn.
    var payers: [Int]
    var route = Route.dialled
    var origin: Origin
    /// Seconds of speech, and between the end of a call and the next one.
    var talk: ClosedRange<Int>
    var gap: ClosedRange<Int>
    var answeredPerMille = 850
    var canConfirm: Question?
    /// Who is connected, where it is nobody inside.
    var onBehalfOf: String?
    /// Calls at most, refused ones too.
    var limit = 2_000
    /// A chance for each call that the caller takes the trouble of a question.
    var confirmPerMille = 1_000
    var random: ScenarioRandom

    /// The call with number `index`, the same whatever became of those before; it starts at `moment`.
    func call(_ index: Int, at moment: Instant) -> PlannedCall {
        var random = random.stream(index)
        let range = random.pick(ranges)
        return PlannedCall(
            start: moment,
            payer: payers[index % payers.count],
            destination: range.destination(using: &random),
            route: route,
            origin: origin,
            ringing: random.pick(1...6),
            isAnswered: random.chance(perMille: answeredPerMille),
            talk: random.pick(talk),
            canConfirm: random.chance(perMille: confirmPerMille) ? canConfirm : nil,
            onBehalfOf: onBehalfOf
        )
    }

    /// When the call with number `index` starts, if the one before ended at `moment` and the last `refusals` were refused or cut.
    ///
    /// - Returns: `nil` when the line is over.
    func start(of index: Int, after moment: Instant, refusals: Int) -> Instant? {
        guard index < limit else { return nil }
        var random = random.stream(-1 - index)
        if index == 0 { return windows.first.map { $0.lowerBound + random.pick(0...20) } }
        let wait = random.pick(gap)
        let slower = refusals == 0 ? 0 : min(900, max(10, wait) << min(refusals, 6))
        let earliest = moment + max(wait, slower)
        return windows.first { $0.upperBound > earliest }.map { max(earliest, $0.lowerBound) }
    }
}
