// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// Coming back with the password of somebody who has left.
enum DormantExtensionsAttack {
    static let all = [leaver]

    private static let leaver = Attack(
        .dormantExtensions,
        "I05",
        "Log in with the phone of somebody who has left",
        attempted:
            "REGISTER and INVITE with the right password of an extension that is disabled, \(Limits.comparisons) times each, and with the same password under a name that nobody has",
        expected: "the same 401 for both, so that nothing says that the password was ever good",
        run: { (wire, target) async throws(WireError) in
            guard let leaver = target.leaver else { return .needsAccount }
            let comparison = AnswerComparison(wire, target, Endpoint(.tls, port: target.tlsPort))
            for method in ["REGISTER", "INVITE"] {
                let difference = try await comparison.difference(
                    ofLogins: method,
                    leaver,
                    password: leaver.password
                )
                if let difference { return .broken("\(method): \(difference)") }
            }
            await comparison.hangUp()
            return .held("\(4 * Limits.comparisons) refused logins, one form for each method")
        }
    )
}
