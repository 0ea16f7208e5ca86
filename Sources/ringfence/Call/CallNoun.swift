// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct CallNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "The calls of this moment.",
        subcommands: [CallList.self, CallDial.self, CallEnd.self, RecordExport.self]
    )
}

struct CallList: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the calls that are up, and how both sides are encrypted."
    )

    @OptionGroup var options: ServerOptions

    var command: ListCalls { ListCalls() }

    func output(of calls: ListCalls.Reply) throws -> Output {
        try Output(calls.isEmpty ? "There are no calls." : CallReport.table(calls), json: calls)
    }
}

struct CallDial: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "dial",
        abstract: "Have an extension call somebody: its phones ring first.",
        discussion: """
            Whoever picks up calls, as if they had dialled: by the same rules, and the
            extension pays. They hear nothing until the other one answers. Numbers for help
            are dialled by people only.

              ringfence call dial 101 102
              ringfence call dial 101 030123456
            """
    )

    @Argument(help: ArgumentHelp("The extension that calls.", valueName: "from"))
    var caller: String

    @Argument(help: ArgumentHelp("What it would dial.", valueName: "to"))
    var dialled: String

    @OptionGroup var options: ServerOptions

    func validate() throws { try NumberArgument.check(caller) }

    var command: DialCall { DialCall(caller: caller, dialled: dialled) }

    func output(of call: DialCall.Reply) throws -> Output {
        try Output(
            "Extension \(call.caller) rings. Who picks up there calls \(call.callee).",
            json: call,
            hint: "End it: ringfence call end \(call.id)"
        )
    }
}

struct CallEnd: ServerCommand {
    static let configuration = CommandConfiguration(commandName: "end", abstract: "End a call for both sides.")

    @Argument(help: ArgumentHelp("The call, as 'ringfence call list' shows it.", valueName: "call"))
    var id: String

    @OptionGroup var options: ServerOptions

    var command: EndCall { EndCall(id: id) }

    func output(of ended: EndCall.Reply) throws -> Output {
        try Output("Call \(ended.id) is ended.", json: ended, hint: "Its record: ringfence record list --limit 1")
    }
}

extension CallReport {
    static func table(_ calls: [CallReport]) -> String {
        let rows = calls.map {
            [
                $0.id, $0.caller.text, $0.callee.text, $0.startedAt.seconds,
                $0.place.map { "waits at \($0)" } ?? $0.answeredAt?.seconds ?? "ringing",
                $0.callerProtection.words, $0.calleeProtection.words,
            ]
        }
        return Table(["call", "from", "to", "started", "answered", "caller's leg", "callee's leg"], rows).text
    }
}

extension LegProtection? {
    /// `TLSv1.3, AEAD_AES_256_GCM`.
    var words: String {
        guard let self else { return "-" }
        let audio = self.isReadable ? "audio NOT ENCRYPTED" : self.srtpSuite ?? "no audio yet"
        return "\(self.tlsVersion ?? self.transport.uppercased()), \(audio)"
    }
}
