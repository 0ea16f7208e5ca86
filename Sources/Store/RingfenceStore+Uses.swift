// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model
public import Primitives

extension RingfenceStore {
    public func uses() throws -> [ExtensionNumber: ExtensionUse] { try pool.read { try UseTable.all($0) } }

    public func noteUse(of numbers: Set<ExtensionNumber>, at now: WallTime) throws {
        try pool.write { database in
            try UseTable.settle(at: now, database)
            for number in numbers { try UseTable.note(number, at: now, database) }
        }
    }

    public func countUse(of number: ExtensionNumber, from now: WallTime) throws {
        try pool.write { try UseTable.count(number, from: now, $0) }
    }

    public func noteTold(of numbers: [ExtensionNumber], at now: WallTime) throws {
        try pool.write { database in
            for number in numbers { try UseTable.told(number, at: now, database) }
        }
    }
}
