// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Two or three phones that use one feature of a Ringfence of their own (`Lab/feature_check.py`).
struct FeatureTrial: Sendable, CustomTestStringConvertible {
    let phones: [String]
    var testDescription: String { phones.joined(separator: ", ") }

    /// The trials whose phones are on this machine.
    static func possible(_ trials: [String]...) -> [Self] {
        trials.filter(Laboratory.phones.isSuperset).map { Self(phones: $0) }
    }

    func use(_ feature: String) throws {
        let (status, _) = try Laboratory.run(script: "feature_check", [Laboratory.program.path, feature] + phones)
        #expect(status == 0)
    }
}
