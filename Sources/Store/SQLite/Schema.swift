// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The tables, as migrations. One that was released is never edited; a change is a new one with its own name.
///
/// Times are milliseconds since 1970. Texts are never interpreted by SQL.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("0001 settings") { try $0.execute(sql: settings) }
        migrator.registerMigration("0002 call records") { try $0.execute(sql: callRecords) }
        migrator.registerMigration("0003 journal") { try $0.execute(sql: journal) }
        migrator.registerMigration("0004 security events and proofs") { try $0.execute(sql: watch) }
        migrator.registerMigration("0005 bans") { try $0.execute(sql: bans) }
        migrator.registerMigration("0006 pick-up groups") {
            try $0.execute(sql: "ALTER TABLE extensions ADD COLUMN pickup_group TEXT")
        }
        migrator.registerMigration("0007 operators") { try $0.execute(sql: operators) }
        migrator.registerMigration("0008 phone logins") { try $0.execute(sql: phoneLogins) }
        migrator.registerMigration("0009 call forwarding") {
            try $0.execute(sql: "ALTER TABLE extensions ADD COLUMN forwarding TEXT NOT NULL DEFAULT 'nobody'")
            try $0.execute(sql: "ALTER TABLE call_records ADD COLUMN forwarded_by TEXT")
        }
        migrator.registerMigration("0010 what people did") {
            try $0.execute(
                sql: "CREATE INDEX journal_of_people ON journal (sequence) WHERE actor <> 'ringfence'"
            )
        }
        migrator.registerMigration("0011 events that wait for the journal") { try $0.execute(sql: openEvents) }
        migrator.registerMigration("0012 jobs") { try $0.execute(sql: jobs) }
        migrator.registerMigration("0013 which business, and whether it is served") { try $0.execute(sql: identity) }
        migrator.registerMigration("0014 whoever takes part in a call") { try $0.execute(sql: participants) }
        migrator.registerMigration("0015 where a business is reached") {
            for table in ["sip_listeners", "media_ports", "sites", "web_origins"] {
                try $0.execute(sql: "CREATE TABLE \(table) (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE) STRICT")
            }
            try $0.execute(sql: "ALTER TABLE business ADD COLUMN client_authority TEXT")
        }
        migrator.registerMigration("0016 opening hours") {
            try $0.execute(sql: "ALTER TABLE business ADD COLUMN hours TEXT")
        }
        migrator.registerMigration("0017 what is arranged with the outside world") { try $0.execute(sql: outside) }
        migrator.registerMigration("0018 calls over trunks") {
            try $0.execute(sql: "ALTER TABLE call_records ADD COLUMN trunk TEXT")
        }
        migrator.registerMigration("0019 price lists") { try $0.execute(sql: rates) }
        migrator.registerMigration("0020 what calls cost") {
            try $0.execute(sql: "ALTER TABLE call_records ADD COLUMN charges TEXT")
        }
        migrator.registerMigration("0021 when extensions were last used") { try $0.execute(sql: uses) }
        migrator.registerMigration("0022 the way of a call") {
            try $0.execute(sql: "ALTER TABLE call_records ADD COLUMN path TEXT")
        }
        migrator.registerMigration("0023 what is counted of calls outside") { try $0.execute(sql: countedCalls) }
        migrator.registerMigration("0024 people who sign in") { database in
            try database.execute(sql: signIns)
            for table in ["portal_listeners", "admin_networks"] {
                try database.execute(
                    sql: "CREATE TABLE \(table) (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE) STRICT"
                )
            }
        }
        migrator.registerMigration("0026 backups") { try $0.execute(sql: backups) }
        migrator.registerMigration("0027 tokens of programs") { try $0.execute(sql: apiTokens) }
        migrator.registerMigration("0028 alerts that wait") { try $0.execute(sql: alerts) }
        migrator.registerMigration("0029 links that wait") {
            try $0.execute(sql: "ALTER TABLE invitations ADD COLUMN since INTEGER NOT NULL DEFAULT 0")
            try $0.execute(sql: "ALTER TABLE invitations ADD COLUMN maker TEXT NOT NULL DEFAULT ''")
        }
        migrator.registerMigration("0030 passkeys") { try $0.execute(sql: passkeys) }
        migrator.registerMigration("0033 how long records are kept") { try $0.execute(sql: RetentionTable.schema) }
        return migrator
    }

    /// No settings: they go with their operator. A key is public, and its counter is what was seen last.
    private static let passkeys = """
        CREATE TABLE passkeys (
            id BLOB PRIMARY KEY NOT NULL,
            owner TEXT NOT NULL REFERENCES operators (account) ON DELETE CASCADE,
            name TEXT NOT NULL,
            key BLOB NOT NULL,
            counter INTEGER NOT NULL,
            since INTEGER NOT NULL,
            last_used INTEGER,
            UNIQUE (owner, name)
        ) STRICT, WITHOUT ROWID;
        """

    /// In place of tokens there are their hashes.
    private static let apiTokens = """
        CREATE TABLE api_tokens (
            name TEXT PRIMARY KEY NOT NULL,
            hash BLOB NOT NULL UNIQUE,
            role TEXT NOT NULL,
            commands TEXT NOT NULL,
            issued_by TEXT NOT NULL,
            since INTEGER NOT NULL,
            until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// One row at most. The proof is sealed.
    private static let backups = """
        CREATE TABLE backups (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            recipient BLOB NOT NULL,
            proof BLOB NOT NULL,
            folder TEXT,
            count INTEGER NOT NULL
        ) STRICT;
        """

    /// No settings: they have no line in the journal. What waits is there until the other side has taken it, and what was told stays
    /// for a while; `alert_state` is what is remembered of it, so that a restart tells nothing twice.
    private static let alerts = """
        CREATE TABLE alerts (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            code TEXT NOT NULL,
            value TEXT NOT NULL
        ) STRICT;
        CREATE TABLE alert_messages (
            id TEXT PRIMARY KEY NOT NULL,
            channel TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            ended_at INTEGER,
            value TEXT NOT NULL
        ) STRICT;
        CREATE INDEX alert_messages_by_end ON alert_messages (ended_at);
        CREATE TABLE alert_state (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            value BLOB NOT NULL
        ) STRICT;
        CREATE TABLE alert_channels (
            name TEXT PRIMARY KEY NOT NULL,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// Operators need no account of the machine any more. What they sign in with goes with them, and is no setting; in place of
    /// tokens there are their hashes.
    private static let signIns = """
        CREATE TABLE people (
            account TEXT PRIMARY KEY NOT NULL,
            user INTEGER UNIQUE,
            role TEXT NOT NULL,
            since INTEGER NOT NULL,
            last_seen INTEGER
        ) STRICT, WITHOUT ROWID;
        INSERT INTO people SELECT account, user, role, since, last_seen FROM operators;
        DROP TABLE operators;
        ALTER TABLE people RENAME TO operators;
        CREATE TABLE sign_ins (
            name TEXT PRIMARY KEY NOT NULL REFERENCES operators (account) ON DELETE CASCADE,
            password TEXT NOT NULL,
            secret BLOB NOT NULL,
            last_step INTEGER NOT NULL,
            since INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE recovery_codes (
            hash BLOB PRIMARY KEY NOT NULL,
            name TEXT NOT NULL REFERENCES operators (account) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE invitations (
            token BLOB PRIMARY KEY NOT NULL,
            name TEXT NOT NULL UNIQUE REFERENCES operators (account) ON DELETE CASCADE,
            until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE portal_sessions (
            token BLOB PRIMARY KEY NOT NULL,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL REFERENCES operators (account) ON DELETE CASCADE,
            role TEXT NOT NULL,
            since INTEGER NOT NULL,
            last_seen INTEGER NOT NULL,
            proven_at INTEGER NOT NULL,
            source TEXT NOT NULL,
            agent TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE known_browsers (
            token BLOB PRIMARY KEY NOT NULL,
            name TEXT NOT NULL REFERENCES operators (account) ON DELETE CASCADE,
            until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// No setting: it has no line in the journal, and goes with its extension. What is kept already tells when extensions were
    /// used until now.
    private static let uses = """
        ALTER TABLE extensions ADD COLUMN reservation TEXT;
        CREATE TABLE extension_uses (
            number TEXT PRIMARY KEY NOT NULL REFERENCES extensions (number) ON DELETE CASCADE,
            used_at INTEGER,
            counted_from INTEGER,
            told_at INTEGER
        ) STRICT, WITHOUT ROWID;
        INSERT INTO extension_uses (number, used_at)
            SELECT number, max(at) FROM (
                SELECT devices.number AS number, phone_logins.at AS at
                    FROM phone_logins JOIN devices ON devices.id = phone_logins.device
                UNION ALL SELECT caller, started_at FROM call_records
                    WHERE caller_kind = 'extension' AND caller_device IS NOT NULL
                UNION ALL SELECT callee, answered_at FROM call_records
                    WHERE callee_kind = 'extension' AND answered_at IS NOT NULL
            ) JOIN extensions USING (number) WHERE at >= created_at GROUP BY number;
        """

    /// A list that is imported waits until somebody lets it count: two rows of one name at most. Its body is `RateDeckBytes`.
    private static let rates = """
        CREATE TABLE rate_decks (
            name TEXT NOT NULL,
            is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
            version INTEGER NOT NULL,
            currency TEXT NOT NULL,
            imported_at INTEGER NOT NULL,
            imported_by TEXT NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (name, is_active)
        ) STRICT;
        """

    /// Settings of many kinds that calls never look up by SQL: the value is JSON, and a secret is sealed.
    private static let outside = """
        CREATE TABLE outside (
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            secret BLOB,
            PRIMARY KEY (kind, key)
        ) STRICT, WITHOUT ROWID;
        """

    private static let identity = """
        ALTER TABLE business ADD COLUMN identifier TEXT;
        UPDATE business SET identifier = lower(hex(randomblob(8)));
        CREATE TABLE store_mark (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
            log TEXT NOT NULL
        ) STRICT;
        """

    /// Who calls and who is called need not be an extension with a phone: each is a kind and what tells it from others of it.
    private static let participants = """
        CREATE TABLE calls (
            id TEXT PRIMARY KEY NOT NULL,
            started_at INTEGER NOT NULL,
            answered_at INTEGER,
            ended_at INTEGER,
            caller_kind TEXT NOT NULL,
            caller TEXT,
            caller_device TEXT,
            dialled TEXT NOT NULL,
            callee_kind TEXT,
            callee TEXT,
            outcome TEXT NOT NULL,
            status INTEGER,
            control TEXT,
            reason TEXT NOT NULL,
            caller_protection TEXT,
            callee_protection TEXT,
            forwarded_by TEXT
        ) STRICT;
        INSERT INTO calls
            SELECT id, started_at, answered_at, ended_at, 'extension', caller, nullif(caller_device, ''), dialled,
                CASE WHEN callee IS NULL THEN NULL ELSE 'extension' END, callee, outcome, status, control, reason,
                caller_protection, callee_protection, forwarded_by
            FROM call_records;
        DROP TABLE call_records;
        ALTER TABLE calls RENAME TO call_records;
        CREATE INDEX call_records_by_time ON call_records (started_at);
        CREATE INDEX call_records_open ON call_records (id) WHERE ended_at IS NULL;
        """

    private static let settings = """
        CREATE TABLE business (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            domain TEXT NOT NULL,
            generation INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE extensions (
            number TEXT PRIMARY KEY NOT NULL,
            name TEXT NOT NULL,
            is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
            created_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE devices (
            id TEXT PRIMARY KEY NOT NULL,
            number TEXT NOT NULL REFERENCES extensions (number),
            username TEXT NOT NULL UNIQUE,
            ha1_md5 BLOB NOT NULL,
            ha1_sha256 BLOB NOT NULL,
            ha1_sha512256 BLOB NOT NULL,
            minimum TEXT NOT NULL,
            label TEXT NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX devices_of_extension ON devices (number);
        CREATE TABLE listener_exceptions (
            transport TEXT NOT NULL,
            address TEXT NOT NULL,
            reason TEXT NOT NULL,
            until INTEGER NOT NULL
        ) STRICT;
        """

    private static let callRecords = """
        CREATE TABLE call_records (
            id TEXT PRIMARY KEY NOT NULL,
            started_at INTEGER NOT NULL,
            answered_at INTEGER,
            ended_at INTEGER,
            caller TEXT NOT NULL,
            caller_device TEXT NOT NULL,
            dialled TEXT NOT NULL,
            callee TEXT,
            outcome TEXT NOT NULL,
            status INTEGER,
            control TEXT,
            reason TEXT NOT NULL,
            caller_protection TEXT,
            callee_protection TEXT
        ) STRICT;
        CREATE INDEX call_records_by_time ON call_records (started_at);
        CREATE INDEX call_records_open ON call_records (id) WHERE ended_at IS NULL;
        """

    /// Whoever has the database open cannot change the past by accident; whoever changes the file is found by the chain.
    private static let journal = """
        CREATE TABLE journal (
            sequence INTEGER PRIMARY KEY NOT NULL,
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail TEXT NOT NULL,
            previous TEXT NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER journal_is_not_edited BEFORE UPDATE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
        CREATE TRIGGER journal_is_not_shortened BEFORE DELETE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
        CREATE TRIGGER journal_only_grows BEFORE INSERT ON journal
        WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM journal)
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
        """

    private static let watch = """
        CREATE TABLE security_events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            control TEXT NOT NULL,
            source TEXT NOT NULL,
            subject TEXT,
            detail TEXT NOT NULL,
            count INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE proofs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            control TEXT NOT NULL,
            kind TEXT NOT NULL,
            at INTEGER NOT NULL,
            passed INTEGER NOT NULL CHECK (passed IN (0, 1)),
            evidence TEXT NOT NULL
        ) STRICT;
        CREATE INDEX proofs_of_control ON proofs (control, kind, id);
        """

    /// `last_seen` is no setting: it has no line in the journal.
    private static let operators = """
        CREATE TABLE operators (
            account TEXT PRIMARY KEY NOT NULL,
            user INTEGER NOT NULL UNIQUE,
            role TEXT NOT NULL,
            since INTEGER NOT NULL,
            last_seen INTEGER
        ) STRICT, WITHOUT ROWID;
        """

    /// No setting: it has no line in the journal, and goes with its phone.
    private static let phoneLogins = """
        CREATE TABLE phone_logins (
            device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
            source TEXT NOT NULL,
            client BLOB NOT NULL,
            instance BLOB,
            at INTEGER NOT NULL,
            PRIMARY KEY (device, source)
        ) STRICT, WITHOUT ROWID;
        """

    /// One row at most: what the newest events are that no line of the journal stands for, and a code that needs the key.
    private static let openEvents = """
        CREATE TABLE open_events (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            since INTEGER NOT NULL,
            digest TEXT NOT NULL,
            code TEXT NOT NULL
        ) STRICT;
        """

    /// No setting: it has no line in the journal.
    private static let jobs = """
        CREATE TABLE jobs (
            name TEXT PRIMARY KEY NOT NULL,
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            failure TEXT,
            failures INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// No setting: one row, written again from time to time. The bytes are of whoever counts.
    private static let countedCalls = """
        CREATE TABLE counted_calls (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            at INTEGER NOT NULL,
            value BLOB NOT NULL
        ) STRICT;
        """

    private static let bans = """
        CREATE TABLE bans (
            source TEXT PRIMARY KEY NOT NULL,
            reason TEXT NOT NULL,
            evidence TEXT NOT NULL,
            since INTEGER NOT NULL,
            until INTEGER NOT NULL,
            repetition INTEGER NOT NULL,
            actor TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
