// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Test data that we did not invent. What RFCs print is in `Tests/Corpora`; what other projects wrote is read where it lies and
/// never copied: in `RINGFENCE_SHARED`, or `../shared` beside the package.
public enum Corpus {
    private static let package: URL = {
        var folder = URL(filePath: #filePath).deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path)
        {
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    private static let shared: URL =
        ProcessInfo.processInfo.environment["RINGFENCE_SHARED"].map { URL(filePath: $0) }
        ?? package.deletingLastPathComponent().appending(path: "shared")

    /// A folder or a file: the one that the package carries, or else the shared one.
    public static func folder(_ name: String) -> URL {
        let carried = package.appending(path: "Tests/Corpora/\(name)")
        if FileManager.default.fileExists(atPath: carried.path) { return carried }
        return shared.appending(path: "corpora/\(name)")
    }

    /// Whether a folder is there. Says so when it is not, because a suite that is skipped in silence proves nothing.
    public static func has(_ name: String) -> Bool {
        let isThere = FileManager.default.fileExists(atPath: folder(name).path)
        if !isThere { print("SKIPPED: \(folder(name).path) is not there; set RINGFENCE_SHARED") }
        return isThere
    }

    public static func read(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder(path)))
    }

    /// The names of the files below a folder, in order; none when it is not there.
    public static func files(_ name: String, withSuffix suffix: String) -> [String] {
        let start = folder(name)
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: start.path)) ?? []
        return names.filter { name in
            let file = start.appending(path: name)
            return name.hasSuffix(suffix)
                && (try? file.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true
        }.sorted().map { "\(name)/\($0)" }
    }

    /// The rows of an `EXPECT.tsv`, without its heading.
    public static func expectations(_ name: String) -> [(file: String, strict: String)] {
        guard let text = try? String(contentsOf: folder(name).appending(path: "EXPECT.tsv"), encoding: .utf8) else {
            return []
        }
        let rows = text.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        guard let column = rows.first?.firstIndex(of: "strict_secure_server_should") else { return [] }
        return rows.dropFirst().map { (String($0[0]), String($0[column])) }
    }

    /// The messages of a file of php-sip: a list of block scalars, which is all the YAML there is in these files.
    public static func messages(ofYAML path: String) throws -> [[UInt8]] {
        let text = String(decoding: try read(path), as: UTF8.self)
        return text.replacing("- |+\n", with: "\u{0}").split(separator: "\u{0}").dropFirst().map { block in
            let lines = block.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("#") }
            let message = lines.map { $0.dropFirst(2) }.joined(separator: "\r\n")
            // The end of the file took the blank line of the last one.
            return Array((message.contains("\r\n\r\n") ? message : message + "\r\n").utf8)
        }
    }

    /// A message that an RFC prints, as it was meant: without the prose between two messages, with long lines joined again
    /// (RFC 4475 §2.1), and with its own length, which is often a word or a mistake in print.
    ///
    /// - Parameter name: Such as `rfc3666_001`.
    public static func example(_ name: String) throws -> [UInt8] {
        let bytes = try read("rfc-examples/\(name).sip")
        let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        let joined = text.replacing(#/<allOneLine>\n((?:.*\n)*?)</allOneLine>/#) { match in
            match.output.1.replacing("\n", with: "")
        }
        let parts = joined.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
        let prose = #/\s*(\. \. \.|F\d+ .*|/\*.*|\* F\d.*|\[PIDF document\])/#
        let lines = parts[0].split(separator: "\n").filter { line in
            let name = line.prefix { $0 != ":" }.lowercased().filter { $0 != " " }
            return name != "content-length" && name != "l" && line.wholeMatch(of: prose) == nil
        }
        let body = parts.count > 1 ? parts[1].replacing("\n", with: "\r\n") : ""
        let header = lines.joined(separator: "\r\n")
        return Array("\(header)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
    }
}
