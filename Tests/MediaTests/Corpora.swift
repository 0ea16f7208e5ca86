// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Test data that others wrote. It is read where it lies and never part of the project.
enum Corpora {
    /// `$RINGFENCE_SHARED`, or `shared` beside the package.
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["RINGFENCE_SHARED"] { return URL(fileURLWithPath: path) }
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return package.deletingLastPathComponent().appendingPathComponent("shared")
    }()

    /// Says so when the data is not there: a skipped test must not look like a passed one.
    static func has(_ path: String) -> Bool {
        let isThere = FileManager.default.fileExists(atPath: folder.appendingPathComponent("corpora/\(path)").path)
        if !isThere { print("SKIPPED: no corpora/\(path) in \(folder.path); set RINGFENCE_SHARED") }
        return isThere
    }

    static func data(_ path: String) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent("corpora/\(path)"))
    }

    /// The contents of every file in a folder.
    static func all(in path: String) throws -> [[UInt8]] {
        let files = try FileManager.default.contentsOfDirectory(
            at: folder.appendingPathComponent("corpora/\(path)"),
            includingPropertiesForKeys: nil
        )
        return try files.sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
    }
}
