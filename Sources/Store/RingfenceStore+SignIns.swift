// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model
public import Primitives

extension RingfenceStore {
    public func signIn(of name: String) throws -> SignIn? {
        try pool.read { try SignInTable.signIn(of: name, $0, seal) }
    }

    public func signIns() throws -> Set<String> { try pool.read { try SignInTable.names($0) } }

    public func keep(_ invitation: Invitation, journal draft: JournalDraft, at now: WallTime) throws {
        try append(at: now) { database in
            try SignInTable.put(invitation, database)
            return [draft]
        }
    }

    public func invitation(_ token: [UInt8]) throws -> Invitation? {
        try pool.read { try SignInTable.invitation(token, $0) }
    }

    public func invitations() throws -> [Invitation] { try pool.read { try SignInTable.invitations($0) } }

    public func withdraw(invitationOf name: String, journal draft: JournalDraft, at now: WallTime) throws -> Bool {
        try append(at: now) { database in
            try SignInTable.withdraw(invitationOf: name, database) ? [draft] : []
        } != nil
    }

    public func accept(
        _ token: [UInt8],
        _ signIn: SignIn,
        step: Int64,
        journal draft: JournalDraft,
        at now: WallTime
    ) throws -> Bool {
        try append(at: now) { database in
            try SignInTable.accept(token, signIn, step: step, database, seal) ? [draft] : []
        } != nil
    }

    public func use(step: Int64, of name: String) throws -> Bool {
        try pool.write { try SignInTable.use(step: step, of: name, $0) }
    }

    public func use(
        recoveryCode hash: [UInt8],
        of name: String,
        journal draft: JournalDraft,
        at now: WallTime
    ) throws -> Bool {
        try append(at: now) { database in
            try SignInTable.use(recoveryCode: hash, of: name, database) ? [draft] : []
        } != nil
    }

    public func begin(
        _ session: PortalSession,
        inPlaceOf former: [UInt8]?,
        journal draft: JournalDraft,
        at now: WallTime
    ) throws {
        try append(at: now) { database in
            if let former { try SessionTable.remove(token: former, database) }
            try SessionTable.put(session, database)
            return [draft]
        }
    }

    public func session(_ token: [UInt8]) throws -> PortalSession? {
        try pool.read { try SessionTable.session(token, $0) }
    }

    public func sessions() throws -> [PortalSession] { try pool.read { try SessionTable.list($0) } }

    public func note(_ session: PortalSession) throws { try pool.write { try SessionTable.note(session, $0) } }

    public func endSessions(_ ids: [String], journal draft: JournalDraft?, at now: WallTime) throws {
        try append(at: now) { database in
            try SessionTable.remove(ids, database)
            return draft.map { [$0] } ?? []
        }
    }

    public func know(browser token: [UInt8], of name: String, until end: WallTime) throws {
        try pool.write { try SignInTable.know(browser: token, of: name, until: end, $0) }
    }

    public func knows(browser token: [UInt8], of name: String, at now: WallTime) throws -> Bool {
        try pool.read { try SignInTable.knows(browser: token, of: name, at: now, $0) }
    }

    public func pruneSignIns(at now: WallTime, sessionsBefore oldest: WallTime) throws {
        try pool.write { database in
            try SignInTable.prune(at: now, database)
            try SessionTable.prune(before: oldest, database)
        }
    }
}
