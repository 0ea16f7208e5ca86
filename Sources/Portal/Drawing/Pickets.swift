// SPDX-License-Identifier: Apache-2.0

/// Upright bars, one for each value, as `rect` elements show them.
struct Pickets {
    private static let height = 48.0

    private let values: [Int]
    private let width: Int
    private let gap: Int
    /// The class of each; none by default.
    private let classes: [String?]
    /// What is as high as the picture.
    private let most: Int

    /// - Parameter most: What is as high as the picture; the highest value by default.
    init(_ values: [Int], width: Int, gap: Int, most: Int? = nil, classes: [String?]? = nil) {
        (self.values, self.width, self.gap) = (values, width, gap)
        self.most = most ?? values.max() ?? 1
        self.classes = classes ?? values.map { _ in nil }
    }

    var totalWidth: Int { max(1, values.count * (width + gap) - gap) }

    var bars: [Templates.Values] {
        let most = Double(max(1, most))
        return zip(values, classes).enumerated().map { index, bar in
            let height = max(2, (Self.height - 2) * Double(bar.0) / most)
            var values: Templates.Values = [
                "x": index * (width + gap), "w": width, "y": Self.text(Self.height - height), "h": Self.text(height),
            ]
            if let name = bar.1 { values["class"] = name }
            return values
        }
    }

    private static func text(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
