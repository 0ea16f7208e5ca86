// SPDX-License-Identifier: Apache-2.0

import Admin
import Model
import Primitives

extension Finding {
    /// Whether a trunk that may go without encryption has ports to do it with: each such call needs a pair to itself.
    ///
    /// - Parameters:
    ///   - used: Such calls there are.
    ///   - all: Such calls there are ports for.
    init(plainLegs used: Int, of all: Int, for snapshot: Snapshot, at now: WallTime) {
        let trunk = snapshot.outside.usableTrunks.first { $0.trunk.mayBePlain(at: now) }?.trunk.name
        guard let trunk else {
            self.init(
                "plain-ports",
                of: "calls without encryption",
                isWell: true,
                finding: "no trunk may go without encryption"
            )
            return
        }
        guard all > 0 else {
            self.init(
                "plain-ports",
                of: "calls without encryption",
                isWell: false,
                finding:
                    "trunk \(trunk) may go without encryption, and there is no port for such a call: none can be made",
                remedy:
                    "give audio more ports, two for each such call beside the first two: ringfence media ports IP:FIRST-LAST"
            )
            return
        }
        self.init(
            "plain-ports",
            of: "calls without encryption",
            isWell: used < all,
            finding: "\(used) of \(all) calls without encryption that there are ports for",
            remedy: used < all
                ? nil : "give audio more ports, two for each such call: ringfence media ports IP:FIRST-LAST"
        )
    }
}
