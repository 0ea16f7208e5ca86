// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model

extension RingfenceStore {
    /// From where the phones that are enrolled have logged in, the oldest first: the latest four places of each.
    public func logins() throws -> [PhoneLogin] {
        try pool.read { try LoginTable.list($0) }
    }
}
