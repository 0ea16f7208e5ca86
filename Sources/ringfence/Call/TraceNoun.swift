// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model
import Primitives
import Server
import Store

struct TraceNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "What phones, providers and the server say to each other, for whoever looks for a fault.",
        discussion: """
            Nothing is noted unless somebody starts it, and it ends by itself. It is kept
            in memory, without passwords, keys of audio, texts and pressed keys.

              ringfence trace start --until 30m
              ringfence trace show
              ringfence trace export CALL call.pcap
            """,
        subcommands: [TraceStart.self, TraceShow.self, TraceExport.self, TraceStop.self]
    )
}

struct TraceStart: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Note it from now on, and perhaps send it to a collector.",
        discussion: """
            A collector, such as Homer or sngrep, gets each message as a packet of HEP3
            over UDP. That is not encrypted, so it may be on this machine or in a private
            network only. What was noted before is forgotten.

              ringfence trace start --until 2h --hep 127.0.0.1:9060
            """
    )

    @Option(help: "When it ends: 30m or 2h from now, a day at most.")
    var until: String

    @Option(help: ArgumentHelp("Where a collector listens.", valueName: "address:port"))
    var hep: String?

    @OptionGroup var options: ServerOptions

    var command: StartTrace { StartTrace(until: until, collector: hep) }

    func output(of report: TraceReport) throws -> Output {
        let collector = report.order.collector.map { ", and sent to \($0)" } ?? ""
        return try Output(
            "What is signalled is noted until \(report.order.until.seconds)\(collector).",
            json: report,
            hint: "See it: ringfence trace show"
        )
    }
}

struct TraceStop: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Note nothing more, and forget what was noted."
    )

    @OptionGroup var options: ServerOptions

    var command: StopTrace { StopTrace() }

    func output(of report: TraceReport) throws -> Output {
        try Output("It is noted no more, and what was noted is forgotten. \(report.figures)", json: report)
    }
}

struct TraceShow: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what was noted: a line for each message, or all of one call.",
        discussion: """
            A call is named as 'ringfence call list' and 'ringfence record list' do it, or
            by a Call-ID. Both sides of it are shown.
            """
    )

    @Argument(help: ArgumentHelp("The call.", valueName: "call"))
    var call: String?

    @Option(help: "The newest so many messages.")
    var limit = Admin.Limits.tracedMessages

    @OptionGroup var options: ServerOptions

    var command: ShowTrace { ShowTrace(call: call, limit: limit) }

    func output(of report: TraceReport) throws -> Output {
        guard !report.messages.isEmpty else {
            return try Output(
                call == nil ? "Nobody has said anything yet." : "Nothing was noted of this call.",
                json: report
            )
        }
        let text = call == nil ? report.table : report.messages.map(\.whole).joined(separator: "\n")
        return try Output(text, json: report, hint: report.figures)
    }
}

struct TraceExport: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write what was noted of a call as a file for Wireshark, tcpdump or sngrep.",
        discussion: """
            The file is made; one that is there is not touched. Only you may read it.

              ringfence trace export CALL call.pcap
            """
    )

    @Argument(help: ArgumentHelp("The call, or all.", valueName: "call"))
    var call: String

    @Argument(help: ArgumentHelp("The file.", valueName: "file"))
    var file: String

    @OptionGroup var options: ServerOptions

    var command: ShowTrace { ShowTrace(call: call == "all" ? nil : call) }

    func output(of report: TraceReport) throws -> Output {
        guard !report.messages.isEmpty else { return try Output("Nothing was noted of this call.", json: report) }
        try PrivateFile.create(file, PacketCapture.file(report.messages))
        let count = report.messages.count
        return try Output("\(count) \(count == 1 ? "message is" : "messages are") in \(file).", json: report)
    }
}

extension TraceReport {
    fileprivate var figures: String {
        let left = lost > 0 ? ", of which the oldest \(lost) are not kept" : ""
        let sent = order.collector.map { "; \(exported) were sent to \($0), \(unsent) could not be" } ?? ""
        return "\(noted) messages were noted\(left)\(sent)."
    }

    fileprivate var table: String {
        let rows = messages.map { message in
            [
                message.at.seconds, message.isReceived ? "from" : "to", message.remote, message.transport.uppercased(),
                message.call ?? "-", message.summary,
            ]
        }
        return Table(["time (UTC)", "", "other side", "over", "call", "message"], rows).text
    }
}

extension TraceReport.Message {
    fileprivate var whole: String {
        let way = isReceived ? "from \(remote) to \(local)" : "from \(local) to \(remote)"
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).map { String($0).shown }
        return "--- \(at.seconds) \(way), \(transport.uppercased())\n" + lines.joined(separator: "\n")
    }
}
