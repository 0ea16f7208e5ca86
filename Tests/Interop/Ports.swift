// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Ports of 127.0.0.1 that nobody has, for a server that a test starts.
enum Ports {
    enum Kind: CaseIterable {
        case stream
        case datagram

        fileprivate var type: Int32 {
            switch self {
            case .stream: Int32(SOCK_STREAM.rawValue)
            case .datagram: Int32(SOCK_DGRAM.rawValue)
            }
        }
    }

    struct NoneFree: Error {}

    /// An even port whose successor is free too, because RTCP takes it; below those that the kernel gives to clients.
    static func free(_ kind: Kind) throws -> Int {
        for _ in 0..<1_000 {
            let port = UInt16.random(in: 10_000..<15_000) * 2
            if isFree(port, kind), isFree(port + 1, kind) { return Int(port) }
        }
        throw NoneFree()
    }

    private static func isFree(_ port: UInt16, _ kind: Kind) -> Bool {
        let descriptor = socket(AF_INET, kind.type, 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
