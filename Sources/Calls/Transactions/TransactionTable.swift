// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// Every transaction (RFC 3261 §17), and what they hold of messages. It knows what was asked and what was answered, and
/// nothing of what that means: what is news it passes up.
struct TransactionTable: Sendable {
    private var inviteServers = InviteServers()
    private var nonInviteServers = NonInviteServers()
    private var inviteClients: InviteClients
    private var requestClients = RequestClients()

    init(settings: SwitchboardSettings) { inviteClients = InviteClients(settings: settings) }

    var count: Int { inviteServers.count + nonInviteServers.count + inviteClients.count + requestClients.count }

    /// Whether so much waits for repeats that nothing new may begin.
    var isFull: Bool { finishedBytes > Limits.finishedBytes }

    var finishedBytes: Int {
        inviteServers.finishedBytes + nonInviteServers.finishedBytes + inviteClients.finishedBytes
    }

    /// Counted anew each time: only people and tests ask.
    var keptBytes: Int {
        inviteServers.keptBytes + nonInviteServers.keptBytes + inviteClients.keptBytes + requestClients.keptBytes
    }

    // MARK: What others ask

    /// Hands a request to the transaction it repeats or acknowledges.
    ///
    /// - Returns: Whether there was one, so that nothing is left to do.
    mutating func absorb(_ request: Message, on flow: Flow, _ turn: inout Turn) -> Bool {
        let isInvite = request.method == .invite || request.method == .ack
        // What a connection delivers once needs no search, and a phone's registration is delivered once.
        guard isInvite || !flow.transport.isReliable, request.method != .cancel,
            let key = ServerKey(request, on: flow)
        else { return false }
        guard isInvite else { return nonInviteServers.absorb(key, &turn) }
        guard let id = inviteServers.find(key) else { return false }
        return !inviteServers.feed(id, request.method == .ack ? .ack : .repeated, &turn)
    }

    mutating func openInvite(_ key: ServerKey, on flow: Flow, call: UInt64, at now: Moment) -> UInt64 {
        inviteServers.open(key, on: flow, call: call, at: now)
    }

    mutating func answer(_ id: UInt64, _ answer: Answer, _ turn: inout Turn) {
        inviteServers.feed(id, .answer(answer), &turn)
    }

    /// The INVITE that a CANCEL is about, and the call it made (§9.2).
    func invite(cancelledBy request: Message, on flow: Flow) -> (id: UInt64, call: UInt64)? {
        guard let key = ServerKey(request, on: flow, as: .invite), let id = inviteServers.find(key),
            let call = inviteServers.call(of: id)
        else { return nil }
        return (id, call)
    }

    /// Absorbs the repeats of a request other than INVITE that is answered later.
    mutating func expect(_ request: Message, on flow: Flow, at now: Moment) {
        guard !flow.transport.isReliable, let key = ServerKey(request, on: flow) else { return }
        nonInviteServers.expect(key, at: now)
    }

    /// Remembers an answer for as long as its request can be repeated, where the transport loses.
    mutating func keep(_ answer: Answer, to request: Message, on flow: Flow, at now: Moment) {
        guard !flow.transport.isReliable, let key = ServerKey(request, on: flow) else { return }
        nonInviteServers.keep(answer, for: key, at: now)
    }

    // MARK: What we ask

    mutating func start(
        _ key: BranchKey,
        _ request: Message,
        purpose: InviteClient.Purpose,
        call: UInt64,
        over flow: Flow,
        _ turn: inout Turn
    ) {
        inviteClients.start(key, request, purpose: purpose, call: call, over: flow, &turn)
    }

    /// Sends a request other than INVITE.
    mutating func start(
        _ key: BranchKey,
        _ method: Method,
        _ bytes: [UInt8],
        purpose: RequestClient.Purpose,
        over flow: Flow,
        _ turn: inout Turn
    ) {
        requestClients.start(key, method, bytes, purpose: purpose, over: flow, &turn)
    }

