// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Measurements of what is hot. Only the allocation counts are gates: they do not depend on the machine.
@main
struct Bench {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let gates: [Bool]
        switch arguments.first {
        case "parse": gates = [parseBenchmark()]
        case "registration": gates = [registrationBenchmark()]
        case "media-relay": gates = [mediaBenchmark(arguments: Array(arguments.dropFirst()))]
        case "records": gates = [recordBenchmark()]
        case "ledger": gates = [ledgerBenchmark()]
        case "conference": gates = [conferenceBenchmark()]
        case nil:
            gates = [
                parseBenchmark(), registrationBenchmark(), mediaBenchmark(arguments: []), recordBenchmark(),
                ledgerBenchmark(), conferenceBenchmark(),
            ]
        default:
            print(
                "usage: Bench [parse | registration | records | ledger | conference | media-relay [serve CALLS STREAMS PORT]]"
            )
            gates = [false]
        }
        exit(gates.allSatisfy { $0 } ? 0 : 1)
    }
}
