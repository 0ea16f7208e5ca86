// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Testing

@testable import Store

@Suite("Control stored-audio: what a thief of the disk gets")
struct AudioDrillTests {
    @Test(arguments: StoredAudioTheft.allCases)
    func `W06 nobody without the key hears a message, and whoever has it hears all of it`(
        theft: StoredAudioTheft
    ) throws {
        #expect(try AudioDrill.run(theft, at: noon) == nil)
    }

    @Test func `a folder of a drill finds what stands in it, and goes`() throws {
        var folder: DrillFolder? = try DrillFolder()
        let path = try #require(folder?.path)
        #expect(FileManager.default.createFile(atPath: path + "/sound", contents: Data("what was said".utf8)))
        #expect(folder?.files(holding: [Array("was".utf8)]) == ["sound"])
        #expect(folder?.files(holding: [Array("is".utf8)]) == [])
        folder = nil
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
