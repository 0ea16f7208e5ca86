// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives

/// A run of attacks from a process of its own, as the portal hears of it.
public struct AttackOutcome: Sendable {
    /// Whether every attack failed to get anything.
    public let holds: Bool
    /// The whole report, or why there is none.
    public let text: String

    public init(holds: Bool, text: String) { (self.holds, self.text) = (holds, text) }
}

/// Looks at the controls and attacks them when somebody asks, one at a time: whoever asked may leave the page.
actor ProofDesk {
    enum Kind: Sendable { case audit, attack }

    struct Run: Sendable {
        let person: String
        let since: WallTime
        /// What was done so far: `ok   R02 …`.
        fileprivate(set) var lines: [String] = []
        fileprivate(set) var end: WallTime?
        fileprivate(set) var holds: Bool?
        fileprivate(set) var text = ""

        var isRunning: Bool { end == nil }
    }

    private(set) var runs: [Kind: Run] = [:]
    private var task: Task<Void, Never>?

    /// - Returns: `false` when one is under way.
    func begin(
        _ kind: Kind,
        by person: String,
        at now: WallTime,
        _ work: @escaping @Sendable (@escaping @Sendable (String) -> Void) async -> AttackOutcome
    ) -> Bool {
        if runs.values.contains(where: \.isRunning) { return false }
        runs[kind] = Run(person: person, since: now)
        let (lines, said) = AsyncStream.makeStream(
            of: String.self,
            bufferingPolicy: .bufferingOldest(Limits.proofLines)
        )
        task = Task {
            // Noted in the order in which they were said.
            async let notes: Void = take(lines, kind)
            let outcome = await work { said.yield($0) }
            said.finish()
            await notes
            end(kind, outcome)
        }
        return true
    }

    private func take(_ lines: AsyncStream<String>, _ kind: Kind) async {
        for await line in lines { note(line, kind) }
    }

    /// The portal stops: what is under way ends too.
    func cancel() { task?.cancel() }

    private func note(_ line: String, _ kind: Kind) {
        guard let count = runs[kind]?.lines.count, count < Limits.proofLines else { return }
        runs[kind]?.lines.append(Shown.text(line, most: 160))
    }

    private func end(_ kind: Kind, _ outcome: AttackOutcome) {
        guard var run = runs[kind] else { return }
        (run.end, run.holds, run.text) = (.present, outcome.holds, outcome.text)
        runs[kind] = run
    }
}
