// SPDX-License-Identifier: Apache-2.0

/// Consecutive numbers that an attacker is paid for.
struct LeasedRange {
    /// E.164 without the plus, but for the last digits.
    private let prefix: String
    private let free: Int
    private let model: Destination

    /// A thousand numbers, or ten thousand, around `model`.
    init(around model: Destination, using random: inout ScenarioRandom) {
        free = random.pick(3...4)
        prefix = String(model.digits.dropLast(free))
        self.model = model
    }

    /// One number only.
    init(single model: Destination) {
        (free, prefix, self.model) = (0, model.digits, model)
    }

    func destination(using random: inout ScenarioRandom) -> Destination {
        var destination = model
        destination.digits = prefix
        for _ in 0..<free { destination.digits.append(String(random.pick(0...9))) }
        return destination
    }

    /// The number `offset` of the range: wangiri takes them in a row.
    func destination(at offset: Int) -> Destination {
        guard free > 0 else { return model }
        var destination = model
        let digits = String(offset % (free == 3 ? 1_000 : 10_000))
        destination.digits = prefix + String(repeating: "0", count: free - digits.utf8.count) + digits
        return destination
    }
}
