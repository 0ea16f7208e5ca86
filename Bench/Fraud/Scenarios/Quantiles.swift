// SPDX-License-Identifier: Apache-2.0

/// A distribution of whole numbers by its 0th, 10th … 100th percentile, straight between two of them.
struct Quantiles {
    private let points: [Int]

    /// - Precondition: eleven points that do not fall.
    init(_ points: [Int]) {
        precondition(points.count == 11 && zip(points, points.dropFirst()).allSatisfy(<=), "eleven rising points")
        self.points = points
    }

    func draw(using random: inout ScenarioRandom) -> Int {
        let place = random.pick(0...9_999)
        let (low, high) = (points[place / 1_000], points[place / 1_000 + 1])
        return low + (high - low) * (place % 1_000) / 1_000
    }
}

/// Seconds spoken, by what is spoken about. Assumptions: no public set of call records of businesses has them by kind.
extension Quantiles {
    /// The ordinary call of an office.
    static let ordinary = Quantiles([3, 20, 38, 58, 84, 115, 155, 215, 315, 520, 2_700])
    /// A telephone sale or survey.
    static let short = Quantiles([2, 6, 10, 15, 22, 32, 48, 75, 130, 260, 1_500])
    /// A call with a customer or a partner abroad.
    static let abroad = Quantiles([4, 35, 75, 125, 185, 260, 360, 510, 780, 1_300, 5_400])
    /// A guest who calls home, a volunteer in the field.
    static let `private` = Quantiles([5, 40, 90, 160, 250, 370, 520, 720, 1_050, 1_700, 5_000])
    /// A page or some pages of fax, with the tries that fail.
    static let fax = Quantiles([8, 22, 28, 33, 38, 44, 52, 63, 80, 120, 420])
    /// A meeting by telephone.
    static let meeting = Quantiles([240, 900, 1_500, 1_800, 2_400, 2_900, 3_500, 3_900, 4_800, 6_600, 10_800])
    /// Ringing before the other side answers, or the caller gives up.
    static let ringing = Quantiles([1, 4, 6, 8, 10, 12, 14, 17, 21, 27, 45])
}
