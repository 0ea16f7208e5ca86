// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import TestKit

/// The switchboard of a small business, with everything around it played by the fuzzer's bytes: connections that come and
/// go, phones that know their secrets and strangers that do not, the clock, the disk and the operator.
///
/// What must hold whatever happens is in ``check()`` and ``finish()``; a broken promise traps with a sentence.
struct FuzzedOffice {
    var board: Switchboard
    let relay = FuzzedRelay()
    var now = MonotonicTime(nanoseconds: 1_000_000_000)
    /// Connections that are open, in the order in which they were opened.
    var flows: [Flow] = []
    var closed: Set<FlowID> = []
    var lastFlow: UInt64 = 0
    /// Requests that reached a phone, with the connection, latest last.
    var asked: [(request: Message, flow: Flow)] = []
    /// Answers to INVITE and SUBSCRIBE that made a dialog.
    var answered: [(response: Message, flow: Flow)] = []
    var challenges: [FlowID: Message] = [:]
    var tickets: [Ticket] = []
    var lastSent: (bytes: [UInt8], flow: Flow)?
    /// Whether anybody has shown a valid secret so far.
    var isProven = false
    var generation: UInt64 = 1
    var counter: UInt32 = 0

    /// Bytes that a switchboard may keep for four phones on eight connections, whatever they say.
    static let keptBytes = 8 << 20
    static let key = [UInt8](repeating: 7, count: 32)

    init() {
        board = Switchboard(
            settings: SwitchboardSettings(
                hostNames: ["pbx.office.example"],
                sipPort: 5061,
                mediaAddress: IPAddress(v4: 0xC000_0201),
                mediaPort: 40_000,
                nonceKey: Self.key
            ),
            snapshot: FuzzedPhone.snapshot(disabled: 0, generation: 1),
            entropy: .repeatable()
        )
    }

    var moment: Moment {
        Moment(
            monotonic: now,
            wall: WallTime(milliseconds: 1_800_000_000_000 + Int64(now.nanoseconds / 1_000_000))
        )
    }

    /// Plays one input to its end.
    static func run(_ bytes: Span<UInt8>) {
        var office = FuzzedOffice()
        var choices = Choices(bytes)
        while let choice = choices.next() { office.play(choice, &choices) }
        office.finish()
    }

    // MARK: What the switchboard asks for

    mutating func carryOut(_ actions: [Action]) {
        var ending: [FlowID] = []
        var refused: [RelayID] = []
        var changed: [Ticket] = []
        for action in actions {
            switch action {
            case .send(let bytes, let id): send(bytes, to: id)
            case .authenticated: isProven = true
            case .close(let id): ending.append(id)
            case .remember(_, let ticket): if let ticket { tickets.append(ticket) }
            case .media(let command): if let id = relay.apply(command, at: now) { refused.append(id) }
            case .change(_, let ticket): changed.append(ticket)
            case .keep, .report, .resolve, .connect, .voice: break
            }
        }
        for ticket in changed {
            var turn = Turn(at: moment)
            board.changed(ticket, nil, &turn)
            carryOut(turn.actions)
        }
        if !refused.isEmpty { refuse(refused) }
        for id in ending { close(id) }
        check()
    }

    private mutating func refuse(_ refused: [RelayID]) {
        var turn = Turn(at: moment)
        board.refused(refused, &turn)
        carryOut(turn.actions)
    }

    private mutating func send(_ bytes: [UInt8], to id: FlowID) {
        promise(!closed.contains(id), "something is sent to a connection that is closed")
        guard let flow = flows.first(where: { $0.id == id }) else {
            fatalError("something is sent to a connection that never was")
        }
        guard var message = try? Message(parsing: bytes.span) else {
            fatalError("what is sent is not SIP: \(String(decoding: bytes, as: UTF8.self))")
        }
        if message.method != nil {
            // An answer repeats what it answers, which may be wrong; a request is all ours.
            promise(
                (try? message.validate()) != nil,
                "what is asked is not SIP: \(String(decoding: bytes, as: UTF8.self))"
            )
            asked.append((message, flow))
            if asked.count > 32 { asked.removeFirst() }
        } else if message.status == 401 {
            challenges[id] = message
        } else if message.status ?? 0 > 100, (try? message.to().tag) != nil {
            answered.append((message, flow))
            if answered.count > 32 { answered.removeFirst() }
        }
    }

