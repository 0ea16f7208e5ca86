// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives
import Synchronization
import Testing

@testable import Store

@Suite("Control credential-delivery: what is kept of a secret")
struct SecretsTests {
    /// A closed store with extension 201 and two phones.
    private func makeOffice() throws -> (place: Place, first: Device, second: Device) {
        let place = Place()
        let (first, second) = (try makeDevice(for: "201"), try makeDevice(for: "201"))
        _ = try place.create().change(
            [.put(try makeExtension("201")), .enrol(first), .enrol(second)],
            journal: [draft()],
            at: noon
        )
        return (place, first, second)
    }

    @Test func `C13 no file of the data directory holds a hash that a phone logs in with`() throws {
        let (place, first, second) = try makeOffice()
        let store = try place.open()
        let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
        #expect(names.contains("ringfence.sqlite"))
        for name in names {
            let bytes = try place.read(name)
            for device in [first, second] {
                for strength in DigestStrength.allCases {
                    let hash = device.hashes[strength].reveal { Data($0.utf8) }
                    #expect(bytes.range(of: hash) == nil, "\(strength) in \(name)")
                }
            }
        }
        // What is not secret is found, so the search works.
        #expect(try place.read("ringfence.sqlite").range(of: Data(first.username.utf8)) != nil)
        #expect(store.snapshot.devices.count == 2)
    }

    @Test func `the key is not in the database`() throws {
        let (place, _, _) = try makeOffice()
        let key = try place.read("seal.key")
        #expect(key.count == 32)
        #expect(try place.read("ringfence.sqlite").range(of: key) == nil)
    }

    @Test func `another key opens nothing`() throws {
        let (place, _, _) = try makeOffice()
        try place.write("seal.key", Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }))
        let error = #expect(throws: StoreError.self) { try place.open() }
        guard case .sealBroken = error else {
            Issue.record("not refused as a broken seal: \(String(describing: error))")
            return
        }
        #expect(error?.description.contains("restore seal.key") == true)
    }

    @Test(arguments: [0, 16, 31, 33])
    func `a key of the wrong length is damage`(length: Int) throws {
        let (place, _, _) = try makeOffice()
        try place.write("seal.key", Data(count: length))
        #expect(throws: StoreError.damaged("seal.key has \(length) bytes instead of 32")) { try place.open() }
    }

    @Test func `the credential of one phone does not open in the place of another's`() throws {
        let (place, first, second) = try makeOffice()
        try place.tamper(
            "UPDATE devices SET ha1_sha256 = (SELECT ha1_sha256 FROM devices WHERE id = ?) WHERE id = ?",
            [first.id.text, second.id.text]
        )
        let error = #expect(throws: StoreError.self) { try place.open() }
        #expect(
            error == .sealBroken(device: second.id.text, reason: "it was sealed with another key or for another phone")
        )
    }

    @Test func `the hash of one algorithm does not open in the place of another's`() throws {
        let (place, first, _) = try makeOffice()
        try place.tamper("UPDATE devices SET ha1_sha256 = ha1_md5 WHERE id = ?", [first.id.text])
        #expect(throws: StoreError.self) { try place.open() }
    }

    @Test func `a flipped bit anywhere in a sealed hash is found`() throws {
        let (place, first, _) = try makeOffice()
        let sealed: Data = try #require(
            try DatabaseQueue(path: place.database).read {
                try Data.fetchOne($0, sql: "SELECT ha1_md5 FROM devices WHERE id = ?", arguments: [first.id.text])
            }
        )
        for index in sealed.indices {
            var flipped = sealed
            flipped[index] ^= 1
            try place.tamper("UPDATE devices SET ha1_md5 = ? WHERE id = ?", [flipped, first.id.text])
            #expect(throws: StoreError.self) { try place.open() }
        }
    }

    @Test func `a short or empty sealed hash is found`() throws {
        let (place, first, _) = try makeOffice()
        for bytes in [Data(), Data(count: 11), Data(count: 28)] {
            try place.tamper("UPDATE devices SET ha1_md5 = ? WHERE id = ?", [bytes, first.id.text])
            #expect(throws: StoreError.self) { try place.open() }
        }
    }

    @Test func `the same hash is sealed differently each time`() throws {
        let seal = try Seal(key: Array(repeating: 7, count: 32))
        let device = try makeDevice(for: "201")
        let sealed = try (0..<100).map { _ in try seal.lock(device.hashes.md5, of: device.id, .md5) }
        #expect(Set(sealed).count == 100)
    }

    @Test func `what a revoked phone logged in with is wiped from the file`() throws {
        let (place, first, _) = try makeOffice()
        let sealed: Data = try #require(
            try DatabaseQueue(path: place.database).read {
                try Data.fetchOne($0, sql: "SELECT ha1_sha256 FROM devices WHERE id = ?", arguments: [first.id.text])
            }
        )
        #expect(try place.read("ringfence.sqlite").range(of: sealed) != nil)
        do {
            let store = try place.open()
            _ = try store.change([.revoke(first.id)], journal: [draft()], at: noon)
            try store.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        }
        #expect(try place.read("ringfence.sqlite").range(of: sealed) == nil)
    }
}

