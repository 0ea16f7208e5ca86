// SPDX-License-Identifier: Apache-2.0

/// Figures of a sample.
struct Statistics {
    private let sorted: [Double]

    init(_ values: [Double]) { sorted = values.sorted() }

    var mean: Double { sorted.isEmpty ? 0 : sorted.reduce(0, +) / Double(sorted.count) }

    /// The standard deviation of the sample.
    var spread: Double {
        guard sorted.count > 1 else { return 0 }
        let (mean, squares) = (mean, sorted.map { $0 * $0 }.reduce(0, +))
        return Swift.max(0, (squares - Double(sorted.count) * mean * mean) / Double(sorted.count - 1)).squareRoot()
    }

    var greatest: Double { sorted.last ?? 0 }

    /// The smallest value that is not below `percent` of the sample.
    func percentile(_ percent: Int) -> Double {
        guard !sorted.isEmpty else { return 0 }
        let rank = (sorted.count * percent + 99) / 100
        return sorted[min(sorted.count, max(1, rank)) - 1]
    }
}
