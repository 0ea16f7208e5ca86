// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model
public import Primitives

/// What an audit or an attack found out about a control.
public struct Proof: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case audit
        case attack
    }

    public let control: Control
    public let kind: Kind
    public let at: WallTime
    public let passed: Bool
    /// What was seen, in a sentence.
    public let evidence: String

    public init(control: Control, kind: Kind, at: WallTime, passed: Bool, evidence: String) {
        (self.control, self.kind, self.at, self.passed, self.evidence) = (control, kind, at, passed, evidence)
    }
}

extension RingfenceStore {
    public func recordProof(
        control: Control,
        kind: Proof.Kind,
        at now: WallTime,
        passed: Bool,
        evidence: String
    ) throws {
        try recordProofs([Proof(control: control, kind: kind, at: now, passed: passed, evidence: evidence)])
    }

    /// Writes proofs in one transaction; the oldest of a control make room.
    public func recordProofs(_ proofs: [Proof]) throws {
        try pool.write { database in
            for proof in proofs {
                try database.execute(
                    sql: "INSERT INTO proofs (control, kind, at, passed, evidence) VALUES (?, ?, ?, ?, ?)",
                    arguments: [
                        proof.control.rawValue, proof.kind.rawValue, proof.at.milliseconds, proof.passed,
                        clipped(proof.evidence),
                    ]
                )
                try database.execute(
                    sql: """
                        DELETE FROM proofs WHERE control = ?1 AND kind = ?2 AND id NOT IN
                            (SELECT id FROM proofs WHERE control = ?1 AND kind = ?2 ORDER BY id DESC LIMIT ?3)
                        """,
                    arguments: [proof.control.rawValue, proof.kind.rawValue, Limits.proofsPerControl]
                )
            }
        }
    }

    /// Those since a moment, the oldest first.
    public func proofs(since: WallTime) throws -> [Proof] {
        try pool.read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM proofs WHERE at >= ? ORDER BY id",
                arguments: [since.milliseconds]
            ).map(Self.proof)
        }
    }

    private static func proof(_ row: Row) throws -> Proof {
        let (kind, control): (String, String) = (row["kind"], row["control"])
        guard let kind = Proof.Kind(rawValue: kind), let control = Control(rawValue: control) else {
            throw StoreError.damaged("'\(kind)' of '\(control)' is no proof")
        }
        return Proof(
            control: control,
            kind: kind,
            at: WallTime(milliseconds: row["at"]),
            passed: row["passed"],
            evidence: row["evidence"]
        )
    }

    /// The last proof of each kind for each control that has one.
    public func lastProofs() throws -> [Proof] {
        try pool.read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM proofs WHERE id IN (SELECT max(id) FROM proofs GROUP BY control, kind) ORDER BY id"
            ).map(Self.proof)
        }
    }
}
