// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import Model
import Primitives

/// What is to be written into the journal, before it has its place in the chain.
public struct JournalDraft: Hashable, Sendable {
    public let actor: String
    /// Noun and verb: `extension.add`.
    public let action: String
    public let subject: String
    /// JSON with sorted keys, old and new values. Never a secret.
    public let detail: String

    public init(actor: String, action: String, subject: String, detail: String = "{}") {
        (self.actor, self.action, self.subject, self.detail) = (actor, action, subject, detail)
    }

    /// The same with values, which are written as JSON with sorted keys.
    public init(actor: String = system, action: String, subject: String, values: some Encodable) throws {
        self.init(actor: actor, action: action, subject: subject, detail: try Self.json(values))
    }

    /// Values as the journal keeps them.
    public static func json(_ values: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(values), as: UTF8.self)
    }

    /// Who acts where no person does.
    public static let system = "ringfence"
}

/// What `journal verify` found.
public struct JournalVerification: Hashable, Sendable, Codable {
    /// Entries that were read.
    public let entries: Int64
    /// The hash of the last one; whoever notes it down elsewhere can compare it later.
    public let head: String
    /// The first sequence number at which the chain does not hold; `nil` when it holds.
    public let firstWrong: Int64?
    /// What is wrong there, in words; `nil` when the chain holds.
    public let problem: String?

    public init(entries: Int64, head: String, firstWrong: Int64? = nil, problem: String? = nil) {
        (self.entries, self.head, self.firstWrong, self.problem) = (entries, head, firstWrong, problem)
    }

    public var isIntact: Bool { firstWrong == nil }
}

/// The chain: each entry's hash covers its content and the hash before it.
enum JournalChain {
    /// What the first entry follows.
    static let origin = String(repeating: "0", count: 64)

    static func entry(
        _ draft: JournalDraft,
        sequence: Int64,
        at time: WallTime,
        after previous: String,
        _ seal: Seal
    ) -> JournalEntry {
        JournalEntry(
            sequence: sequence,
            at: time,
            actor: draft.actor,
            action: draft.action,
            subject: draft.subject,
            detail: draft.detail,
            previous: previous,
            hash: hash(draft, sequence: sequence, at: time, after: previous, seal)
        )
    }

    /// Whether an entry's hash is the one of its content.
    static func isConsistent(_ entry: JournalEntry, _ seal: Seal) -> Bool {
        let draft = JournalDraft(
            actor: entry.actor,
            action: entry.action,
            subject: entry.subject,
            detail: entry.detail
        )
        return hash(draft, sequence: entry.sequence, at: entry.at, after: entry.previous, seal) == entry.hash
    }

    /// HMAC-SHA-256 over a version, the numbers in eight bytes each and every text after its length: no two entries are written
    /// the same way.
    private static func hash(
        _ draft: JournalDraft,
        sequence: Int64,
        at time: WallTime,
        after previous: String,
        _ seal: Seal
    ) -> String {
        var digest = seal.entryHash()
        func add(_ number: Int64) {
            digest.update(data: (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) })
        }
        func add(_ text: String) {
            add(Int64(text.utf8.count))
            digest.update(data: Array(text.utf8))
        }
        add("ringfence journal 2")
        add(sequence)
        add(time.milliseconds)
        for text in [draft.actor, draft.action, draft.subject, draft.detail, previous] { add(text) }
        return Hex.encode(digest.finalize())
    }
}

/// How far the journal had come when it was last written: kept beside the database, so that cutting off the journal's end
/// needs two files and a key.
struct JournalAnchor: Hashable, Sendable {
    let sequence: Int64
    let hash: String

    private var text: String { "ringfence journal anchor 1\n\(sequence)\n\(hash)\n" }

    func encoded(_ seal: Seal) -> [UInt8] { Array((text + seal.authenticate(text) + "\n").utf8) }

    init(sequence: Int64, hash: String) {
        (self.sequence, self.hash) = (sequence, hash)
    }

    /// - Returns: `nil` when the bytes were not written with this key.
    init?(decoding bytes: [UInt8], _ seal: Seal) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 5, let sequence = Int64(lines[1]) else { return nil }
        self.init(sequence: sequence, hash: String(lines[2]))
        guard seal.isAuthentic(String(lines[3]), of: text) else { return nil }
    }
}
