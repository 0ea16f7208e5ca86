// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Primitives
import Testing

@testable import Store

@Suite("Control stored-audio: voice messages on the disk (ATTACKS W05, W06)")
struct MessageTests {
    private static func number(_ text: String = "101") throws -> ExtensionNumber {
        try #require(ExtensionNumber(parsing: text))
    }

    private static func id(_ letter: Character = "a") throws -> MessageID {
        try #require(MessageID(parsing: String(repeating: letter, count: 32)))
    }

    /// A second of each byte.
    private static func pieces(_ count: Int) -> [[UInt8]] {
        (1...count).map { Array(repeating: UInt8($0), count: 8_000) }
    }

    @discardableResult
    private static func record(
        _ store: RingfenceStore,
        _ seconds: Int = 3,
        _ letter: Character = "a"
    ) throws -> MessageID {
        let id = try id(letter)
        let writer = try store.messages.begin(id, in: number(), from: .extension(number("102")), at: noon)
        for piece in pieces(seconds) { try writer.write(piece) }
        #expect(try writer.finish())
        return id
    }

    private static func file(_ place: Place) throws -> String {
        let folder = place.path + "/voicemail/101"
        return folder + "/" + (try #require(FileManager.default.contentsOfDirectory(atPath: folder).first))
    }

    @Test func `W06 what was said is heard again, and is noise on the disk`() throws {
        let place = Place()
        let store = try place.create()
        let id = try Self.record(store)
        let message = try #require(store.messages.messages(of: Self.number()).first)
        #expect(
            message.id == id && message.seconds == 3 && message.isNew && message.caller.text == "102"
                && message.receivedAt == noon
        )
        #expect(try store.messages.sound(of: id, in: Self.number()) == Self.pieces(3).flatMap { $0 })
        let bytes = try #require(FileManager.default.contents(atPath: Self.file(place)))
        #expect(bytes.range(of: Data(repeating: 1, count: 8)) == nil && bytes.range(of: Data("102".utf8)) == nil)
        #expect(PrivateFile.mode(try Self.file(place)) == 0o600 && PrivateFile.mode(place.path + "/voicemail") == 0o700)
        // The same sound is other bytes the next time.
        try Self.record(store, 3, "b")
        #expect(
            FileManager.default.contents(atPath: place.path + "/voicemail/101/\(try Self.id("b").text).new") != bytes
        )
    }

    @Test func `it is counted, kept, deleted, and goes with its mailbox`() throws {
        let store = try Place().create()
        let (number, id) = (try Self.number(), try Self.record(store))
        #expect(store.messages.counts(of: number) == (1, 0))
        #expect(try store.messages.keep(id, in: number) && store.messages.counts(of: number) == (0, 1))
        #expect(try store.messages.messages(of: number).map(\.isNew) == [false])
        #expect(try !store.messages.delete(id, in: Self.number("102")))
        #expect(try store.messages.delete(id, in: number) && !store.messages.delete(id, in: number))
        try Self.record(store, 1, "c")
        store.messages.clear(number)
        #expect(store.messages.mailboxes.isEmpty)
    }

    @Test func `a crash loses what was not written yet, and not the message`() throws {
        let place = Place()
        let store = try place.create()
        let writer = try store.messages.begin(Self.id(), in: Self.number(), from: .outside(nil), at: noon)
        for piece in Self.pieces(4) { try writer.write(piece) }
        #expect(store.messages.counts(of: try Self.number()) == (0, 0))
        // What was being written is there by half.
        let path = try Self.file(place)
        let whole = try #require(FileManager.default.contents(atPath: path))
        for missing in [0, 1, 4_000, 8_020] {
            try whole.dropLast(missing).write(to: URL(fileURLWithPath: path))
            store.messages.takeUpInterrupted()
            let sound = try store.messages.sound(of: Self.id(), in: Self.number())
            #expect(sound == Self.pieces(missing == 0 ? 4 : 3).flatMap { $0 })
            try FileManager.default.moveItem(atPath: try Self.file(place), toPath: path)
        }
    }

    @Test func `a message that is changed, moved or cut in the middle is not played`() throws {
        let place = Place()
        let store = try place.create()
        let (id, path) = (try Self.record(store), try Self.file(place))
        let whole = try #require(FileManager.default.contents(atPath: path))
        for at in [5, 30, 300, 9_000, 17_000] {
            var changed = whole
            changed[at] ^= 1
            try changed.write(to: URL(fileURLWithPath: path))
            #expect(throws: (any Error).self, "\(at)") { try store.messages.sound(of: id, in: Self.number()) }
        }
        try whole.write(to: URL(fileURLWithPath: path))
        try FileManager.default.createDirectory(
            atPath: place.path + "/voicemail/102",
            withIntermediateDirectories: true
        )
        try FileManager.default.copyItem(atPath: path, toPath: place.path + "/voicemail/102/\(id.text).new")
        #expect(try store.messages.messages(of: Self.number("102")).isEmpty)
        // Another business has another key.
        let other = Place()
        let stranger = try other.create()
        try FileManager.default.copyItem(atPath: place.path + "/voicemail", toPath: other.path + "/voicemail")
        #expect(try stranger.messages.messages(of: Self.number()).isEmpty)
    }

    @Test func `no file of bytes traps`() throws {
        let place = Place()
        let store = try place.create()
        let (id, path) = (try Self.record(store, 1), try Self.file(place))
        let whole = Array(try #require(FileManager.default.contents(atPath: path)))
        for round in 0..<300 {
            var bytes = whole
            for step in 0..<3 {
                bytes[(round * 131 + step * 977) % min(400, bytes.count)] = UInt8(truncatingIfNeeded: round * 7 + step)
            }
            try Data(bytes.prefix(round * 29 % bytes.count)).write(to: URL(fileURLWithPath: path))
            _ = try? store.messages.sound(of: id, in: Self.number())
        }
    }

    @Test func `a mailbox holds a hundred, and what somebody who hung up said is none`() throws {
        let store = try Place().create()
        let writer = try store.messages.begin(Self.id("d"), in: Self.number(), from: .outside(nil), at: noon)
        try writer.write(Array(repeating: 1, count: 3_999))
        #expect(try !writer.finish() && store.messages.counts(of: Self.number()) == (0, 0))
        for index in 0..<100 {
            let id = try #require(MessageID(parsing: String(repeating: "0", count: 29) + String(100 + index)))
            #expect(
                try {
                    let writer = try store.messages.begin(id, in: Self.number(), from: .outside(nil), at: noon);
                    try writer.write(Array(repeating: 1, count: 4_000)); return try writer.finish()
                }()
            )
        }
        #expect(throws: StoreError.self) {
            try store.messages.begin(Self.id("e"), in: Self.number(), from: .outside(nil), at: noon)
        }
        #expect(store.messages.deleteOld(before: noon + .seconds(1)) == 100)
    }

    @Test func `a PIN's hash is sealed, and comes back with the mailbox`() throws {
        let place = Place()
        let store = try place.create()
        let origin = SettingOrigin(by: "test", at: noon)
        let box = Mailbox(pin: Redacted("$argon2id$secret"), since: noon, by: origin)
        let extension101 = Extension(number: try Self.number(), name: "101", createdAt: noon)
        let draft = JournalDraft(actor: "test", action: "a", subject: "b", detail: "{}")
        _ = try store.change(
            [.put(extension101), .outside(.route(.keepMessages(try Self.number(), box)))],
            journal: [draft],
            at: noon
        )
        let stored = try #require(try store.storedSettings().outside.routing.mailboxes[Self.number()])
        #expect(stored == box && stored.pin?.reveal { copy $0 } == "$argon2id$secret")
        for file in try FileManager.default.contentsOfDirectory(atPath: place.path) {
            #expect(try !String(decoding: place.read(file), as: UTF8.self).contains("argon2id"), "\(file)")
        }
        #expect(try !String(decoding: JSONEncoder().encode(box), as: UTF8.self).contains("argon2id"))
    }
}
