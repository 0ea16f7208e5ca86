// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives

extension PlainPorts {
    /// What of a range is for legs without encryption; `nil` where it ends with the ports of all calls.
    init?(_ range: MediaPorts) {
        guard let ports = range.plain else { return nil }
        self.init(address: range.address, ports: ports)
    }

    fileprivate var range: ClosedRange<UInt16> { first...(port(of: pairs - 1) + 1) }
}

extension Share {
    /// The ranges as one business has them: the ports of all calls, and its own part of what is for legs without encryption.
    func plainPorts(of business: UInt16, in ranges: [MediaPorts]) -> [MediaPorts] {
        ranges.compactMap { range in
            let number = Int(business) % businesses
            guard let own = PlainPorts(range)?.share(of: number, among: businesses)?.range else { return nil }
            // As its own range, the first pair would be for all calls: two lower than its part begins.
            return MediaPorts(address: range.address, first: own.lowerBound - 2, last: own.upperBound)
        }
    }
}
