// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The real phones, browsers and attackers of this machine, the scripts in `Lab` that drive them, and the program under test.
///
/// `make test` installs what Debian has of them and `Scripts/lab` fetches the rest. A trial whose phones are not there says that it
/// was skipped: a skipped test must not look like a passed one.
enum Laboratory {
    private static let lab = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Lab")
    private static let home = FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache/ringfence-lab")

    /// The product that was built with these tests.
    static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
        path: "ringfence"
    )

    /// The kinds of phones that can be started here.
    static let phones: Set<String> = {
        let python = ProcessInfo.processInfo.environment["LAB_VENV"] ?? home.appending(path: "venv").path
        let hasPjsua = (try? run("\(python)/bin/python", ["-c", "import pjsua2"]).status) == 0
        let here: [String: Bool] = ["baresip": find("baresip"), "linphone": find("linphonec"), "pjsua": hasPjsua]
        for (kind, isHere) in here.sorted(by: { $0.key < $1.key }) where !isHere {
            print("SKIPPED: no \(kind) on this machine: nothing is tried with it")
        }
        return Set(here.filter(\.value).keys)
    }()

    static let isPresent = phones.isSuperset(of: ["baresip", "linphone"])

    static let hasAttackers: Bool = {
        let missing = ["svmap", "svwar", "svcrack", "sipdump", "sipcrack", "sipsak", "tcpdump"].filter { !find($0) }
        if !missing.isEmpty { print("SKIPPED: no \(missing.joined(separator: ", ")): nobody attacks") }
        return isPresent && missing.isEmpty
    }()

    /// The library for SIP in browsers, which `Scripts/lab` fetches once.
    static let sipJS = home.appending(path: "sip.js")

    static let hasBrowser: Bool = {
        var missing = ["chromium", "chromedriver", "certutil"].filter { !find($0) }
        if !FileManager.default.fileExists(atPath: sipJS.path) { missing.append(sipJS.path) }
        if !missing.isEmpty { print("SKIPPED: no \(missing.joined(separator: ", ")): no browser registers") }
        return missing.isEmpty
    }()

    static let hasPortal: Bool = {
        let missing = ["chromium", "chromedriver", "certutil", "oathtool"].filter { !find($0) }
        if !missing.isEmpty { print("SKIPPED: no \(missing.joined(separator: ", ")): nobody opens the portal") }
        return isPresent && missing.isEmpty
    }()

    static let hasProvider: Bool = {
        let missing = ["kamailio", "rtpengine", "openssl"].filter { !find($0) }
        if !missing.isEmpty { print("SKIPPED: no \(missing.joined(separator: ", ")): nobody calls outside") }
        return isPresent && missing.isEmpty
    }()

    /// A mail server, in the Python that Debian packages are for.
    static let hasSinks: Bool = {
        let hasMail = (try? run("/usr/bin/python3", ["-c", "import aiosmtpd"]).status) == 0
        let hasLog = find("rsyslogd")
        let missing =
            (hasMail ? [] : ["python3-aiosmtpd"]) + (find("openssl") ? [] : ["openssl"])
            + (hasLog ? [] : ["rsyslog-openssl"])
        if !missing.isEmpty { print("SKIPPED: no \(missing.joined(separator: ", ")): nobody is told by mail") }
        return missing.isEmpty
    }()

    static func find(_ program: String) -> Bool {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin") + ":/usr/sbin"
        return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    /// A child that signals reach.
    static func unblocked(_ program: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", lab.appending(path: "unblocked.py").path, program] + arguments
        return process
    }

    /// A script of `Lab`, with its arguments.
    static func script(_ name: String, _ arguments: [String]) -> [String] {
        [lab.appending(path: "\(name).py").path] + arguments
    }

    /// Runs a script of `Lab` and shows what it said. Its last line is one JSON object.
    static func run(script name: String, _ arguments: [String]) throws -> (status: Int32, line: String) {
        let (status, output) = try run("python3", script(name, arguments))
        let line = String(output.split(separator: "\n").last ?? "nothing seen")
        print("\(name) \(arguments.suffix(3).joined(separator: " ")): \(line)")
        return (status, line)
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
