// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct ForwardNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forward",
        abstract: "Where the calls of an extension go instead of its phones.",
        subcommands: [
            ForwardSet.self, ForwardFollow.self, ForwardClear.self, ForwardList.self, ForwardQuiet.self,
            ForwardWaiting.self,
        ]
    )
}

struct ForwardSet: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Send calls of an extension elsewhere.",
        discussion: """
            The extension has to be allowed to: ringfence extension forwarding --help. A
            forward to a number outside is a call of the extension: it pays, by its rights.

              ringfence forward set 101 always 102
              ringfence forward set 101 busy 103
              ringfence forward set 101 no-answer +491701234567 --after 15
              ringfence forward set 101 unreachable +491701234567

            Phones set and clear their own by codes: *21*102 and *21 always, *67 busy,
            *61 no answer, *62 unreachable; *78 and *79 leave an extension alone, or not.
            """
    )

    @OptionGroup var number: NumberArgument

    @Argument(help: ArgumentHelp("When: always, busy, no-answer or unreachable.", valueName: "when"))
    var occasion: ForwardSettings.Occasion

    @Argument(help: ArgumentHelp("An extension, or a number with its country code.", valueName: "target"))
    var target: String

    @Option(help: "Seconds that its phones ring before no-answer. Default: 20.")
    var after: Int?

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard Forward.Target(parsing: target) != nil else {
            throw ValidationError("'\(target)' is no target: write an extension, or a number like +493012345678.")
        }
        guard after == nil || occasion == .noAnswer else { throw ValidationError("--after goes with no-answer only.") }
    }

    var command: SetForward { SetForward(number: number.text, occasion, to: target, after: after) }

    func output(of report: ForwardReport) throws -> Output {
        try Output("Calls of extension \(report.extension) go to \(target) \(occasion.words).", json: report)
    }
}

struct ForwardFollow: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow",
        abstract: "Look for an extension elsewhere when its phones do not answer.",
        discussion: """
            Its own phones ring first, then each place in turn. Without any place it is
            looked for nowhere. Numbers outside are calls of the extension: it pays.

              ringfence forward follow 101 102 +491701234567 --seconds 15
              ringfence forward follow 101
            """
    )

    @OptionGroup var number: NumberArgument

    @Argument(help: ArgumentHelp("Extensions, and numbers with their country code.", valueName: "target"))
    var targets: [String] = []

    @Option(help: "How long its own phones ring, and each place. Default: 20.")
    var seconds: Int?

    @OptionGroup var options: ServerOptions

    func validate() throws {
        for target in targets where Forward.Target(parsing: target) == nil {
            throw ValidationError("'\(target)' is no target: write an extension, or a number like +493012345678.")
        }
    }

    var command: SetFollowMe { SetFollowMe(number: number.text, targets: targets, seconds: seconds) }

    func output(of report: ForwardReport) throws -> Output {
        let places = report.settings.follow.map { $0.targets.map(\.text).joined(separator: ", then ") }
        return try Output(
            "Extension \(report.extension) is looked for at \(places ?? "its own phones only").",
            json: report
        )
    }
}

struct ForwardClear: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear",
        abstract: "Let calls ring at the extension's phones again.",
        discussion: """
              ringfence forward clear 101
              ringfence forward clear 101 busy
            """
    )

    @OptionGroup var number: NumberArgument

    @Argument(help: ArgumentHelp("Only always, busy, no-answer or unreachable.", valueName: "when"))
    var occasion: ForwardSettings.Occasion?

    @OptionGroup var options: ServerOptions

    var command: ClearForward { ClearForward(number: number.text, occasion) }

    func output(of report: ForwardReport) throws -> Output {
        let words = occasion.map { " \($0.words)" } ?? ""
        return try Output("Calls of extension \(report.extension) are forwarded no more\(words).", json: report)
    }
}

struct ForwardList: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show every forward, who set it, when and from where."
    )

    @OptionGroup var options: ServerOptions

    var command: ListForwards { ListForwards() }

    func output(of list: [ForwardReport]) throws -> Output {
        let rows = list.flatMap { report in
            ForwardSettings.Occasion.allCases.compactMap { occasion in
                report.settings.forwards[occasion].map { forward in
                    let wait = occasion == .noAnswer ? " after \(forward.seconds) s" : ""
                    return row(report.extension, occasion.rawValue + wait, forward.target.text, forward.origin)
                }
            } + follow(report) + (report.settings.quiet.map { [row(report.extension, "quiet", "-", $0)] } ?? [])
                + (report.settings.oneCall.map { [row(report.extension, "one call at a time", "-", $0)] } ?? [])
        }
        guard !rows.isEmpty else {
            let hint = "Set one: ringfence forward set 101 no-answer 102"
            return try Output("No extension forwards its calls by a setting.", json: list, hint: hint)
        }
        return try Output(Table(["extension", "when", "to", "set by", "at", "from"], rows).text, json: list)
    }

    private func follow(_ report: ForwardReport) -> [[String]] {
        guard let follow = report.settings.follow else { return [] }
        let places = follow.targets.map(\.text).joined(separator: ", ")
        return [row(report.extension, "follow after \(follow.seconds) s", places, follow.origin)]
    }

    private func row(_ number: ExtensionNumber, _ when: String, _ to: String, _ origin: SettingOrigin) -> [String] {
        [number.text, when, to, origin.by, origin.at.seconds, "\(origin.from)"]
    }
}

struct ForwardQuiet: SettingCommand {
    enum Switch: String, ExpressibleByArgument, CaseIterable { case on, off }

    static let configuration = CommandConfiguration(
        commandName: "quiet",
        abstract: "Leave an extension alone (do not disturb), or not.",
        discussion: """
            Callers hear that it is busy, or get to where it forwards to when it is busy.

              ringfence forward quiet 101 on
            """
    )

    @OptionGroup var number: NumberArgument

    @Argument(help: ArgumentHelp("on or off.", valueName: "on|off"))
    var state: Switch

    @OptionGroup var options: ServerOptions

    var command: SetQuiet { SetQuiet(number: number.text, state == .on) }

    func output(of report: ForwardReport) throws -> Output {
        let words = report.settings.quiet == nil ? "takes calls" : "takes no calls"
        return try Output("Extension \(report.extension) \(words).", json: report)
    }
}

struct ForwardWaiting: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "waiting",
        abstract: "Let an extension ring while it is in a call (call waiting), or be busy.",
        discussion: """
            Phones do it by *71 (ring) and *70 (be busy).

              ringfence forward waiting 101 off
            """
    )

    @OptionGroup var number: NumberArgument

    @Argument(help: ArgumentHelp("on or off.", valueName: "on|off"))
    var state: ForwardQuiet.Switch

    @OptionGroup var options: ServerOptions

    var command: SetCallWaiting { SetCallWaiting(number: number.text, state == .on) }

    func output(of report: ForwardReport) throws -> Output {
        let words = report.settings.oneCall == nil ? "rings while it is in a call" : "takes one call at a time"
        return try Output("Extension \(report.extension) \(words).", json: report)
    }
}
