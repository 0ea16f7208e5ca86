// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Measurements of what is hot. Only the allocation counts are gates: they do not depend on the machine.
@main
struct Bench {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let isFine: Bool
        switch arguments.first {
        case "media-relay": isFine = mediaBenchmark(arguments: Array(arguments.dropFirst()))
        case nil: isFine = mediaBenchmark(arguments: [])
        default:
            print("usage: Bench [media-relay [serve CALLS STREAMS PORT]]")
            isFine = false
        }
        exit(isFine ? 0 : 1)
    }
}
