// SPDX-License-Identifier: Apache-2.0

import Guard
import Hummingbird
import Model
import Primitives

/// The businesses that are reached on one address, by their names.
struct PortalOffice: Sendable {
    let handshakes = HandshakePace()
    private let businesses: [PortalBusiness]

    init(_ businesses: [PortalBusiness]) { self.businesses = businesses }

    var sites: [PortalSite] { businesses.map(\.site) }
    var networks: [NetworkSettings] { businesses.map { $0.site.snapshot().network } }

    /// - Parameter authority: As a Host header says it.
    func site(named authority: String) -> PortalBusiness? { businesses.first { $0.site.isNamed(authority) } }

    func router() -> Router<PortalContext> {
        let router = Router(context: PortalContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: Gatekeeper(office: self))
        Routes(office: self).add(to: router)
        APIRoutes(office: self).add(to: router)
        return router
    }
}
