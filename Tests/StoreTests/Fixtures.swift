// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives
import Testing

@testable import Store

let noon = WallTime(milliseconds: 1_800_000_000_000)

/// Everything that tests of this process leave on the disk.
private let places = NSTemporaryDirectory() + "ringfence-store-\(getpid())"

/// A data directory that goes away with the process, and what a test does to it.
final class Place: Sendable {
    private static let parent: String = {
        try? FileManager.default.createDirectory(atPath: places, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: places) }
        return places
    }()

    let path: String

    init() {
        path = Self.parent + "/" + UUID().uuidString
    }

    var database: String { path + "/ringfence.sqlite" }

    func create() throws -> RingfenceStore {
        let domain = try #require(DomainName(parsing: "pbx.example"))
        return try RingfenceStore.create(directory: path, domain: domain, by: "test", at: noon)
    }

    func open() throws -> RingfenceStore { try RingfenceStore.open(directory: path) }

    /// What somebody does to the database file behind the store's back.
    func tamper(_ sql: String, _ arguments: StatementArguments = []) throws {
        try DatabaseQueue(path: database).writeWithoutTransaction { database in
            try database.execute(sql: sql, arguments: arguments)
        }
    }

    /// The same after taking away the triggers that protect the journal.
    func forge(_ sql: String, _ arguments: StatementArguments = []) throws {
        try tamper(
            """
            DROP TRIGGER journal_is_not_edited; DROP TRIGGER journal_is_not_shortened; DROP TRIGGER journal_only_grows;
            """
        )
        try tamper(sql, arguments)
    }

    func read(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)) }

    func write(_ name: String, _ bytes: Data) throws {
        try bytes.write(to: URL(fileURLWithPath: path + "/" + name))
    }

    /// Copies files of another place, as somebody who makes a backup does.
    func take(_ names: [String], from other: Place) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        chmod(path, 0o700)
        for name in names {
            try FileManager.default.copyItem(atPath: other.path + "/" + name, toPath: path + "/" + name)
        }
    }

    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: name.isEmpty ? path : path + "/" + name)
        return try #require((attributes[.posixPermissions] as? NSNumber)?.intValue)
    }
}

func number(_ text: String) throws -> ExtensionNumber { try #require(ExtensionNumber(parsing: text)) }

func makeExtension(_ text: String, isEnabled: Bool = true) throws -> Extension {
    Extension(number: try number(text), name: "Extension \(text)", isEnabled: isEnabled, createdAt: noon)
}

/// A phone whose hashes say which device and algorithm they are of.
func makeDevice(for text: String, username: String? = nil) throws -> Device {
    var generator = SystemRandomNumberGenerator()
    let username = username ?? Device.generateUsername(using: &generator)
    return Device(
        id: .generate(using: &generator),
        extension: try number(text),
        username: username,
        hashes: DigestHashes(
            md5: Redacted("md5-of-\(username)"),
            sha256: Redacted("sha256-of-\(username)"),
            sha512256: Redacted("sha512256-of-\(username)")
        ),
        minimum: .sha256,
        label: "Desk phone",
        createdAt: noon
    )
}

func makeRecord(_ id: String, at time: WallTime = noon) throws -> CallRecord {
    CallRecord(
        id: id,
        startedAt: time,
        caller: .extension(try number("201")),
        callerDevice: DeviceID(parsing: "0123456789abcdef"),
        dialled: "202",
        callee: .extension(try number("202"))
    )
}

func draft(_ action: String = "extension.add", _ subject: String = "201") -> JournalDraft {
    JournalDraft(actor: "test", action: action, subject: subject, detail: #"{"new":{"name":"A"}}"#)
}
