// SPDX-License-Identifier: Apache-2.0

import Glibc
import Model
import NIOCore

/// Who is at the other end of a unix socket, as the kernel says (unix(7), SO_PEERCRED).
enum ControlPeer {
    /// `struct ucred`, which Glibc's Swift module does not show.
    private struct Credentials: Sendable {
        var process: pid_t = 0
        var user: uid_t = 0
        var group: gid_t = 0
    }

    /// The account whose process listens at the other end; `nil` when the system does not say.
    static func user(of descriptor: Int32) -> UInt32? {
        var credentials = Credentials()
        var size = socklen_t(MemoryLayout<Credentials>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 ? credentials.user : nil
    }

    /// The account that connected; what becomes of its process later changes nothing.
    static func account(of channel: any Channel) async throws -> LocalAccount {
        guard let options = channel as? any SocketOptionProvider else { throw ChannelError.operationUnsupported }
        let option = NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        let credentials: Credentials = try await options.unsafeGetSocketOption(level: .socket, name: option).get()
        return LocalAccounts.numbered(credentials.user)
    }
}
