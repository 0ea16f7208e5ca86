// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The simulated fraud benchmark. `Scripts/bench-fraud` runs it, after it has looked whether the scenarios are those that were frozen.
@main
struct FraudBench {
    static let usage = """
        usage: FraudBench [--seeds FIRST-LAST | --test] [--detector NAME]… [--ablate] | --list SEED BUSINESS
          --seeds     seeds to run (default 1-20, the ones to tune with)
          --test      seeds 101-200: once for a release
          --detector  only this one, beside no-control; may be repeated
          --ablate    also each of its rules left out
          --list      the calls of one business without control, for a replay: seconds, payer, number, class,
                      euros a minute, route, address, ringing, speech, attack or -
        """

    static func main() {
        guard let options = Options(parsing: CommandLine.arguments.dropFirst()) else {
            print(usage)
            exit(2)
        }
        if let (seed, business) = options.listed {
            return CallList(seed: seed, business: business).lines.forEach { print($0) }
        }
        let runs = Run.all(options.runs, seeds: options.seeds) { seed in
            FileHandle.standardError.write(Data("simulated seed \(seed)\n".utf8))
        }
        FraudReport(seeds: options.seeds, runs: runs).lines().forEach { print($0) }
    }

    /// What the command line asks for.
    struct Options {
        var seeds = World.trainSeeds
        var names: [String] = []
        var ablates = false
        var listed: (seed: Int, business: Int)?

        init?(parsing arguments: ArraySlice<String>) {
            var rest = arguments
            while let argument = rest.popFirst() {
                switch argument {
                case "--test": seeds = World.testSeeds
                case "--ablate": ablates = true
                case "--detector":
                    guard let name = rest.popFirst(), DetectorPlan.all.contains(where: { $0.name == name }) else {
                        return nil
                    }
                    names.append(name)
                case "--list":
                    let numbers = [rest.popFirst(), rest.popFirst()].compactMap { $0.flatMap { Int($0) } }
                    guard numbers.count == 2, (0..<World.perKind * BusinessKind.allCases.count).contains(numbers[1])
                    else { return nil }
                    listed = (numbers[0], numbers[1])
                case "--seeds":
                    guard let range = rest.popFirst().flatMap(Self.range) else { return nil }
                    seeds = range
                default: return nil
                }
            }
        }

        private static func range(_ text: String) -> ClosedRange<Int>? {
            let parts = text.split(separator: "-").compactMap { Int($0) }
            guard let first = parts.first, let last = parts.last, parts.count <= 2, first <= last else { return nil }
            return first...last
        }

        var runs: [Run] {
            let plans = DetectorPlan.all.dropFirst().filter { names.isEmpty || names.contains($0.name) }
            let ablations = ablates ? plans.flatMap { plan in plan.rules.map { Run(plan, without: $0) } } : []
            return [Run(DetectorPlan.all[0])] + plans.map { Run($0) } + ablations
        }
    }
}
