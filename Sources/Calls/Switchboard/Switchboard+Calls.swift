// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Media
import Primitives
public import SIP

/// What comes in for calls from elsewhere than phones.
extension Switchboard {
    /// How far this is with what it commands of the relays. Goes with the commands; what was opened until then is not missing
    /// in a census with an earlier one.
    public var mark: RelayMark { callTable.mark }

    public func calls() -> [CallSummary] { callTable.summaries() }

    /// The record with this ticket is on disk, or could not be written.
    public mutating func stored(_ ticket: Ticket, ok: Bool, _ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        callTable.stored(ticket, ok: ok, &desk)
    }

    /// What this ticket's phone asked for is stored, or why not.
    public mutating func changed(_ ticket: Ticket, _ refusal: CallRefusal?, _ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        callTable.changed(ticket, refusal, &desk)
    }

    /// What happened in calls to services that speak and listen.
    public mutating func voice(_ news: [(id: RelayID, VoiceNews)], _ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        callTable.voice(news, &desk)
    }

    /// What was asked of a mailbox.
    public mutating func answered(_ ticket: Ticket, _ answer: MailboxAnswer, _ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        callTable.answered(ticket, answer, &desk)
    }

    /// What the relays saw in the last second, which there are, and what they could not do.
    public mutating func media(_ census: RelayCensus, _ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        callTable.media(census, &desk)
    }

    /// Something was commanded of these relays that was refused; they are closed, so their calls end.
    public mutating func refused(_ relays: [RelayID], _ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        callTable.refused(relays, &desk)
    }

    /// Lets the phones of an extension ring, and whoever picks up there call somebody, for an operator.
    ///
    /// - Returns: What it is called by, or why it is not placed.
    public mutating func dial(_ attempt: ClickAttempt, _ turn: inout Turn) -> Result<DialledCall, CallRefusal> {
        begin(&turn)
        defer { finish(&turn) }
        return callTable.dial(attempt, &desk)
    }

    /// Ends a call for an operator.
    ///
    /// - Parameter id: The id of its record.
    /// - Returns: Whether there was such a call.
    public mutating func endCall(_ id: String, _ turn: inout Turn) -> Bool {
        begin(&turn)
        defer { finish(&turn) }
        return callTable.endCall(id, &desk)
    }

    /// Ends all calls, because the server stops.
    public mutating func endCalls(_ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        callTable.endCalls(&desk)
        desk.trunks.leave(&desk.turn)
    }

    /// What a sender is told whose message can have no end, as one with a line that ends without CR (row D07).
    ///
    /// - Parameters:
    ///   - bytes: What came of it.
    ///   - error: What is wrong with it.
    /// - Returns: `nil` for what cannot be answered, such as what is no SIP at all.
    public mutating func refusal(of bytes: Span<UInt8>, _ error: ParseError, on flow: Flow) -> [UInt8]? {
        desk.counters.malformed += 1
        var request = Message()
        try? request.parse(bytes)
        guard request.isAnswerable else { return nil }
        return Desk.response(error.status, to: request, on: flow, tag: desk.entropy.tag())
    }
}
