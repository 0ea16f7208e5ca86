// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where the real phones, attackers and tools are, and the program under test.
enum Laboratory {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let shared = URL(
        filePath: ProcessInfo.processInfo.environment["RINGFENCE_SHARED"]
            ?? root.deletingLastPathComponent()
            .appending(path: "shared").path
    )

    static let tools = root.appending(path: "Tests/Interop/Tools")

    /// The product that was built with these tests.
    static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
        path: "ringfence"
    )

    /// Whether the phones can be driven here. Says so when not: a skipped test must not look like a passed one.
    static let isPresent: Bool = {
        let script = shared.appending(path: "lab/call-check.py").path
        let present = FileManager.default.fileExists(atPath: script) && find("baresip") && find("linphonec")
        if !present {
            print("SKIPPED: no laboratory at \(script), or its phones are not installed: interop tests do not run")
        }
        return present
    }()

    /// The library for SIP in browsers, which `lab/get-sipjs.sh` fetches once.
    static let sipJS = FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache/ringfence-lab/sip.js")

    /// Whether a browser can be driven here. Fetches the library when it is not there yet.
    static let hasBrowser: Bool = {
        guard isPresent, find("chromium"), find("chromedriver"), find("certutil") else {
            print("SKIPPED: no Chromium, chromedriver or certutil: the browser does not register")
            return false
        }
        if !FileManager.default.fileExists(atPath: sipJS.path) {
            _ = try? run(shared.appending(path: "lab/get-sipjs.sh").path, [sipJS.path])
        }
        let isThere = FileManager.default.fileExists(atPath: sipJS.path)
        if !isThere { print("SKIPPED: SIP.js could not be fetched: the browser does not register") }
        return isThere
    }()

    static func find(_ program: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    /// A child that signals reach.
    static func unblocked(_ program: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", tools.appending(path: "unblocked.py").path, program] + arguments
        return process
    }

    /// Runs a program to its end, bounded in time by itself, and returns what it printed.
    static func run(
        _ program: String,
        _ arguments: [String],
        in folder: URL? = nil
    ) throws -> (status: Int32, output: String) {
        let process = unblocked(program, arguments)
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
