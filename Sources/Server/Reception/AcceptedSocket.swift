// SPDX-License-Identifier: Apache-2.0

import Glibc
import Primitives
import Synchronization

/// The descriptor of a connection on its way from who accepted it to who serves it.
///
/// Whoever drops it closes it: a loop that has been shut down, a business that stopped, a name that nobody has.
final class AcceptedSocket: Sendable {
    let descriptor: CInt
    let remote: SocketAddress
    let local: SocketAddress
    private let isTaken = Atomic(false)

    init(_ descriptor: CInt, remote: SocketAddress, local: SocketAddress) {
        (self.descriptor, self.remote, self.local) = (descriptor, remote, local)
    }

    deinit {
        if !isTaken.load(ordering: .relaxed) { close(descriptor) }
    }

    /// From now on the descriptor belongs to the caller.
    func take() -> CInt {
        isTaken.store(true, ordering: .relaxed)
        return descriptor
    }
}
