// SPDX-License-Identifier: Apache-2.0

import Admin
import Audit
import Foundation
import Glibc
import Model
import Primitives
import Testing

@testable import Server

@Suite("Somebody opens the database while it is served")
struct DatabaseLockTests {
    /// As `sqlite3 ringfence.sqlite` does, in a process of its own.
    private func touch(_ database: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute('select count(*) from journal').fetchall(); d.close()",
            database,
        ]
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test func `an audit has read its bytes, and what is written afterwards is there after a restart`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let folder = scene.system.directory
            for file in StoredFile.all(in: folder) {
                guard let blocks = FileBlocks.reading(file.path) else { continue }
                while !blocks.next().isEmpty {}
            }
            let log = folder + "/ringfence.sqlite-wal"
            let before = try FileManager.default.attributesOfItem(atPath: log)[.systemFileNumber] as? Int
            #expect(try touch(folder + "/ringfence.sqlite") == 0)
            let after = try FileManager.default.attributesOfItem(atPath: log)[.systemFileNumber] as? Int
            #expect(before != nil && before == after, "the log that the server writes to is not deleted")
        }
    }
}
