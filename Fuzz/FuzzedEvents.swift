// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP

/// What can happen to a switchboard.
extension FuzzedOffice {
    mutating func play(_ choice: UInt8, _ choices: inout Choices) {
        switch choice % 16 {
        case 0: open(&choices)
        case 1: if let flow = choices.pick(flows) { close(flow.id) }
        case 2: wait(.milliseconds(Int64(choices.next() ?? 0) * 20))
        case 3: wait(.seconds(Int64(choices.next() ?? 0)))
        case 4, 5, 6: request(&choices)
        case 7, 8: answer(&choices)
        case 9, 10: requestInDialog(&choices)
        case 11:
            if let last = lastSent, flows.contains(where: { $0.id == last.flow.id }) {
                deliver(last.bytes, on: last.flow)
            }
        case 12: if let ticket = tickets.last { store(ticket, ok: (choices.next() ?? 0) % 8 != 0) }
        case 13: hear(&choices)
        case 14: operate(&choices)
        default:
            guard let flow = choices.pick(flows) else { return }
            deliver(choices.take(choices.pick(200)), on: flow)
        }
    }

    private mutating func open(_ choices: inout Choices) {
        guard flows.count < 8 else { return }
        lastFlow += 1
        let transport = [Transport.tls, .tls, .tcp, .udp][choices.pick(4)]
        flows.append(
            Flow(
                id: FlowID(rawValue: lastFlow),
                transport: transport,
                remote: SocketAddress(
                    ip: IPAddress(v4: 0xC000_0232 + UInt32(choices.pick(3))),
                    port: UInt16(50_000 + lastFlow)
                ),
                local: SocketAddress(ip: IPAddress(v4: 0xC000_0201), port: 5061),
                tlsVersion: transport == .tls ? "TLSv1.3" : nil,
                cipher: nil
            )
        )
    }

    /// A request outside of dialogs. With a secret, a challenge is fetched and answered first.
    private mutating func request(_ choices: inout Choices) {
        guard let flow = choices.pick(flows) else { return }
        let phone = FuzzedPhone.all[choices.pick(FuzzedPhone.all.count)]
        var draft = FuzzedPhone.draft(choices.pick(FuzzedPhone.drafts), &choices, from: phone, over: flow)
        if draft.method == "INVITE", choices.pick(4) == 0, let dialog = choices.pick(dialogs) {
            draft.fields.append("Replaces: \(dialog)")
        }
        send(draft, by: phone, on: flow, &choices)
    }

    /// How the dialogs of calls are named in Replaces, by either end.
    private var dialogs: [String] {
        let tag = { (message: Message, name: String) in
            message.first(named: name).map { message.string($0) }?.split(separator: ";tag=").dropFirst().first
                ?? "callee"
        }
        let messages = asked.map(\.request) + answered.map(\.response)
        return messages.compactMap { message in
            guard (try? message.cseq().method) == .invite, let id = message.first(named: "Call-ID") else { return nil }
            let (to, from) = (tag(message, "To"), tag(message, "From"))
            // What was answered is named by its caller, what was asked by who was called.
            let tags = message.method == nil ? (to, from) : (from, to)
            return "\(message.string(id));to-tag=\(tags.0);from-tag=\(tags.1)"
        }
    }

    private mutating func requestInDialog(_ choices: inout Choices) {
        let isCaller = choices.pick(2) == 0
        let phone = FuzzedPhone.all[choices.pick(FuzzedPhone.all.count)]
        if isCaller, let (response, flow) = choices.pick(answered) {
            var draft = FuzzedPhone.draft(&choices, inDialogOf: response, isCaller: true, from: phone, over: flow)
            if draft.method == "REFER" { refer(&draft, &choices) }
            send(draft, by: phone, on: anyFlow(or: flow, &choices), &choices)
        } else if let (request, flow) = choices.pick(asked) {
            var draft = FuzzedPhone.draft(&choices, inDialogOf: request, isCaller: false, from: phone, over: flow)
            if draft.method == "REFER" { refer(&draft, &choices) }
            send(draft, by: phone, on: anyFlow(or: flow, &choices), &choices)
        }
    }