    mutating func close(_ id: FlowID) {
        guard let index = flows.firstIndex(where: { $0.id == id }), flows[index].transport != .udp else { return }
        flows.remove(at: index)
        closed.insert(id)
        var turn = Turn(at: moment)
        board.closed(id, &turn)
        carryOut(turn.actions)
    }

    mutating func deliver(_ bytes: [UInt8], on flow: Flow) {
        lastSent = (bytes, flow)
        var turn = Turn(at: moment)
        board.receive(bytes.span, on: flow, &turn)
        carryOut(turn.actions)
    }

    mutating func wait(_ duration: Duration) {
        let end = now + duration
        var wakes = 0
        while let deadline = board.nextDeadline, deadline <= end {
            wakes += 1
            promise(wakes < 100_000, "it wakes without end")
            now = max(now, deadline)
            var turn = Turn(at: moment)
            board.wake(&turn)
            carryOut(turn.actions)
        }
        now = end
    }

    // MARK: What must hold

    private func check() {
        let figures = board.figures
        promise(figures.registrations <= 5 * FuzzedPhone.all.count, "more registrations than there may be")
        promise(figures.subscriptions <= 128 * FuzzedPhone.all.count, "more subscriptions than there may be")
        promise(figures.calls <= 16 * FuzzedPhone.all.count, "more calls than there may be")
        promise(figures.keptBytes <= Self.keptBytes, "it keeps \(figures.keptBytes) bytes for a handful of phones")
        promise(figures.relays.calls == relay.count, "relays and calls differ")
        promise(figures.relays.silent == 0, "a call stands in silence")
        guard !isProven else { return }
        promise(
            figures.registrations + figures.subscriptions + figures.calls + figures.transactions == 0
                && board.nextDeadline == nil,
            "somebody who proved nothing left something behind"
        )
    }

    /// Everybody leaves, and after three hours nothing is left.
    mutating func finish() {
        for flow in flows { close(flow.id) }
        for ticket in tickets { store(ticket, ok: true) }
        for _ in 0..<12 {
            wait(.seconds(900))
            for ticket in tickets { store(ticket, ok: false) }
        }
        let figures = board.figures
        promise(figures.calls == 0, "a call outlives everybody in it")
        promise(figures.registrations == 0, "a registration outlives its time")
        promise(figures.subscriptions == 0, "a subscription outlives its time")
        promise(figures.transactions == 0, "a transaction outlives its time")
        promise(relay.count == 0, "a relay outlives its call")
        promise(figures.keptBytes == 0, "\(figures.keptBytes) bytes are kept for nobody")
        promise(board.nextDeadline == nil, "something is due for nobody")
    }

    mutating func store(_ ticket: Ticket, ok: Bool) {
        tickets.removeAll { $0 == ticket }
        var turn = Turn(at: moment)
        board.stored(ticket, ok: ok, &turn)
        carryOut(turn.actions)
    }
}

/// Traps with a sentence that a release build prints, too.
private func promise(_ holds: Bool, _ sentence: @autoclosure () -> String) {
    if !holds { fatalError(sentence()) }
}

/// The fuzzer's bytes, taken one decision after the other.
struct Choices {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ span: Span<UInt8>) {
        bytes = span.withUnsafeBufferPointer { Array($0) }
    }

    /// `nil` at the end.
    mutating func next() -> UInt8? {
        guard offset < bytes.count else { return nil }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// One of `count`; the first at the end.
    mutating func pick(_ count: Int) -> Int { Int(next() ?? 0) % max(1, count) }

    mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[pick(elements.count)]
    }

    mutating func take(_ count: Int) -> [UInt8] {
        let end = min(offset + count, bytes.count)
        defer { offset = end }
        return Array(bytes[offset..<end])
    }
}
