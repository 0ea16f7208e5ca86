// SPDX-License-Identifier: Apache-2.0

import Model

extension Finding {
    /// What a check saw in the live system.
    ///
    /// - Parameters:
    ///   - name: What is wrong, in a word or two; with the control in front it is the finding's code.
    ///   - title: What is wrong, in one sentence for somebody who runs a business.
    ///   - evidence: What was looked at and what stood there: a path and its mode, a socket, a handshake. Never a secret.
    init(
        _ name: String,
        _ control: Control,
        _ severity: Severity,
        _ title: String,
        evidence: String,
        remedy: String
    ) {
        self.init(
            Code(rawValue: "\(control.rawValue).\(name)"),
            severity,
            title,
            control: control,
            evidence: evidence,
            remedy: remedy
        )
    }
}
