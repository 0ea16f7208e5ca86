// SPDX-License-Identifier: Apache-2.0

import Glibc
import Guard
import Primitives

/// The sockets on which this process really listens, as the kernel tells them: the evidence of `open-ports`.
///
/// Reads `/proc/self/fd` and `/proc/net`. Blocks for a few milliseconds: not for a loop.
enum OpenSockets {
    private static let tables: [(path: String, network: Listener.Network)] = [
        ("/proc/net/tcp", .tcp), ("/proc/net/tcp6", .tcp), ("/proc/net/udp", .udp), ("/proc/net/udp6", .udp),
    ]

    static func all() -> Set<OpenSocket> {
        let own = inodes()
        return tables.reduce(into: []) { found, table in
            found.formUnion(listeners(in: contents(of: table.path), network: table.network, inodes: own))
        }
    }

    /// Reads the lines of one of the kernel's tables (`man 5 proc`, `/proc/net/tcp`).
    ///
    /// A TCP socket listens in state 0A. A UDP socket takes packets from everybody in state 07; a connected one (01) hears
    /// one peer only and is no listener.
    static func listeners(
        in table: String,
        network: Listener.Network,
        inodes: Set<UInt64>
    ) -> Set<OpenSocket> {
        var found: Set<OpenSocket> = []
        let state =
            switch network {
            case .tcp: "0A"
            case .udp: "07"
            }
        for line in table.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count > 9, fields[3] == state, let inode = UInt64(fields[9]), inodes.contains(inode),
                let address = address(fields[1])
            else { continue }
            found.insert(OpenSocket(network: network, address: address.description))
        }
        return found
    }

    /// `0100007F:13C5`: words of the address as this machine's integers, then the port.
    private static func address(_ text: Substring) -> SocketAddress? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1], radix: 16), parts[0].count % 8 == 0 else { return nil }
        var words: [UInt64] = []
        var rest = parts[0]
        while !rest.isEmpty {
            guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
            words.append(UInt64(UInt32(bigEndian: word)))
            rest = rest.dropFirst(8)
        }
        switch words.count {
        case 1: return SocketAddress(ip: IPAddress(v4: UInt32(words[0])), port: port)
        case 4:
            let address = IPAddress(high: words[0] << 32 | words[1], low: words[2] << 32 | words[3])
            return SocketAddress(ip: address, port: port)
        default: return nil
        }
    }

    private static func inodes() -> Set<UInt64> {
        guard let directory = opendir("/proc/self/fd") else { return [] }
        defer { closedir(directory) }
        var found: Set<UInt64> = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            var buffer = [UInt8](repeating: 0, count: 64)
            let length = readlink("/proc/self/fd/" + name, &buffer, buffer.count)
            guard length > 9 else { continue }
            let target = String(decoding: buffer[..<length], as: UTF8.self)
            guard target.hasPrefix("socket:["), let inode = UInt64(target.dropFirst(8).dropLast()) else { continue }
            found.insert(inode)
        }
        return found
    }

    /// Files in `/proc` have no length, so they are read to their end.
    private static func contents(of path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &block, block.count)
            guard count > 0 else { break }
            bytes += block[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
