// SPDX-License-Identifier: Apache-2.0

import Model
import Portal
import Server

extension PortalSite {
    /// Of a business that is served.
    init(_ system: PhoneSystem) {
        self.init(
            names: system.hostNames,
            places: system.snapshot.network.portal,
            administrator: system.administrator,
            snapshot: { system.snapshot },
            certificate: { try system.certificate() },
            opened: { await system.portalOpened(on: $0) }
        )
    }
}
