// SPDX-License-Identifier: Apache-2.0

import Audit
import Foundation
import Model
import Primitives
import Testing

@testable import Server

@Suite("Control media-source: what the audit sees")
struct AuditedDropsTests {
    @Test func `M01 packets that belong to no call are in the audit, by the reason they were dropped for`() async throws
    {
        try await Office.open { office in
            let stranger = try await DatagramPeer.open()
            for _ in 0..<5 { stranger.say("neither RTP nor RTCP", to: office.configuration.media[0].rtp) }
            var drops: [String: UInt64] = [:]
            for _ in 0..<400 where drops["notMedia"] != 5 {
                try await Task.sleep(for: .milliseconds(50))
                drops = office.server.media.counters.drops
            }
            #expect(drops == ["notMedia": 5])
            let root = FileManager.default.temporaryDirectory.appending(path: "root-\(UUID().uuidString).pem")
            try office.root.write(to: root, atomically: true, encoding: .utf8)
            defer { try? FileManager.default.removeItem(at: root) }
            let system = try await office.server.liveSystem(
                store: office.store,
                directory: office.configuration.directory,
                host: "pbx.test",
                authority: root.path
            )
            #expect(system.media.drops == drops)
            await stranger.close()
        }
    }
}