    /// To another call that there is, or to anything.
    private func refer(_ draft: inout Draft, _ choices: inout Choices) {
        guard choices.pick(2) == 0, let dialog = choices.pick(dialogs) else {
            draft.fields.append("Refer-To: \(FuzzedPhone.referral(&choices))")
            return
        }
        let escaped = dialog.replacing(";", with: "%3B").replacing("=", with: "%3D")
        let number = ["101", "102", "103"][choices.pick(3)]
        let early = choices.pick(8) == 0 ? "%3Bearly-only" : ""
        draft.fields.append("Refer-To: <sip:\(number)@\(FuzzedPhone.domain)?Replaces=\(escaped)\(early)>")
    }

    /// Mostly the connection that it should be.
    private func anyFlow(or flow: Flow, _ choices: inout Choices) -> Flow? {
        if choices.pick(8) == 0 { return choices.pick(flows) }
        return flows.first { $0.id == flow.id }
    }

    private mutating func send(_ draft: Draft, by phone: FuzzedPhone, on flow: Flow?, _ choices: inout Choices) {
        guard let flow else { return }
        let manner = choices.pick(8)
        counter += 1
        var text = draft.text(counter, authorization: nil)
        if manner > 0 {
            if challenges[flow.id] == nil { deliver(Array(text.utf8), on: flow) }
            guard flows.contains(where: { $0.id == flow.id }) else { return }
            if let challenge = challenges[flow.id] {
                counter += 1
                let field = phone.authorization(for: challenge, draft, counter, isRight: manner > 1)
                text = draft.text(counter, authorization: field)
            }
        }
        let bytes = manner == 2 ? mutated(Array(text.utf8), &choices) : Array(text.utf8)
        deliver(bytes, on: flow)
    }

    private mutating func answer(_ choices: inout Choices) {
        guard let (request, flow) = choices.pick(asked), request.method != .ack,
            let way = anyFlow(or: flow, &choices)
        else { return }
        let text = FuzzedPhone.answer(to: request, &choices)
        let bytes = choices.pick(8) == 0 ? mutated(Array(text.utf8), &choices) : Array(text.utf8)
        deliver(bytes, on: way)
    }

    private func mutated(_ bytes: [UInt8], _ choices: inout Choices) -> [UInt8] {
        var bytes = bytes
        for _ in 0...choices.pick(4) where !bytes.isEmpty {
            let place = (choices.pick(256) << 8 | choices.pick(256)) % bytes.count
            switch choices.pick(3) {
            case 0: bytes[place] = choices.next() ?? 0
            case 1: bytes.remove(at: place)
            default: bytes.insert(choices.next() ?? 0, at: place)
            }
        }
        return bytes
    }

    /// What the relay says: the truth, or of one of the latest calls.
    private mutating func hear(_ choices: inout Choices) {
        if choices.pick(2) == 0 {
            var turn = Turn(at: moment)
            board.media(RelayCensus(reports: relay.reports, mark: board.mark), &turn)
            return carryOut(turn.actions)
        }
        var (a, b) = (LegReport(), LegReport())
        a.packets = UInt64(choices.pick(256))
        if choices.pick(2) == 0 { a.lastAuthenticated = now }
        if choices.pick(2) == 0 { b.lastAuthenticated = now }
        var turn = Turn(at: moment)
        let id = RelayID(rawValue: UInt64(choices.pick(64)))
        board.media(RelayCensus(reports: [RelayReport(id: id, a: a, b: b)]), &turn)
        carryOut(turn.actions)
    }

    private mutating func operate(_ choices: inout Choices) {
        var turn = Turn(at: moment)
        switch choices.pick(3) {
        case 0:
            generation += 1
            let snapshot = FuzzedPhone.snapshot(disabled: choices.next() ?? 0, generation: generation)
            board.apply(snapshot, &turn)
        case 1:
            guard let call = choices.pick(board.calls()) else { return }
            _ = board.endCall(call.record.id, &turn)
        default:
            let phone = FuzzedPhone.all[choices.pick(FuzzedPhone.all.count)]
            board.setMailbox(MailboxCounts(new: choices.pick(3)), of: phone.number, &turn)
        }
        carryOut(turn.actions)
    }
}
