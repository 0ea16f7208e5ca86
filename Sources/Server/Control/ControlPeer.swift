// SPDX-License-Identifier: Apache-2.0

import Admin
import Glibc
import NIOCore

/// Who is at the other end of a unix socket, as the kernel says (unix(7), SO_PEERCRED).
struct ControlPeer: Sendable {
    let user: uid_t

    /// `struct ucred`, which Glibc's Swift module does not show.
    private struct Credentials: Sendable {
        var process: pid_t = 0
        var user: uid_t = 0
        var group: gid_t = 0
    }

    init(of channel: any Channel) async throws {
        guard let options = channel as? any SocketOptionProvider else { throw ChannelError.operationUnsupported }
        let option = NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        let credentials: Credentials = try await options.unsafeGetSocketOption(level: .socket, name: option).get()
        user = credentials.user
    }

    init(user: uid_t) {
        self.user = user
    }

    /// The account of the server, and root.
    func mayAdminister(as owner: uid_t = geteuid()) -> Bool { user == owner || user == 0 }

    /// Whoever may speak at all owns the folder, and with it everything.
    var actor: Admin.Actor { Admin.Actor(name: "\(name) (uid \(user))", role: .owner) }

    /// The account's name for the journal, or its number when it has none.
    var name: String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 4_096)
        guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, let found else { return "uid \(user)" }
        return String(cString: found.pointee.pw_name)
    }
}
