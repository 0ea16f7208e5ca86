// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("Block lists")
struct BlockTests {
    private func list(_ entries: [String], anonymous: Bool = false) throws -> BlockList {
        var list = BlockList()
        list.rejectsAnonymous = anonymous
        for text in entries {
            let entry = try #require(BlockList.Entry(parsing: text))
            let isIn = list.add(entry)
            #expect(isIn)
        }
        return list
    }

    @Test(arguments: ["+4940555123", "+4940*"])
    func `a blocked number hears what a number hears that calls nobody`(_ entry: String) throws {
        var scene = try RoutingScene()
        scene.apply([.route(.block(try list([entry]), of: nil))])
        let blocked = scene.bring("blocked")
        let unknown = scene.outside.bring(to: "+49309999999", from: "+4930111222", callID: "unknown")
        #expect(blocked.map(\.status) == [100, 404] && unknown.map(\.status) == [100, 404])
        let fields = { (message: Message?) in
            message.map { message in
                String(decoding: message.bytes, as: UTF8.self).split(separator: "\r\n").compactMap {
                    $0.split(separator: ":").first
                }
            }
        }
        #expect(fields(blocked.last) == fields(unknown.last), "not one field more or less")
        #expect(scene.look().rings.isEmpty)
        #expect(scene.outside.office.records.contains { $0.reason == "the business has blocked +4940555123" })
        _ = scene.bring("other", from: "+4930555123")
        #expect(scene.look().rings == ["102", "103", "104"])
    }

    @Test func `the number is judged as the provider means it, however it is written`() throws {
        var scene = try RoutingScene()
        scene.apply([.route(.block(try list(["+4940555123"]), of: nil))])
        for (index, spelling) in ["+4940555123", "%2B4940555123", "+49-40-555-123"].enumerated() {
            #expect(scene.bring("call-\(index)", from: spelling).last?.status == 404, "\(spelling)")
        }
        #expect(scene.look().rings.isEmpty)
    }

    @Test func `an extension's list is for its own calls, and its place in a group`() throws {
        var scene = try RoutingScene()
        let number = try #require(ExtensionNumber(parsing: "102"))
        scene.apply([.route(.block(try list(["+4940555123"]), of: number))])
        #expect(scene.outside.bring(from: "+4940555123", callID: "own").last?.status == 404)
        _ = scene.bring("group")
        #expect(scene.look().rings == ["103", "104"])
    }

    @Test func `who withholds their number is told that it takes one`() throws {
        var scene = try RoutingScene()
        scene.apply([.route(.block(try list([], anonymous: true), of: nil))])
        let heard = scene.outside.bring(to: RoutingScene.number, callID: "hidden", extra: ["Privacy: id"])
        #expect(heard.last?.status == 433, "RFC 5079")
        #expect(scene.look().rings.isEmpty)
        let unknown = scene.outside.bring(to: "+49309999999", callID: "unknown", extra: ["Privacy: id"])
        #expect(unknown.last?.status == 433, "whatever they call, so that nobody learns which numbers there are")
        _ = scene.bring("shown")
        #expect(scene.look().rings.count == 3)
    }

    @Test func `calls inside are not blocked`() throws {
        var scene = try RoutingScene()
        scene.apply([.route(.block(try list(["+1*", "+4*"], anonymous: true), of: nil))])
        _ = try scene.outside.dial("102")
        #expect(scene.look().rings == ["102"])
    }
}
