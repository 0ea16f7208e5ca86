// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import NIOCore
import Primitives

/// What is known of a request beside what it says.
struct PortalContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Of the socket's other end; what headers say does not count.
    let address: IPAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        address = IPAddress(source.channel.remoteAddress)
    }

    var maxUploadSize: Int { Limits.body }
}
