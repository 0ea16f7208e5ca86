// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct RecordNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Who called whom, refused calls included.",
        subcommands: [RecordList.self, RecordExport.self, RecordErase.self]
    )
}

struct RecordList: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the last call records, the newest first."
    )

    @OptionGroup var limit: LimitOption
    @OptionGroup var options: ServerOptions

    var command: ListRecords { ListRecords(limit: limit.count) }

    func output(of records: ListRecords.Reply) throws -> Output {
        guard !records.isEmpty else { return try Output("Nobody has called yet.", json: records) }
        let rows = records.map {
            [
                $0.id, $0.startedAt.seconds, $0.caller.text, $0.dialled, $0.outcome.words, $0.duration,
                $0.status.map(String.init) ?? "-", $0.why,
            ]
        }
        let columns = ["call", "started", "from", "dialled", "outcome", "seconds", "status", "why"]
        return try Output(Table(columns, rows).text, json: records)
    }
}

extension CallRecord {
    /// The control that refused it, how it came to who got it, and how it ended.
    fileprivate var why: String {
        let control = control.map { "[\($0.rawValue)] " } ?? ""
        let path =
            self.path.isEmpty
            ? forwardedBy.map { "\($0) forwarded it, " }.joined() : self.path.map { "\($0.words), " }.joined()
        let got = answeredAt == nil || path.isEmpty ? "" : callee.map { "\($0) answered, " } ?? ""
        return control + path + got + reason
    }

    /// Whole seconds of talk.
    fileprivate var duration: String {
        guard let answeredAt, let endedAt else { return "-" }
        return "\((endedAt - answeredAt).components.seconds)"
    }
}

extension CallOutcome {
    fileprivate var words: String {
        switch self {
        case .settingUp: "setting up"
        case .answered: "answered"
        case .refused: "refused"
        case .busy: "busy"
        case .noAnswer: "no answer"
        case .declined: "declined"
        case .cancelled: "cancelled"
        case .unreachable: "unreachable"
        case .failed: "failed"
        case .interrupted: "interrupted"
        }
    }
}

extension CallStep {
    /// For people: `101 did not answer: 102`.
    var words: String {
        switch reason {
        case .always: "\(from) forwards to \(to)"
        case .parked: "parked by \(from), to \(to)"
        case .chosen: "chosen in \(from), to \(to)"
        case .waited: "waited in \(from), to \(to)"
        case .busy: "\(from) was busy, to \(to)"
        case .noAnswer: "\(from) did not answer, to \(to)"
        case .follow: "\(from) was looked for at \(to)"
        case .unreachable: "\(from) was not there, to \(to)"
        case .phone: "\(from) forwarded it, to \(to)"
        case .member: "\(from) rang \(to)"
        case .nobody: "nobody of \(from) answered, to \(to)"
        case .closed: "closed, to \(to)"
        case .diverted: "\(from) sent it to \(to), as the provider says"
        }
    }
}
