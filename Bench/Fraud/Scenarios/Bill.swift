// SPDX-License-Identifier: Apache-2.0

extension Business.Bill {
    /// The bill of `calls` as if each was spoken to its end.
    init(of calls: [PlannedCall], home: String) {
        var days: [Int: Money] = [:]
        var extensionDays: [Int: Money] = [:]
        for call in calls where call.isAnswered && !call.destination.isOrdinary(in: home) {
            let (cost, day) = (call.destination.price.cost(seconds: call.talk), Calendar.day(of: call.start))
            total += cost
            days[day, default: .zero] += cost
            extensionDays[day * 1_000 + call.payer, default: .zero] += cost
        }
        busiestDay = days.values.max() ?? .zero
        busiestExtensionDay = extensionDays.values.max() ?? .zero
    }
}

extension Destination {
    /// Whether it is a number at home that costs what such numbers cost.
    func isOrdinary(in home: String) -> Bool { country == home && numberClass.isOrdinary }
}
