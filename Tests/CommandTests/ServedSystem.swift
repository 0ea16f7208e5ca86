// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A real server, in a process and a folder of its own, and commands given to it as people give them.
final class ServedSystem {
    /// The product that was built with these tests.
    private static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
        path: "ringfence"
    )

    private let folder: String
    private var process = Process()

    /// A child that signals reach, and that has no terminal to ask anything at.
    private static func child(_ arguments: [String]) -> Process {
        let script = """
            import fcntl, os, signal, sys, termios
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            try: fcntl.ioctl(os.open("/dev/tty", os.O_RDWR), termios.TIOCNOTTY)
            except OSError: pass
            os.execv(sys.argv[1], sys.argv[1:])
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", script, program.path] + arguments
        return process
    }

    struct NotReady: Error { let said: String }

    init() throws {
        // Short: a unix socket has to fit.
        folder = "/tmp/rf-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let port = Int.random(in: 20_000...29_999)
        let media = Int.random(in: 15_000...19_999) * 2
        let made = try run(
            "init",
            "--no-portal",
            "--domain",
            "example.com",
            "--address",
            "127.0.0.1",
            "--name",
            "localhost",
            "--sip-tls",
            "127.0.0.1:\(port)",
            "--rtp",
            "127.0.0.1:\(media)-\(media + 1)"
        )
        guard made.status == 0 else { throw NotReady(said: made.error) }
        try start()
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    var data: String { folder + "/data" }

    func start() throws {
        process = Self.child(["serve", "--data", data])
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let said = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard said.contains("ready") else { throw NotReady(said: said) }
    }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    /// As the power goes.
    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// What a command says.
    func run(_ arguments: String...) throws -> (status: Int32, output: String, error: String) {
        let command = Self.child(arguments + ["--data", data])
        let (output, error) = (folder + "/out", folder + "/err")
        for path in [output, error] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        command.standardOutput = FileHandle(forWritingAtPath: output)
        command.standardError = FileHandle(forWritingAtPath: error)
        command.standardInput = FileHandle.nullDevice
        try command.run()
        command.waitUntilExit()
        return (command.terminationStatus, try read(output), try read(error))
    }

    /// A command that goes on.
    func begin(_ arguments: String...) throws -> Process {
        let command = Self.child(arguments + ["--data", data])
        command.standardOutput = FileHandle.nullDevice
        command.standardError = FileHandle.nullDevice
        command.standardInput = FileHandle.nullDevice
        try command.run()
        return command
    }

    private func read(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }

    /// Writes a file that a command is to read.
    func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
        return folder + "/" + name
    }

    /// Whether a secret stands anywhere in the folder of the phone system.
    func holds(_ secret: String) throws -> Bool {
        let names = try FileManager.default.contentsOfDirectory(atPath: data)
        return names.contains { name in
            (try? Data(contentsOf: URL(fileURLWithPath: data + "/" + name)))?.range(of: Data(secret.utf8)) != nil
        }
    }
}
