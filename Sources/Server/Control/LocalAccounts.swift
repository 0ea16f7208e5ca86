// SPDX-License-Identifier: Apache-2.0

import Glibc
import Model

/// The machine's own list of accounts (`passwd` in nsswitch.conf(5)). May block where that is asked of a network.
enum LocalAccounts {
    /// Bytes of one entry: a name, a folder and a shell, with room for what a directory service adds.
    private static let entryBytes = 16_384

    static func named(_ name: String) -> LocalAccount? {
        find { getpwnam_r(name, $0, $1, entryBytes, $2) }
    }

    static func numbered(_ user: UInt32) -> LocalAccount {
        find { getpwuid_r(user, $0, $1, entryBytes, $2) } ?? LocalAccount(name: nil, user: user)
    }

    private typealias Lookup = (
        UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> Int32

    private static func find(_ lookup: Lookup) -> LocalAccount? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: entryBytes)
        return buffer.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, lookup(&entry, start, &found) == 0, found != nil else { return nil }
            return LocalAccount(name: String(cString: entry.pw_name), user: entry.pw_uid)
        }
    }
}
