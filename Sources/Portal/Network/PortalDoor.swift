// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import NIOCore
import Primitives
import Synchronization

/// Who may connect: whoever is in a network that was listed, not too many of them, and not too fast. It is asked before a byte is answered.
final class PortalDoor: Sendable {
    private struct Present: Sendable {
        var all = 0
        var bySource: [IPAddress: Int] = [:]
    }

    private let present = Mutex(Present())
    private let pace: HandshakePace
    private let networks: @Sendable () -> [NetworkSettings]

    /// - Parameter networks: Of every business that is reached here, as they are now.
    init(_ pace: HandshakePace, _ networks: @escaping @Sendable () -> [NetworkSettings]) {
        (self.pace, self.networks) = (pace, networks)
    }

    /// Whoever is let in has to ``leave(_:)``.
    func enter(_ address: IPAddress) -> Bool {
        guard networks().contains(where: { AdminNetworkRules.admits(address, in: $0) }), pace.admits(address) else {
            return false
        }
        return present.withLock { present in
            let own = present.bySource[address.accountable, default: 0]
            guard present.all < Limits.connections, own < Limits.connectionsPerSource else { return false }
            present.all += 1
            present.bySource[address.accountable] = own + 1
            return true
        }
    }

    func leave(_ address: IPAddress) {
        present.withLock { present in
            present.all -= 1
            let own = present.bySource[address.accountable, default: 1] - 1
            present.bySource[address.accountable] = own > 0 ? own : nil
        }
    }
}

extension IPAddress {
    /// - Returns: `nil` for what is no address of IP.
    init?(_ address: NIOCore.SocketAddress?) {
        guard let text = address?.ipAddress, let value = IPAddress(parsing: text.prefix { $0 != "%" }) else {
            return nil
        }
        self = value
    }
}
