// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Store

/// An installation whose store is open, so that nobody else can start it, and what it is served with.
struct OpenInstallation {
    let installation: Installation
    let store: RingfenceStore
    var configuration: ServerConfiguration

    init(_ installation: Installation) throws {
        self.installation = installation
        store = try installation.openStore()
        configuration = installation.configuration(for: store.snapshot.network)
    }

    /// - Parameter told: Where it is reached, if nobody has said so before.
    mutating func begin(with told: NetworkSettings) throws {
        do {
            try installation.begin(store, with: told)
        } catch {
            throw installation.translated(error)
        }
        configuration = installation.configuration(for: store.snapshot.network)
    }
}
