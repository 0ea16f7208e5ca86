// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model
import Server

/// What the commands ask of a running server. The real one speaks over the control socket; a test's answers from memory.
protocol Operations {
    func perform<Asked: Command>(_ command: Asked) throws(Refusal) -> Asked.Reply
}

extension ControlClient: Operations {}

/// A command that asks the running server one thing.
protocol ServerCommand: AsyncParsableCommand {
    associatedtype Asked: Command

    var options: ServerOptions { get }
    var command: Asked { get }
    func output(of reply: Asked.Reply) throws -> Output
}

extension ServerCommand {
    func answer(from server: some Operations) throws -> Output {
        try output(of: server.perform(command))
    }

    func run() async throws { try await ask() }

    func ask() async throws {
        let server = try ControlClient(directory: options.folder.path, as: options.role)
        try answer(from: server).deliver(asJSON: options.json)
    }
}

/// A command that may also be given while no server runs, so that one that cannot start is told where it can.
protocol SettingCommand: ServerCommand {}

extension SettingCommand {
    func run() async throws { try await ask() }

    func ask() async throws {
        do {
            let server = try ControlClient(directory: options.folder.path, as: options.role)
            try answer(from: server).deliver(asJSON: options.json)
        } catch let refusal as Refusal where refusal == .notRunning(in: options.folder.path) {
            let stopped = try StoppedSystem(Installation(opening: options.folder.path))
            try output(of: try await stopped.perform(command, as: options.role)).deliver(asJSON: options.json)
        }
    }
}

/// Where the phone system is.
struct FolderOption: ParsableArguments {
    @Option(help: "The folder of the phone system. Default: the environment's RINGFENCE_DATA.")
    var data: String?

    /// - Precondition: validated, as parsing does.
    var path: String { data ?? ProcessInfo.processInfo.environment["RINGFENCE_DATA"] ?? "." }

    func validate() throws {
        guard data ?? ProcessInfo.processInfo.environment["RINGFENCE_DATA"] != nil else {
            throw ValidationError("Where is the phone system? Name its folder with --data, or set RINGFENCE_DATA.")
        }
        guard data?.isEmpty != true else { throw ValidationError("--data names no folder.") }
    }
}

struct JSONFlag: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print JSON, for a script. Fields are only ever added.")
    var isOn = false
}

struct ServerOptions: ParsableArguments {
    @OptionGroup var folder: FolderOption
    @OptionGroup var format: JSONFlag

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Act with the rights of this role only, such as auditor or own-extension:204. It adds none.",
            valueName: "role"
        )
    )
    var role: Role?

    var json: Bool { format.isOn }
}

/// How many lines a list has.
struct LimitOption: ParsableArguments {
    @Option(name: .customLong("limit"), help: ArgumentHelp("How many at most.", valueName: "count"))
    var count = Admin.Limits.defaultLines

    func validate() throws {
        guard (1...10_000).contains(count) else { throw ValidationError("--limit is a number from 1 to 10000.") }
    }
}

extension Refusal {
    /// The server answered with more or less than was asked for: it is of another version.
    static let otherThanAsked = Self(
        problem: "The server's answer was not understood.",
        reason: "this program and the running server are not of one version",
        remedy: "restart the server with this program: ringfence --version"
    )
}
