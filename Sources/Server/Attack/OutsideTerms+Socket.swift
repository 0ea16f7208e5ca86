// SPDX-License-Identifier: Apache-2.0

import Admin
public import Audit
public import Guard
import Model
import NIOPosix
import Primitives
import Store

extension OutsideTerms {
    /// Asks the running server for its settings.
    public static func read(from server: ControlClient) throws(Refusal) -> OutsideTerms {
        let dialing = try server.perform(ShowDialing())
        let spend = try server.perform(ShowSpend())
        let trunks = try server.perform(ListTrunks())
        var terms = OutsideTerms(dialing, spend, trunks)
        let watched = try server.perform(ShowPatterns())
        (terms.callLimits, terms.patterns, terms.afterHours) = (
            watched.callLimits, watched.patterns, watched.afterHours
        )
        for name in Self.changes {
            let entries = try server.perform(ListJournal(JournalQuery(limit: 1, action: name)))
            guard let last = entries.last?.at else { continue }
            terms.spendingChangedAt = max(terms.spendingChangedAt ?? last, last)
        }
        return terms
    }

    private init(_ dialing: ShowDialing.Reply, _ spend: SpendOverview, _ trunks: [TrunkReport]) {
        self.init(
            dialing: dialing.settings,
            spending: spend.settings,
            standings: spend.standings,
            hasTrunk: trunks.contains { $0.trunk.isEnabled },
            at: spend.at
        )
    }

    /// Commands that change what calls may cost.
    private static let changes = CommandRegistry.all.filter { $0.rights.contains(.changeSpending) }.map { $0.name }
}

extension CeilingTrials {
    /// Over the control socket of the server that works in an installation: a connection for each step.
    public static func onSocket(of installation: Installation) -> CeilingTrials {
        let directory = installation.directory
        return CeilingTrials(
            settings: { () async throws(WireError) in
                let answer = try? await NIOThreadPool.singleton.runIfActive {
                    try ControlClient(directory: directory).perform(ShowSpend()).settings
                }
                guard let answer else { throw WireError(.closed, "the control socket gave no answer") }
                return answer
            },
            say: { (step) async throws(WireError) in
                let answer: Answer? = try? await NIOThreadPool.singleton.runIfActive { try say(step, directory) }
                guard let answer else { throw WireError(.closed, "the control socket gave no answer") }
                return answer.refusal
            }
        )
    }

    private struct Answer: Sendable {
        let refusal: Refusal?
    }

    /// - Throws: When there is nobody to ask.
    private static func say(_ step: Step, _ directory: String) throws -> Answer {
        let client = try ControlClient(directory: directory)
        do throws(Refusal) {
            switch step {
            case .lower(let limits): _ = try client.perform(LowerCeiling(limits))
            case .ask(let limits): _ = try client.perform(RaiseCeiling(limits))
            case .agree(let limits): _ = try client.perform(AgreeToCeiling(week: "\(limits.week)"))
            case .drop(let limits): _ = try client.perform(DropCeilingRaise(week: "\(limits.week)"))
            case .limit(let limits): _ = try client.perform(SetSpendLimits(limits))
            }
            return Answer(refusal: nil)
        } catch {
            return Answer(refusal: error)
        }
    }
}

extension LowerCeiling {
    fileprivate init(_ limits: SpendLimits) {
        self.init(hour: "\(limits.hour)", day: "\(limits.day)", week: "\(limits.week)")
    }
}

extension RaiseCeiling {
    fileprivate init(_ limits: SpendLimits) {
        self.init(hour: "\(limits.hour)", day: "\(limits.day)", week: "\(limits.week)")
    }
}

extension SetSpendLimits {
    fileprivate init(_ limits: SpendLimits) {
        self.init(subject: "business", hour: "\(limits.hour)", day: "\(limits.day)", week: "\(limits.week)")
    }
}
