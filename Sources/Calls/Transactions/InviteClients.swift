// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// INVITEs of ours on their way (RFC 3261 §17.1.1): how they are sent, repeated, answered, taken back and given up.
struct InviteClients: Sendable {
    private enum Due: Sendable {
        case transaction(BranchKey)
        /// One that was taken back and never answered (§9.1).
        case cancelled(BranchKey)
        /// One inside a dialog that may have got provisional answers only.
        case overdue(BranchKey)
    }

    private let settings: SwitchboardSettings
    private var clients: [BranchKey: InviteClient] = [:]
    /// Those that are answered.
    private var finished = KeptTransactions<BranchKey>()
    private var deadlines = DeadlineQueue<Due>()

    var count: Int { clients.count }
    var nextDeadline: MonotonicTime? { deadlines.next }
    var finishedBytes: Int { finished.bytes }
    var keptBytes: Int { clients.values.reduce(0) { $0 + $1.keptBytes } }

    init(settings: SwitchboardSettings) { self.settings = settings }

    func request(_ key: BranchKey) -> Message? { clients[key]?.request }

    /// Since when an INVITE waits for its first word; `nil` for one that got any.
    func silence(of key: BranchKey) -> MonotonicTime? {
        guard let client = clients[key], !client.isProceeding, !client.isFinished else { return nil }
        return client.since
    }

    /// Row S19: an answer counts only on the flow that its request went out on.
    func waits(_ key: BranchKey, on flow: Flow) -> Bool { clients[key]?.flow.id == flow.id }

    mutating func start(
        _ key: BranchKey,
        _ request: Message,
        purpose: InviteClient.Purpose,
        call: UInt64,
        over flow: Flow,
        _ turn: inout Turn
    ) {
        let transaction = InviteClientTransaction(
            request: request.bytes,
            isReliable: flow.transport.isReliable,
            at: turn.now.monotonic
        )
        clients[key] = InviteClient(
            call: call,
            purpose: purpose,
            flow: flow,
            request: request,
            transaction: transaction,
            at: turn.now.monotonic
        )
        turn.actions.append(.send(request.bytes, flow.id))
        if purpose.dialog != nil { deadlines.insert(.overdue(key), at: turn.now.monotonic + Limits.introduction) }
        schedule(key)
    }

    /// - Returns: The client as it was when the response came, where that is news.
    mutating func receive(_ response: Message, _ status: Int, _ key: BranchKey, _ turn: inout Turn) -> InviteClient? {
        guard var client = clients[key] else { return nil }
        var steps: [InviteClientTransaction.Action] = []
        let acknowledgement = status >= 300 ? acknowledge(response, of: client, key) : nil
        client.transaction.handle(.response(status: status, ack: acknowledgement), at: turn.now.monotonic, into: &steps)
        client.isProceeding = client.isProceeding || status < 200
        clients[key] = client
        return perform(steps, key, &turn).contains(.response) ? client : nil
    }

    /// What was passed up of it has been dealt with: what it still waits for, a repeat of its answer, is worth only so much.
    mutating func settle(_ key: BranchKey, _ status: Int?) {
        guard let client = clients[key] else { return }
        let flow = client.flow.id
        if client.isOver {
            remove(key, on: flow)
        } else if let status, status >= 200, !client.isFinished {
            clients[key]?.isFinished = true
            let most = Limits.finishedClients
            if let old = finished.add(key, bytes: client.keptBytes, on: flow, most: most) { clients[old] = nil }
        }
    }

    /// Takes note of a 2xx, of which each makes a dialog of its own.
    mutating func countAnswer(_ key: BranchKey) { clients[key]?.answers += 1 }

    /// Takes note of the ACK for the 2xx that was taken, by its To tag.
    mutating func acknowledged(_ key: BranchKey, _ tag: [UInt8], by bytes: [UInt8]) {
        clients[key]?.acknowledged = (tag, bytes)
    }

    /// The ACK that belongs to the transaction: for a final response other than 2xx (§17.1.1.3).
    private func acknowledge(_ response: Message, of client: InviteClient, _ key: BranchKey) -> [UInt8] {
        var writer = MessageWriter()
        begin(.ack, client, key, &writer)
        writer.copy(.to, from: response.hasOddTo ? client.request : response)
        end(.ack, client, &writer)
        writer.finish()
        return writer.bytes
    }

