// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
public import NIOSSL
public import Primitives

extension RingfenceServer {
    /// What the portal shows in a TLS handshake: what phones are shown, and nobody is asked for a certificate. Reads the files anew.
    public func portalCertificate() throws -> NIOSSLContext {
        try TLSIdentity(certificates.present, for: [.none]).context(for: .none)
    }

    /// Where the portal is open, or should be: from now on it counts as declared.
    public func declare(portal places: [SocketAddress]) async { _ = await hop.ask { $0.declare(portal: places) } }
}
