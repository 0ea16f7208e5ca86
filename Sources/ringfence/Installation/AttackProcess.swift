// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Portal
import Synchronization

/// `attack run` as a process of its own, begun from the portal: an attacker that shares no memory with what it attacks.
enum AttackProcess {
    /// What an attack takes at most, before it is ended.
    private static let longest: Duration = .seconds(30 * 60)
    /// Seconds that it has to remove what it made, before it is ended in any case.
    private static let farewell = 30
    /// Bytes of a report.
    private static let report = 1 << 20

    /// - Parameters:
    ///   - control: The one that is attacked; `nil` for all.
    ///   - progress: Told each line that the attack says while it runs.
    static func run(
        directory: String,
        _ control: Control?,
        _ progress: @escaping @Sendable (String) -> Void
    ) async -> AttackOutcome {
        let (process, answer, words) = (Process(), Pipe(), Pipe())
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return AttackOutcome(
                holds: false,
                text: "The attack did not begin: this system does not tell a program where its own file is."
            )
        }
        // No shell: the folder is one argument, whatever is in it.
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments =
            ["attack", "run", "--data", directory] + (control.map { ["--control", $0.rawValue] } ?? [])
        process.standardInput = FileHandle.nullDevice
        (process.standardOutput, process.standardError) = (answer, words)
        let lines = Lines(progress)
        words.fileHandleForReading.readabilityHandler = { lines.add($0.availableData) }
        do {
            try process.run()
        } catch {
            return AttackOutcome(holds: false, text: "The attack did not begin: \(error)")
        }
        let deadline = Task {
            try await Task.sleep(for: longest)
            end(process)
        }
        let text = await withTaskCancellationHandler {
            await read(answer)
        } onCancel: {
            end(process)
        }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                process.waitUntilExit()
                continuation.resume()
            }
        }
        deadline.cancel()
        words.fileHandleForReading.readabilityHandler = nil
        let status = process.terminationStatus
        return AttackOutcome(
            holds: status == 0,
            text: text.isEmpty ? "It ended with status \(status). \(lines.last)" : text
        )
    }

    /// Asks it to end, and ends it where it does not.
    private static func end(_ process: Process) {
        process.terminate()
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(farewell)) {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
    }

    private static func read(_ pipe: Pipe) async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let data = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
                continuation.resume(returning: String(decoding: data.prefix(report), as: UTF8.self))
            }
        }
    }

    /// Cuts what comes into lines.
    private final class Lines: Sendable {
        private let state = Mutex((rest: [UInt8](), last: ""))
        private let tell: @Sendable (String) -> Void

        init(_ tell: @escaping @Sendable (String) -> Void) { self.tell = tell }

        var last: String { state.withLock { $0.last } }

        func add(_ data: Data) {
            let whole = state.withLock { state -> [String] in
                state.rest += data
                var lines: [String] = []
                while let end = state.rest.firstIndex(of: UInt8(ascii: "\n")) {
                    lines.append(String(decoding: state.rest[..<end], as: UTF8.self))
                    state.rest.removeSubrange(...end)
                }
                if state.rest.count > report { state.rest = [] }
                if let line = lines.last { state.last = line }
                return lines
            }
            for line in whole where ["ok ", "FAIL ", "NOT RUN ", "ABSENT "].contains(where: line.hasPrefix) {
                tell(line)
            }
        }
    }
}
