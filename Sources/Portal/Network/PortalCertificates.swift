// SPDX-License-Identifier: Apache-2.0

import NIOSSL
import Primitives
import Synchronization

/// What is shown in a TLS handshake: the certificate of the business that was asked for. One that is replaced is shown within a
/// minute.
final class PortalCertificates: Sendable {
    private struct Shown: Sendable {
        var context: NIOSSLContext
        var at: ContinuousClock.Instant
    }

    private let sites: [PortalSite]
    private let shown = Mutex<[Int: Shown]>([:])

    init(_ sites: [PortalSite]) { self.sites = sites }

    var areSeveral: Bool { sites.count > 1 }

    /// - Parameters:
    ///   - host: As the client named it; `nil` where it named none.
    ///   - address: Where it is. A business that does not admit it is not there for it, whoever else is reached here.
    /// - Returns: `nil` when nothing is shown to it.
    func context(for host: String?, from address: IPAddress) -> NIOSSLContext? {
        let index = areSeveral ? sites.firstIndex { site in host.map(site.isNamed) ?? false } : 0
        guard let index, sites[index].admits(address) else { return nil }
        let now = ContinuousClock.now
        let kept = shown.withLock { $0[index] }
        if let kept, now - kept.at < Limits.certificateAge { return kept.context }
        // Files that are being replaced may not fit together for a moment.
        guard let context = (try? sites[index].certificate()) ?? kept?.context else { return nil }
        shown.withLock { $0[index] = Shown(context: context, at: now) }
        return context
    }
}
