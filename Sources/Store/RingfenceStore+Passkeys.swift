// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model
public import Primitives

extension RingfenceStore {
    public func passkeys() throws -> [Passkey] { try pool.read { try PasskeyTable.list($0) } }

    public func passkeys(of owner: String) throws -> [Passkey] {
        try pool.read { try PasskeyTable.list(of: owner, $0) }
    }

    public func passkey(_ id: [UInt8]) throws -> Passkey? { try pool.read { try PasskeyTable.passkey(id, $0) } }

    public func add(
        _ passkey: Passkey,
        atMost most: Int,
        journal draft: JournalDraft,
        at now: WallTime
    ) throws -> Bool {
        try append(at: now) { database in
            try PasskeyTable.put(passkey, atMost: most, database) ? [draft] : []
        } != nil
    }

    public func use(passkey id: [UInt8], of owner: String, counter: UInt32, at now: WallTime) throws -> Bool {
        try pool.write { try PasskeyTable.use(id, of: owner, counter: counter, at: now, $0) }
    }

    public func remove(
        passkey name: ShortName,
        of owner: String,
        journal draft: JournalDraft,
        at now: WallTime
    ) throws -> Bool {
        try append(at: now) { database in
            try PasskeyTable.remove(name, of: owner, database) ? [draft] : []
        } != nil
    }
}
