// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Primitives
import Testing

@testable import Store

@Suite("Greetings on the disk")
struct GreetingFolderTests {
    private static func number() throws -> ExtensionNumber { try #require(ExtensionNumber(parsing: "101")) }

    private static func record(_ store: RingfenceStore, _ greeting: Greeting, _ byte: UInt8) throws {
        let writer = try store.greetings.begin(greeting, by: number(), at: noon)
        for _ in 0..<2 { try writer.write(Array(repeating: byte, count: 8_000)) }
        #expect(try writer.finish())
    }

    @Test func `callers hear the one that was kept, and another one does not take its place before it is kept`() throws
    {
        let place = Place()
        let store = try place.create()
        let greeting = Greeting.mailbox(try Self.number())
        #expect(try store.greetings.sound(of: greeting) == nil)
        #expect(try !store.greetings.keep(greeting))
        try Self.record(store, greeting, 7)
        #expect(try store.greetings.sound(of: greeting) == nil)
        #expect(try store.greetings.draft(of: greeting).count == 16_000)
        #expect(try store.greetings.keep(greeting))
        try Self.record(store, greeting, 8)
        #expect(try store.greetings.sound(of: greeting)?.first == 7)
        #expect(try store.greetings.keep(greeting))
        #expect(try store.greetings.sound(of: greeting)?.first == 8)
        store.greetings.remove(greeting)
        #expect(try store.greetings.sound(of: greeting) == nil)
    }

    @Test func `W06 the disk holds noise, and one that is put in the place of another does not open`() throws {
        let place = Place()
        let store = try place.create()
        let (own, menu) = (Greeting.mailbox(try Self.number()), Greeting.menu(try #require(ShortName(parsing: "main"))))
        try Self.record(store, own, 7)
        #expect(try store.greetings.keep(own))
        let path = place.path + "/greetings/mailbox-101.kept"
        let bytes = try #require(FileManager.default.contents(atPath: path))
        #expect(bytes.range(of: Data(repeating: 7, count: 8)) == nil && PrivateFile.mode(path) == 0o600)
        try FileManager.default.copyItem(atPath: path, toPath: place.path + "/greetings/menu-main.kept")
        #expect(throws: StoreError.self) { try store.greetings.sound(of: menu) }
        // Nor does a message of somebody who called, as what its owner says.
        try Self.record(store, menu, 9)
        #expect(throws: StoreError.self) { try store.greetings.sound(of: menu) }
        #expect(try store.greetings.keep(menu))
        #expect(try store.greetings.sound(of: menu)?.first == 9)
    }
}
