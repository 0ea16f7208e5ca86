// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import SIP

/// Calls for help, as the loop that owns the connections sees them.
extension Switchboard {
    /// The connections that somebody calls for help over: no ban closes them.
    public var flowsOfHelp: Set<FlowID> { callTable.flowsOfHelp }

    /// Begins to try the way to help over a trunk, by the number that was set for it.
    ///
    /// - Returns: What to ask for the outcome by, or why it is not tried.
    public mutating func tryHelp(over name: TrunkName, _ turn: inout Turn) -> HelpTrialStart {
        begin(&turn)
        defer { finish(&turn) }
        let outside = desk.snapshot.outside
        guard let number = outside.emergency.way(over: name).testNumber else { return .noNumber }
        switch HelpTestRules.decide(number, in: outside.dialing) {
        case .refused(let refusal): return .refused(refusal)
        case .allowed(let permit):
            let now = desk.now.monotonic
            if let refusal = callTable.helpTests.refusal(ofTrying: name, in: outside, at: now) {
                return .refused(refusal)
            }
            return callTable.tryHelp(over: name, permit, &desk).map { .began($0, number) } ?? .noWay(number)
        }
    }

    /// What came of it. Asked again after the outcome it is not known any more.
    public mutating func helpTrial(_ serial: UInt64) -> HelpTrialState {
        if let result = callTable.takeHelpTrial(serial) { return .over(passed: result.passed, words: result.words) }
        return callTable.isTryingHelp(serial) ? .goesOn : .over(passed: false, words: "the server forgot it")
    }

    /// Whether a message from where somebody is shut out is read: the INVITE of a call for help, which shows a credential like any
    /// other, and what belongs to a call that stands.
    func isAboutHelp(_ message: Message) -> Bool {
        guard let method = message.method else { return true }
        switch method {
        case .ack, .cancel: return true
        case .invite, .bye, .prack, .update, .options, .info:
            if let address = try? message.to(), address.tag != nil { return true }
            return desk.isHelp(message)
        case .register, .refer, .subscribe, .notify, .message, .publish, .other: return false
        }
    }
}

/// How a try of the way to help begins.
public enum HelpTrialStart: Sendable {
    case began(UInt64, DigitString)
    /// No call can go over the trunk at this moment.
    case noWay(DigitString)
    /// Nobody has said by which number it may be tried.
    case noNumber
    case refused(Refusal)
}

/// How far it is.
public enum HelpTrialState: Hashable, Sendable {
    case goesOn
    case over(passed: Bool, words: String)
}