    /// Takes an INVITE back, now or as soon as §9.1 allows.
    ///
    /// - Returns: The CANCEL, when it is to go now.
    mutating func cancel(_ key: BranchKey, because reason: StaticString?, at now: Moment) -> (bytes: [UInt8], Flow)? {
        guard let client = clients[key] else { return nil }
        clients[key]?.cancelReason = reason
        clients[key]?.isCancelWanted = true
        guard client.isProceeding, !client.isCancelWanted else { return nil }
        return cancellation(key, at: now)
    }

    /// The CANCEL of an INVITE that got its first provisional response.
    mutating func cancellation(_ key: BranchKey, at now: Moment) -> (bytes: [UInt8], Flow)? {
        guard let client = clients[key] else { return nil }
        var writer = MessageWriter()
        begin(.cancel, client, key, &writer)
        writer.copy(.to, from: client.request)
        end(.cancel, client, &writer)
        if let reason = client.cancelReason { writer.field(.reason) { $0.append(reason) } }
        writer.finish()
        deadlines.insert(.cancelled(key), at: now.monotonic + .seconds(32))
        return (writer.bytes, client.flow)
    }

    /// What ACK and CANCEL say as their INVITE does (§9.1, §17.1.1.3), up to To.
    private func begin(_ method: Method, _ client: InviteClient, _ key: BranchKey, _ writer: inout MessageWriter) {
        writer.request(method, uri: client.request.bytes(client.request.requestURI))
        settings.writeVia(key, over: client.flow, into: &writer)
        writer.field(.maxForwards, 70)
        writer.copy(.route, from: client.request)
        writer.copy(.from, from: client.request)
    }

    private func end(_ method: Method, _ client: InviteClient, _ writer: inout MessageWriter) {
        writer.copy(.callID, from: client.request)
        let number = (try? client.request.cseq().number) ?? 1
        writer.field(.cseq, "\(number) \(method.text)")
    }

    /// A connection is gone, and with it every answer that was to come over it.
    ///
    /// - Parameter dialog: The only one whose phone left it; `nil` for all.
    mutating func fail(on flow: FlowID, of dialog: DialogKey?) -> [(BranchKey, InviteClient)] {
        let failed = clients.filter { $1.flow.id == flow && (dialog == nil || $1.purpose.dialog == dialog) }
        for key in failed.keys { remove(key, on: flow) }
        return failed.map { ($0, $1) }
    }

    private mutating func remove(_ key: BranchKey, on flow: FlowID) {
        clients[key] = nil
        finished.remove(key, on: flow)
    }

    // MARK: Time

    mutating func wake(_ turn: inout Turn) -> [TransactionEvent] {
        var events: [TransactionEvent] = []
        for _ in 0..<deadlines.count {
            guard let due = deadlines.popDue(at: turn.now.monotonic) else { break }
            switch due {
            case .transaction(let key): if let event = wake(key, &turn) { events.append(event) }
            case .cancelled(let key):
                // Whoever pays for it has to know that no answer comes any more.
                if let client = clients.removeValue(forKey: key), !client.isFinished, client.permit != nil {
                    events.append(.timedOut(client, key))
                }
            case .overdue(let key):
                // What is not proceeding has a deadline of its own.
                guard let client = clients[key], client.transaction.deadline == nil else { continue }
                events.append(.overdue(client, key))
            }
        }
        return events
    }

    private mutating func wake(_ key: BranchKey, _ turn: inout Turn) -> TransactionEvent? {
        guard var client = clients[key], let deadline = client.transaction.deadline, deadline <= turn.now.monotonic
        else { return nil }
        var steps: [InviteClientTransaction.Action] = []
        client.transaction.handle(.clock, at: turn.now.monotonic, into: &steps)
        clients[key] = client
        return perform(steps, key, &turn).contains(.timeout) ? .timedOut(client, key) : nil
    }

    private struct News: OptionSet {
        let rawValue: Int
        static let response = News(rawValue: 1)
        static let timeout = News(rawValue: 2)
    }

    /// - Returns: What is to be passed up.
    private mutating func perform(
        _ steps: [InviteClientTransaction.Action],
        _ key: BranchKey,
        _ turn: inout Turn
    ) -> News {
        guard let client = clients[key] else { return [] }
        var news: News = []
        for step in steps {
            switch step {
            case .send(let bytes): turn.actions.append(.send(bytes, client.flow.id))
            case .deliver: news.insert(.response)
            case .timedOut: news.insert(.timeout)
            case .end: if news.isEmpty { remove(key, on: client.flow.id) } else { clients[key]?.isOver = true }
            }
        }
        schedule(key)
        return news
    }

    private mutating func schedule(_ key: BranchKey) {
        guard let deadline = clients[key]?.transaction.deadline else { return }
        deadlines.insert(.transaction(key), at: deadline)
    }
}
