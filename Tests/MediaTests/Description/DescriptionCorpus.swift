// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestKit

/// Session descriptions that we did not write.
enum DescriptionCorpus {
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
        try JSONDecoder().decode([Pair].self, from: Data(Corpus.read("rtpengine/offer_answer.dev.json")))
    }

    /// The files below a folder, with their bytes, in the order of their paths.
    static func files(in folder: String) throws -> [(name: String, bytes: [UInt8])] {
        try Corpus.files(folder, withSuffix: "").map { (String($0.dropFirst(folder.count + 1)), try Corpus.read($0)) }
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

    /// Those inside the messages that RFCs print.
    static func printed() throws -> [[UInt8]] {
        try ["rfc-examples", "rfc4475", "rfc5118-crlf"].flatMap { folder in
            try files(in: folder).flatMap { embedded(in: $0.bytes) }
        }
    }

    /// All that are there, for tests that only need many.
    static func all() throws -> [[UInt8]] {
        var seeds = try printed()
        if Corpus.has("rtpengine") { seeds += try pairs().flatMap { [Array($0.given.utf8), Array($0.expected.utf8)] } }
        for folder in ["rtpengine/sdp-in", "pjsip/tests/fuzz/seed-unpacked/fuzz-sdes"] {
            seeds += try files(in: folder).map(\.bytes)
        }
        for folder in ["php-sip", "sip2json", "sipp"] {
            seeds += try files(in: folder).flatMap { embedded(in: $0.bytes) }
        }
        return seeds
    }
}
