// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model
import Primitives
import Server
import Store

struct SupportVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "support",
        abstract: "Write what somebody who helps needs into a file, without secrets.",
        discussion: """
            The file has settings, what is open, what was noticed and what people changed
            of late, as JSON. Passwords, keys and PINs are in none of it. Names and numbers
            are: read it before you hand it on. Who called whom is not in it.

              ringfence support fault.json
            """
    )

    @Argument(help: ArgumentHelp("The file. One that is there is not touched.", valueName: "file"))
    var file: String

    @OptionGroup var options: ServerOptions

    func run() async throws {
        let server = try ControlClient(directory: options.folder.path, as: options.role)
        let bundle = try SupportBundle(
            from: server,
            at: WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        )
        try PrivateFile.create(file, Array(bundle.text.utf8))
        try Output(
            "\(bundle.parts.count) parts are in \(file).",
            json: ["file": file],
            hint: "Read it before you hand it on."
        ).deliver(asJSON: options.json)
    }
}

/// What the server tells of itself, of everything that is no secret.
struct SupportBundle {
    /// The name of each command, and its answer or refusal as JSON.
    private(set) var parts: [(name: String, json: String)] = []

    /// Lines of lists that grow.
    private static let lines = 500

    init(from server: some Operations, at now: WallTime) throws {
        let process = ProcessInfo.processInfo
        let about = [
            "program": Ringfence.configuration.version, "system": process.operatingSystemVersionString,
            "processors": "\(process.processorCount)", "memory": "\(process.physicalMemory)", "at": now.description,
        ]
        parts.append(("about", try JSONText.of(about)))
        try take(Diagnose(), from: server)
        try take(ListControls(), from: server)
        try take(ShowScore(), from: server)
        try take(ListListeners(), from: server)
        try take(ShowCertificate(), from: server)
        try take(ListJobs(), from: server)
        try takeEvents(from: server)
        try take(ListJournal(limit: Self.lines), from: server)
        try take(ListBans(), from: server)
        try take(ListExtensions(), from: server)
        try take(ListPhones(), from: server)
        try take(ListRegistrations(), from: server)
        try take(ListTrunks(), from: server)
        try take(ListRoutes(), from: server)
        try take(ListNumbers(), from: server)
        try take(ListGroups(), from: server)
        try take(ShowDialing(), from: server)
        try take(ShowSpend(), from: server)
        try take(ShowPatterns(), from: server)
        try take(ShowEmergency(), from: server)
        try take(ListSites(), from: server)
        try take(ShowMedia(), from: server)
        try take(ShowPortal(), from: server)
        try take(ShowHours(), from: server)
        try take(ShowGoLive(), from: server)
        try take(ListChannels(), from: server)
        try take(ShowBackups(), from: server)
        try take(ShowRetention(), from: server)
    }

    /// What is refused to whoever asks is left out, and said so.
    private mutating func take<Asked: Command>(_ command: Asked, from server: some Operations) throws {
        do throws(Refusal) {
            parts.append((Asked.name, try Self.json(server.perform(command))))
        } catch {
            parts.append((Asked.name, try JSONText.of(["refused": "\(error)"])))
        }
    }

    /// What was noticed, and not in which words: those say who called whom.
    private struct Noticed: Encodable {
        let at: WallTime
        let kind: SecurityEventKind
        let count: Int
    }

    private mutating func takeEvents(from server: some Operations) throws {
        do throws(Refusal) {
            let events = try server.perform(ListEvents(limit: Self.lines))
            let noticed = events.map { Noticed(at: $0.at, kind: $0.kind, count: $0.count) }
            parts.append((ListEvents.name, try Self.json(noticed)))
        } catch {
            parts.append((ListEvents.name, try JSONText.of(["refused": "\(error)"])))
        }
    }

    private static func json(_ reply: some Encodable) throws(Refusal) -> String {
        do { return try JSONText.of(reply) } catch { throw .otherThanAsked }
    }

    /// One line for each part.
    var text: String {
        "{\n" + parts.map { "\"\($0.name)\": \($0.json)" }.joined(separator: ",\n") + "\n}\n"
    }
}
