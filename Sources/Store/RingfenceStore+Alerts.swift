// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
public import Model
public import Primitives

extension RingfenceStore {
    public func alerts(limit: Int) throws -> [AlertMessage.Item] {
        try pool.read { try AlertRows.list($0, limit: max(0, min(limit, Limits.listedRows))) }
    }

    public func alertMessages(endedSince time: WallTime) throws -> [AlertMessage] {
        try pool.read { try AlertRows.messages($0, endedSince: time) }
    }

    /// When it returns, it is on the disk.
    public func keep(_ alerts: [AlertMessage.Item], _ messages: [AlertMessage], state: [UInt8]?) throws {
        try pool.write { database in
            for alert in alerts { try AlertRows.insert(alert, database) }
            for message in messages { try AlertRows.put(message, database) }
            guard let state else { return }
            try database.execute(
                sql: "INSERT OR REPLACE INTO alert_state (id, value) VALUES (1, ?)",
                arguments: [Data(state)]
            )
        }
    }

    public func alertState() throws -> [UInt8]? {
        try pool.read { try Data.fetchOne($0, sql: "SELECT value FROM alert_state").map { Array($0) } }
    }

    public func channelStandings() throws -> [ShortName: ChannelStanding] {
        try pool.read { try ChannelTable.standings($0) }
    }

    public func keep(
        _ standing: ChannelStanding,
        of channel: ShortName,
        journal draft: JournalDraft?,
        at now: WallTime
    ) throws {
        try append(at: now) { database in
            try ChannelTable.put(standing, of: channel, database)
            return draft.map { [$0] } ?? []
        }
    }

    public func pruneAlerts(at now: WallTime) throws { try pool.write { try AlertRows.prune($0, at: now) } }
}
