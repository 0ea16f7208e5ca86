// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A folder for a business that is made to be attacked, gone with everything in it when nobody holds this any more.
public final class DrillFolder: Sendable {
    public let path: String

    public init() throws(StoreError) {
        var name = Array("/tmp/ringfence-drill-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else { throw .system(call: "mkdtemp", path: "/tmp", errno: errno) }
        path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Copies a folder into it as it is at this moment, as a crash leaves it.
    public func takeOver(_ folder: String) throws {
        let name = folder.split(separator: "/").last.map(String.init) ?? "copy"
        try FileManager.default.copyItem(atPath: folder, toPath: path + "/" + name)
    }

    /// The files in it in which these bytes stand, by their names in the folder, but for the key.
    ///
    /// - Parameter anyOf: None of them empty.
    public func files(holding anyOf: [[UInt8]]) -> [String] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.sorted().filter { name in
            guard !name.hasSuffix("seal.key"), let bytes = FileManager.default.contents(atPath: path + "/" + name)
            else { return false }
            return anyOf.contains { bytes.range(of: Data($0)) != nil }
        }
    }
}
