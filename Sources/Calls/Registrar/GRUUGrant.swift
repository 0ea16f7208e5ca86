// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// Makes the GRUUs of one phone.
struct GRUUGrant {
    let seal: GRUUSeal
    let domain: String
    /// Whether the phone registers a `sips` URI.
    let isSecure: Bool
    let entropy: Entropy

    /// As parameters of a Contact. The public one names the extension: the user name is half of a login.
    func write(of binding: borrowing Binding, into value: inout ValueWriter) {
        guard let name = binding.instanceName else { return }
        value.append(";pub-gruu=\"")
        append(binding.device.number.text.utf8, into: &value)
        value.append("=")
        value.append(uriParameter: name)
        value.append("\";temp-gruu=\"")
        let content = GRUUSeal.Content(registration: binding.id, session: seal.session(of: binding.callID))
        append(seal.seal(content, using: entropy), into: &value)
        value.append("\"")
    }

    private func append(_ user: some Sequence<UInt8>, into value: inout ValueWriter) {
        value.append(isSecure ? "sips:" : "sip:")
        value.append(user)
        value.append("@")
        value.append(domain)
        value.append(";gr")
    }
}
