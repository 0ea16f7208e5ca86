// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Session descriptions that we did not write: those in `../shared/corpora`, or where `RINGFENCE_SHARED` says.
enum DescriptionCorpus {
    static let folder: URL? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        let named = ProcessInfo.processInfo.environment["RINGFENCE_SHARED"].map { URL(filePath: $0) }
        let folder = (named ?? root.appending(path: "../shared")).appending(path: "corpora")
        guard FileManager.default.fileExists(atPath: folder.path) else {
            print(
                "SKIPPED: no corpora at \(folder.path); set RINGFENCE_SHARED to run the tests over descriptions of others"
            )
            return nil
        }
        return folder
    }()

    static var isThere: Bool { folder != nil }

    /// One offer or answer of rtpengine's tests: what it was given, and what it made of that.
    struct Pair: Decodable {
        let name: String
        let given: String
        let expected: String

        enum CodingKeys: String, CodingKey {
            case name
            case given = "sdp_in"
            case expected = "sdp_expected"
        }
    }

    static func pairs() throws -> [Pair] {
        guard let folder else { return [] }
        let data = try Data(contentsOf: folder.appending(path: "rtpengine/offer_answer.dev.json"))
        return try JSONDecoder().decode([Pair].self, from: data)
    }

    /// The files below a folder, with their bytes, in the order of their paths.
    static func files(in path: String) throws -> [(name: String, bytes: [UInt8])] {
        guard let folder else { return [] }
        let start = folder.appending(path: path)
        let names = FileManager.default.enumerator(atPath: start.path)?.compactMap { $0 as? String } ?? []
        return try names.sorted().compactMap { name in
            let file = start.appending(path: name)
            guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { return nil }
            return (name, Array(try Data(contentsOf: file)))
        }
    }

    /// The descriptions inside a file of SIP messages: from each line `v=0` on, for as long as lines look like `x=`.
    static func embedded(in bytes: [UInt8]) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var current: [UInt8]?
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let isStart = line.elementsEqual("v=0".utf8) || line.elementsEqual("v=0\r".utf8)
            let belongs = line.count > 2 && line.dropFirst().first == UInt8(ascii: "=")
            if isStart || !belongs {
                if let current { found.append(current) }
                current = isStart ? [] : nil
            }
            current?.append(contentsOf: line)
            current?.append(UInt8(ascii: "\n"))
        }
        if let current { found.append(current) }
        return found
    }

    /// All of them, for tests that only need many.
    static func all() throws -> [[UInt8]] {
        var seeds = try pairs().flatMap { [Array($0.given.utf8), Array($0.expected.utf8)] }
        seeds += try files(in: "rtpengine/sdp-in").map(\.bytes)
        seeds += try files(in: "pjsip/tests/fuzz/seed-unpacked/fuzz-sdes").map(\.bytes)
        for folder in ["rfc-examples", "php-sip", "sip2json", "sipp", "rfc4475", "rfc5118-crlf"] {
            seeds += try files(in: folder).flatMap { embedded(in: $0.bytes) }
        }
        return seeds
    }
}
