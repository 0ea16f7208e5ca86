// SPDX-License-Identifier: Apache-2.0

import Audit
import CNetwork
import Glibc
import NIOCore
import NIOPosix
import Primitives

extension NetworkWire {
    /// With OpenSSL over sockets that block, on a thread of its own: the library that phones are reached by cannot be made to
    /// try such things.
    func abuse(_ abuse: TLSAbuse, _ port: UInt16) async throws(WireError) -> TLSAbuse.Outcome {
        do {
            return try await NIOThreadPool.singleton.runIfActive { try self.carryOut(abuse, port) }
        } catch let error as WireError {
            throw error
        } catch {
            throw WireError(.local, "\(error)")
        }
    }

    private func carryOut(_ abuse: TLSAbuse, _ port: UInt16) throws(WireError) -> TLSAbuse.Outcome {
        let name = IPAddress(parsing: host) == nil ? host : nil
        let first = try PlainSocket(address, port)
        switch abuse {
        case .renegotiation:
            return Self.outcome(ringfence_tls_renegotiate(first.descriptor, name), "inside of TLS 1.2")
        case .earlyData(let bytes):
            let second = try PlainSocket(address, port)
            var hasTicket: Int32 = 0
            let outcome = ringfence_tls_send_early(
                first.descriptor,
                second.descriptor,
                name,
                bytes,
                bytes.count,
                &hasTicket
            )
            return Self.outcome(outcome, hasTicket == 1 ? "by the server's own ticket" : "by a made-up ticket")
        }
    }

    private static func outcome(_ outcome: ringfence_tls_outcome, _ means: String) -> TLSAbuse.Outcome {
        switch outcome {
        case ringfence_tls_taken: .taken
        case ringfence_tls_refused: .refused(means)
        default: .failed
        }
    }
}

/// A connected TCP socket that blocks, for three seconds at most.
private final class PlainSocket {
    let descriptor: Int32

    init(_ address: IPAddress, _ port: UInt16) throws(WireError) {
        let family = address.isIPv4 ? AF_INET : AF_INET6
        descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw WireError(.local, "no socket") }
        var patience = timeval(tv_sec: 3, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        let target = NIOCore.SocketAddress(Primitives.SocketAddress(ip: address, port: port))
        let isConnected = target.withSockAddr { Glibc.connect(descriptor, $0, socklen_t($1)) == 0 }
        guard isConnected else { throw WireError(.refused, "no connection to port \(port)") }
    }

    deinit { close(descriptor) }
}
