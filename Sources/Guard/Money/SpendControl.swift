// SPDX-License-Identifier: Apache-2.0

import Model

/// The controls of calls to the outside, as far as they are in force.
enum PaidControls {
    /// What refuses and ends calls for their cost. `nil` until its four faces are there.
    static let spendLimit: Control? = nil
}
