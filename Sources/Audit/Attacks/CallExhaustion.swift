// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Using the server up from inside a call of one's own.
enum CallExhaustion {
    static let all = [changes]

    private static let changes = Attack(
        .floodProtection,
        "D15c",
        "Make the server keep answers",
        attempted:
            "in a call of the attacker's own: eight changes, none of them confirmed; one with 28 KB of hops, which its answer would repeat",
        expected:
            "the first change is taken, the others wait for its confirmation; the large one is refused; the call goes on",
        run: { (wire, target) async throws(WireError) in
            let call = try await TestCall.connect(wire, target)
            var statuses: [Int] = []
            for number in 0..<8 {
                statuses.append(try await call.change(number, wire)?.status ?? 0)
            }
            let large = try await call.change(8, wire, hops: 4)?.status ?? 0
            let own = await call.hangUp()
            let text = "changes \(statuses), the large one \(large), the call's own BYE \(own ?? 0)"
            let isHeld = statuses.first == 200 && statuses.dropFirst().allSatisfy { $0 >= 400 } && large >= 400
            return isHeld && own == 200 ? .held(text) : .broken(text)
        }
    )
}
