// SPDX-License-Identifier: Apache-2.0

import Calls
import Glibc
import Guard
import Model
import Primitives

/// A TCP socket with its address, not yet listening. Bound before anything else starts, so that the port is known and a
/// second server on the same address fails at once.
struct BoundSocket: Sendable {
    /// Belongs to whoever makes a channel of it.
    let descriptor: CInt
    /// With the port that the system chose when 0 was asked for.
    let address: SocketAddress

    /// - Throws: A ``Refusal`` that names the address and what the kernel said.
    init(_ wanted: SocketAddress) throws(Refusal) {
        descriptor = socket(wanted.ip.isIPv4 ? AF_INET : AF_INET6, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw Self.refusal(wanted, errno) }
        var on: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
        // Without it `[::]` would take IPv4 as well, which nobody declared.
        if !wanted.ip.isIPv4 {
            setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, socklen_t(MemoryLayout<CInt>.size))
        }
        guard Self.bind(descriptor, wanted) == 0, let name = Self.name(of: descriptor) else {
            let code = errno
            Glibc.close(descriptor)
            throw Self.refusal(wanted, code)
        }
        address = SocketAddress(ip: wanted.ip, port: name.port)
    }

    /// To be said once more when the socket accepts: NIO begins with 128 and tells nobody but sockets of its own.
    func setBacklog() {
        listen(descriptor, Limits.backlog)
    }

    private static func bind(_ descriptor: CInt, _ address: SocketAddress) -> CInt {
        SocketName(address).bytes.withUnsafeBytes { raw in
            raw.withMemoryRebound(to: sockaddr.self) { Glibc.bind(descriptor, $0.baseAddress, socklen_t(raw.count)) }
        }
    }

    /// Our end of a socket, as the kernel says.
    static func name(of descriptor: CInt) -> SocketAddress? {
        withUnsafeTemporaryAllocation(byteCount: SocketName.capacity, alignment: 8) { raw in
            var length = socklen_t(raw.count)
            let result = raw.withMemoryRebound(to: sockaddr.self) { getsockname(descriptor, $0.baseAddress, &length) }
            guard result == 0 else { return nil }
            // The kernel says how long the name is, also when it is longer than there was room for.
            let known = min(Int(length), raw.count)
            return SocketName.address(in: UnsafeRawBufferPointer(rebasing: raw[..<known]))
        }
    }

    private static func refusal(_ address: SocketAddress, _ code: CInt) -> Refusal {
        Refusal(
            problem: "Ringfence cannot listen on \(address).",
            reason: "the system says: \(String(cString: strerror(code)))",
            remedy:
                "stop the program that uses it, or choose another while it is ended: ringfence listener add tls ADDRESS:PORT"
        )
    }
}

/// A socket and what is to be spoken on it.
struct BoundListener: Sendable {
    let kind: EncryptedListener.Kind
    let clients: ClientCertificates
    let socket: BoundSocket

    var encrypted: EncryptedListener { EncryptedListener(kind, socket.address, clients: clients) }

    /// Binds all of them, or none.
    static func all(_ wanted: [EncryptedListener]) throws(Refusal) -> [BoundListener] {
        var bound: [BoundListener] = []
        for listener in wanted {
            do throws(Refusal) {
                let socket = try BoundSocket(listener.address)
                bound.append(BoundListener(kind: listener.kind, clients: listener.clients, socket: socket))
            } catch {
                for earlier in bound { Glibc.close(earlier.socket.descriptor) }
                throw error
            }
        }
        return bound
    }
}
