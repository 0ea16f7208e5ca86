// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct PatternRehearse: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse",
        abstract: "See what would become of calls to the outside. Nobody is called, and nothing is paid.",
        discussion: """
            Tried on a copy of what the running server decides by, with what it has counted
            so far. Every country is open in the copy, and somebody answers at once.

              ringfence pattern rehearse 204 +33140100000 --calls 30
              ringfence pattern rehearse 204 +33140100000 --calls 40 --apart 1200 \\
                --lasts 60 --closed
            """
    )

    @Argument(help: ArgumentHelp("The extension that pays.", valueName: "number"))
    var number: String

    @Argument(help: ArgumentHelp("The number outside, with + and country code.", valueName: "called"))
    var called: String

    @Option(help: "How many calls.")
    var calls = 1

    @Option(help: "Seconds from the beginning of one to that of the next.")
    var apart = 0

    @Option(help: "Seconds that each is spoken; without it, until something ends it.")
    var lasts: Int?

    @Option(help: ArgumentHelp("What a minute costs in the copy.", valueName: "amount"))
    var price = "0.01"

    @Flag(help: "As if the business were closed.")
    var closed = false

    @OptionGroup var options: ServerOptions

    func validate() throws {
        try NumberArgument.check(number)
        guard PhoneNumber(parsing: called) != nil else {
            throw ValidationError("'\(called)' is no number outside; give one like +33140100000.")
        }
        guard Money(parsing: price) != nil else { throw ValidationError("'\(price)' is no amount.") }
        guard rehearsal != nil else {
            throw ValidationError("There are 1 to \(Guard.Limits.rehearsedCalls) calls within two days.")
        }
    }

    private var rehearsal: CallRehearsal? {
        guard (1...Guard.Limits.rehearsedCalls).contains(calls), (0...172_800).contains(apart),
            (0...172_800).contains(lasts ?? 0), let caller = ExtensionNumber(parsing: number),
            let called = PhoneNumber(parsing: called), let price = Money(parsing: price)
        else { return nil }
        let list = (0..<calls).map {
            CallRehearsal.Call(caller, called, at: $0 * apart * 1_000, lasts: lasts.map { $0 * 1_000 })
        }
        return CallRehearsal(list, price: price, isOpen: closed ? false : nil)
    }

    var command: RehearseCalls { RehearseCalls(rehearsal) }

    private func fate(of call: RehearsedCall) -> String {
        if let refusal = call.refusal { return "\(refusal.status): \(refusal.reason)" }
        return call.endedAt == nil ? "leaves" : "leaves, and is ended for want of money"
    }

    func output(of seen: [RehearsedCall]) throws -> Output {
        let rows = seen.enumerated().compactMap { index, call -> [String]? in
            let told = call.news.map(\.sentence)
            // Only where something changes.
            if index > 0, fate(of: call) == fate(of: seen[index - 1]), told.isEmpty { return nil }
            return ["\(index + 1)", fate(of: call), told.joined(separator: "; ")]
        }
        let left = seen.count { $0.refusal == nil }
        return try Output(
            Table(["call", "what becomes of it", "what people are told"], rows).text
                + "\n\n\(left) of \(seen.count) calls would leave.",
            json: seen
        )
    }
}