    /// Takes an INVITE of ours back, now or as soon as §9.1 allows.
    mutating func cancel(_ key: BranchKey, because reason: StaticString?, _ turn: inout Turn) {
        guard let (bytes, flow) = inviteClients.cancel(key, because: reason, at: turn.now) else { return }
        requestClients.start(key, .cancel, bytes, purpose: .farewell, over: flow, &turn)
    }

    func invite(_ key: BranchKey) -> Message? { inviteClients.request(key) }

    /// Since when an INVITE of ours waits for its first word; `nil` for one that got any.
    func silence(of key: BranchKey) -> MonotonicTime? { inviteClients.silence(of: key) }

    /// Takes note of a 2xx, of which each makes a dialog of its own.
    mutating func countAnswer(_ key: BranchKey) { inviteClients.countAnswer(key) }

    /// Takes note of the ACK for the 2xx that was taken, by its To tag; it is said again when that 2xx is.
    mutating func acknowledged(_ key: BranchKey, _ tag: [UInt8] = [], by bytes: [UInt8]) {
        inviteClients.acknowledged(key, tag, by: bytes)
    }

    /// - Returns: Whether somebody waited for the response. What is news of it is in `events`.
    mutating func receive(
        _ response: Message,
        on flow: Flow,
        _ turn: inout Turn
    ) -> (isKnown: Bool, event: TransactionEvent?) {
        guard let status = response.status, let key = BranchKey(response), let cseq = try? response.cseq() else {
            return (false, nil)
        }
        if cseq.method == .invite, inviteClients.waits(key, on: flow) {
            return (true, receiveAnswer(response, status, key, &turn))
        }
        guard requestClients.waits(key, for: cseq.method, on: flow) else { return (false, nil) }
        return (true, requestClients.receive(response, status, key, &turn))
    }

    private mutating func receiveAnswer(
        _ response: Message,
        _ status: Int,
        _ key: BranchKey,
        _ turn: inout Turn
    ) -> TransactionEvent? {
        guard let client = inviteClients.receive(response, status, key, &turn) else { return nil }
        guard status < 200, client.isCancelWanted else { return .answered(client, key, response, status) }
        // The first provisional response: now the CANCEL may go (§9.1).
        if let (bytes, flow) = inviteClients.cancellation(key, at: turn.now) {
            requestClients.start(key, .cancel, bytes, purpose: .farewell, over: flow, &turn)
        }
        return nil
    }

    /// What was passed up has been dealt with: what is over may be forgotten.
    mutating func settle(_ event: TransactionEvent) {
        switch event {
        case .answered(_, let key, _, let status): inviteClients.settle(key, status)
        case .timedOut(_, let key), .overdue(_, let key): inviteClients.settle(key, nil)
        case .concluded(_, let key, _): requestClients.settle(key)
        }
    }

    // MARK: Time, and connections that end

    var nextDeadline: MonotonicTime? {
        let servers = MonotonicTime.earliest(inviteServers.nextDeadline, nonInviteServers.nextDeadline)
        let clients = MonotonicTime.earliest(inviteClients.nextDeadline, requestClients.nextDeadline)
        return .earliest(servers, clients)
    }

    mutating func wake(_ turn: inout Turn) -> [TransactionEvent] {
        inviteServers.wake(&turn)
        nonInviteServers.wake(&turn)
        return inviteClients.wake(&turn) + requestClients.wake(&turn)
    }

    /// Nothing can be answered over a connection that is gone.
    mutating func forgetServers(on flow: FlowID) {
        inviteServers.forget(on: flow)
        nonInviteServers.forget(on: flow)
    }

    /// Every answer that was to come over a connection is gone with it.
    ///
    /// - Parameter dialog: The only one whose phone left it; `nil` for all.
    mutating func failClients(
        on flow: FlowID,
        of dialog: DialogKey?
    ) -> (invites: [(BranchKey, InviteClient)], requests: [RequestClient]) {
        (inviteClients.fail(on: flow, of: dialog), requestClients.fail(on: flow, of: dialog))
    }
}