@Suite("The data directory")
struct DataDirectoryTests {
    @Test func `only its owner can use it and what is in it`() throws {
        let place = Place()
        let store = try place.create()
        try store.append(draft(), at: noon)
        #expect(try place.mode("") == 0o700)
        for name in try FileManager.default.contentsOfDirectory(atPath: place.path) {
            #expect(try place.mode(name) == 0o600, "\(name)")
        }
        #expect(Set(store.files().map(\.mode)) == [0o700, 0o600])
        #expect(store.files().allSatisfy { $0.isPrivate })
        #expect(store.files().map(\.name).contains("ringfence.sqlite-wal"))
    }

    @Test func `an empty directory that was open to all is closed`() throws {
        let place = Place()
        try FileManager.default.createDirectory(
            atPath: place.path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755]
        )
        _ = try place.create()
        #expect(try place.mode("") == 0o700)
    }

    @Test(arguments: ["", "ringfence.sqlite", "seal.key", "journal.anchor"])
    func `a server does not start on secrets that others can reach`(name: String) throws {
        let place = Place()
        _ = try place.create()
        let path = name.isEmpty ? place.path : place.path + "/" + name
        try FileManager.default.setAttributes([.posixPermissions: 0o740], ofItemAtPath: path)
        let error = #expect(throws: StoreError.self) { try place.open() }
        #expect(error == .exposed(path, mode: 0o740))
        #expect(error?.description.hasSuffix("Fix: chmod go= \(path)") == true)
    }

    @Test func `two servers cannot share one`() throws {
        let place = Place()
        let store = try place.create()
        #expect(throws: StoreError.inUse(place.path)) { try place.open() }
        #expect(store.path == place.path)
    }

    @Test func `a store that is just let go of is waited for`() throws {
        let place = Place()
        let held = Mutex<RingfenceStore?>(try place.create())
        Thread.detachNewThread {
            usleep(100_000)
            held.withLock { $0 = nil }
        }
        #expect(throws: Never.self) { try place.open() }
    }

    @Test func `the lock goes with the store that held it`() throws {
        let place = Place()
        do { _ = try place.create() }
        _ = try place.open()
    }

    @Test func `a business is not made over another`() throws {
        let place = Place()
        do { _ = try place.create() }
        #expect(throws: StoreError.alreadyInitialised(place.path)) { try place.create() }
        #expect(try place.open().verifyJournal().isIntact)
    }

    @Test func `a directory that is none is not opened, and the error says what to run`() throws {
        let place = Place()
        let error = #expect(throws: StoreError.self) { try place.open() }
        #expect(error == .notADataDirectory(place.path))
        #expect(error?.description.contains("ringfence init --data") == true)
    }

    @Test func `a link in the place of the key is not followed`() throws {
        let place = Place()
        do { _ = try place.create() }
        try FileManager.default.moveItem(atPath: place.path + "/seal.key", toPath: place.path + "/elsewhere")
        try FileManager.default.createSymbolicLink(
            atPath: place.path + "/seal.key",
            withDestinationPath: place.path + "/elsewhere"
        )
        #expect(throws: StoreError.self) { try place.open() }
    }
}
