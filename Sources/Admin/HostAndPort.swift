// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// Where a server is, as people type it: `mail.example.com`, `mail.example.com:465`, `192.0.2.7` or `[2001:db8::7]:5061`.
enum HostAndPort {
    /// - Returns: The port only where one was typed; `nil` for what is no such place.
    static func parse(_ text: String) -> (host: DomainName, port: UInt16?)? {
        if let socket = SocketAddress(parsing: text) {
            guard socket.port > 0, let host = DomainName(parsing: socket.ip.description) else { return nil }
            return (host, socket.port)
        }
        if let host = DomainName(parsing: text) { return (host, nil) }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let host = DomainName(parsing: parts[0]), parts[1].first != "+",
            let port = UInt16(parts[1]), port > 0
        else { return nil }
        return (host, port)
    }
}
