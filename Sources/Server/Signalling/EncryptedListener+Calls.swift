// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives

extension EncryptedListener {
    /// As it is declared.
    var listener: Listener {
        switch kind {
        case .tls: Listener(purpose: .sipTLS, address: address.description)
        case .wss: Listener(purpose: .sipWSS, address: address.description)
        }
    }

    var transport: Transport {
        switch kind {
        case .tls: .tls
        case .wss: .wss
        }
    }
}
