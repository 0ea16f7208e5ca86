// SPDX-License-Identifier: Apache-2.0

import Admin
import Calls
import Model
import Primitives
import SIP

/// What phones, providers and the server say to each other, while somebody wants to know: the newest messages, with secrets covered.
///
/// Belongs to one signalling loop and is used nowhere else. Without one the loop asks a single time for each message whether there is one.
final class SignallingTrace {
    struct Kept {
        let at: WallTime
        let isReceived: Bool
        let transport: Transport
        let local: SocketAddress
        let remote: SocketAddress
        let callID: String
        /// Calls that set each other up have one in common.
        let group: UInt64
        let bytes: [UInt8]
    }

    let order: TraceOrder
    private let end: MonotonicTime
    private let exporter: HEPExporter?
    private var message = Message()
    /// The oldest first. What went is cut off now and then, not each time.
    private var kept: [Kept] = []
    private var first = 0
    private var size = 0
    private var noted = 0
    private var lost = 0
    private var groups: [String: UInt64] = [:]
    private var records: [UInt64: String] = [:]
    private var lastGroup: UInt64 = 0
    /// Of the message that is being answered.
    private var turn: UInt64?

    init(_ order: TraceOrder, end: MonotonicTime, exporter: HEPExporter?) {
        (self.order, self.end, self.exporter) = (order, end, exporter)
    }

    // MARK: What happens

    func received(_ bytes: Span<UInt8>, on flow: Flow, at now: Moment) {
        turn = nil
        turn = note(bytes, flow, isReceived: true, at: now)
    }

    func sent(_ bytes: Span<UInt8>, on flow: Flow, at now: Moment) {
        let group = note(bytes, flow, isReceived: false, at: now)
        turn = turn ?? group
    }

    /// A record of the call that is being set up or ended.
    func recorded(_ id: String) {
        if let turn, records.count < Limits.tracedDialogs { records[turn] = id }
    }

    /// What comes next belongs to nothing that was before.
    func turnEnded() { turn = nil }

    func stop() { exporter?.close() }

    // MARK: What is asked

    /// - Parameter call: The id of a record or a Call-ID; `nil` for everything.
    func report(of call: String? = nil, limit: Int = 0) -> TraceReport {
        let group = call.flatMap { call in groups[call] ?? records.first { $0.value == call }?.key }
        var (found, room) = ([Kept](), Limits.traceShown)
        for entry in kept[first...].reversed() where call == nil || entry.group == group {
            room -= entry.bytes.count
            guard found.count < limit, room >= 0 else { break }
            found.append(entry)
        }
        return TraceReport(
            order: order,
            noted: noted,
            lost: lost,
            exported: exporter?.sent ?? 0,
            unsent: exporter?.unsent ?? 0,
            messages: found.reversed().map { TraceReport.Message($0, call: records[$0.group]) }
        )
    }

    // MARK: Notes

    /// - Returns: What it belongs to; `nil` where it is not noted.
    private func note(_ bytes: Span<UInt8>, _ flow: Flow, isReceived: Bool, at now: Moment) -> UInt64? {
        guard now.monotonic < end, (try? message.parse(bytes)) != nil else { return nil }
        let callID = (try? message.callID()).map { message.string($0) } ?? ""
        let entry = Kept(
            at: now.wall,
            isReceived: isReceived,
            transport: flow.transport,
            local: flow.local,
            remote: flow.remote,
            callID: callID,
            group: group(of: callID),
            bytes: message.masked()
        )
        noted += 1
        size += entry.bytes.count
        kept.append(entry)
        makeRoom()
        exporter?.send(entry, correlation: records[entry.group] ?? "\(entry.group)")
        return entry.group
    }

    /// A call that begins while another one is answered is its other side: phones and providers never see each other's Call-ID.
    private func group(of callID: String) -> UInt64 {
        if let known = groups[callID] { return known }
        if message.method == .invite, let turn {
            groups[callID] = turn
            return turn
        }
        lastGroup += 1
        if groups.count >= Limits.tracedDialogs { forgetOldGroups() }
        groups[callID] = lastGroup
        return lastGroup
    }

    private func makeRoom() {
        while size > Limits.traceBytes || kept.count - first > Limits.traceMessages {
            size -= kept[first].bytes.count
            first += 1
            lost += 1
        }
        if first > kept.count / 2, first > Limits.traceSlack {
            kept.removeFirst(first)
            first = 0
        }
    }

    /// Those of which nothing is kept any more, and all of them where that is not enough.
    private func forgetOldGroups() {
        let live = Set(kept[first...].map(\.group))
        groups = groups.filter { live.contains($0.value) }
        records = records.filter { live.contains($0.key) }
        if groups.count >= Limits.tracedDialogs { groups.removeAll() }
    }
}

extension TraceReport.Message {
    fileprivate init(_ kept: SignallingTrace.Kept, call: String?) {
        self.init(
            at: kept.at,
            isReceived: kept.isReceived,
            transport: kept.transport.rawValue,
            local: "\(kept.local)",
            remote: "\(kept.remote)",
            callID: kept.callID,
            call: call,
            text: String(decoding: kept.bytes, as: UTF8.self)
        )
    }
}
