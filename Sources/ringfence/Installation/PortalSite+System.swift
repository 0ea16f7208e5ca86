// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
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
            version: Ringfence.configuration.version,
            snapshot: { system.snapshot },
            certificate: { try system.certificate() },
            attack: { [directory = system.directory] control, progress in
                await AttackProcess.run(directory: directory, control, progress)
            },
            opened: { await system.portalOpened(on: $0) }
        )
    }
}
