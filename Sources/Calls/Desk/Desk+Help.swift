// SPDX-License-Identifier: Apache-2.0

import Guard

/// What is a call for help.
extension Desk {
    /// Whether who dials this calls for help.
    func isHelp(_ dialled: String) -> Bool { dialPlan.help(dialled) != nil }
}
