// SPDX-License-Identifier: Apache-2.0

import Admin
import Calls
import Model
import NIOCore
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
        let local: Primitives.SocketAddress
        let remote: Primitives.SocketAddress
        let callID: String
        /// Calls that set each other up have one in common.
        let group: UInt64
        /// Whether it is of somebody who proved who they are, or of the server.
        let isKnown: Bool
        let bytes: [UInt8]

        /// Bytes of memory, about.
        fileprivate var size: Int { bytes.count + callID.utf8.count + Limits.traceOverhead }
    }

    let order: TraceOrder
    private let end: MonotonicTime
    private let exporter: HEPExporter?
    private var message = Message()
    /// The oldest first.
    private var kept = CircularBuffer<Kept>()
    private var size = 0
    /// Of it what strangers said: they do not push a call out that somebody looks for.
    private var strangeSize = 0
    private var noted = 0
    private var lost = 0
    /// By the hash of a Call-ID, which somebody else chose.
    private var groups: [Int: UInt64] = [:]
    private var records: [UInt64: String] = [:]
    private var lastGroup: UInt64 = 0
    /// Of the message that is being answered.
    private var turn: UInt64?
    /// Whether what is being answered is of somebody who is known, or of nobody.
    private var isAnswered = true

    init(_ order: TraceOrder, end: MonotonicTime, exporter: HEPExporter?) {
        (self.order, self.end, self.exporter) = (order, end, exporter)
    }

    // MARK: What happens

    /// - Parameter isKnown: Whether whoever says it has proved who they are.
    func received(_ bytes: Span<UInt8>, on flow: Flow, isKnown: Bool, at now: Moment) {
        turn = nil
        isAnswered = isKnown
        turn = note(bytes, flow, isReceived: true, isKnown: isKnown, at: now)
    }

    func sent(_ bytes: Span<UInt8>, on flow: Flow, at now: Moment) {
        let group = note(bytes, flow, isReceived: false, isKnown: isAnswered, at: now)
        turn = turn ?? group
    }

    /// A record of the call that is being set up or ended.
    func recorded(_ id: String) {
        if let turn, records.count < Limits.tracedDialogs { records[turn] = id }
    }

    /// What comes next belongs to nothing that was before.
    func turnEnded() { (turn, isAnswered) = (nil, true) }

    func stop() { exporter?.close() }

    // MARK: What is asked

    /// - Parameter call: The id of a record or a Call-ID; `nil` for everything.
    func report(of call: String? = nil, limit: Int = 0) -> TraceReport {
        let group = call.flatMap { call in groups[call.hashValue] ?? records.first { $0.value == call }?.key }
        var (found, room) = ([Kept](), Limits.traceShown)
        for entry in kept.reversed() where call == nil || entry.group == group {
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
    private func note(_ bytes: Span<UInt8>, _ flow: Flow, isReceived: Bool, isKnown: Bool, at now: Moment) -> UInt64? {
        guard now.monotonic < end, isKnown || strangeSize < Limits.traceBytes / 4,
            (try? message.parse(bytes)) != nil
        else { return nil }
        let callID = (try? message.callID()).map { message.string($0) } ?? ""
        let entry = Kept(
            at: now.wall,
            isReceived: isReceived,
            transport: flow.transport,
            local: flow.local,
            remote: flow.remote,
            callID: callID,
            group: group(of: callID),
            isKnown: isKnown,
            bytes: message.masked()
        )
        noted += 1
        size += entry.size
        if !isKnown { strangeSize += entry.size }
        kept.append(entry)
        makeRoom()
        exporter?.send(entry, correlation: records[entry.group] ?? "\(entry.group)")
        return entry.group
    }

    /// A call that begins while another one is answered is its other side: phones and providers never see each other's Call-ID.
    private func group(of callID: String) -> UInt64 {
        let name = callID.hashValue
        if let known = groups[name] { return known }
        if groups.count >= Limits.tracedDialogs { forgetOldGroups() }
        if message.method == .invite, let turn {
            groups[name] = turn
            return turn
        }
        lastGroup += 1
        groups[name] = lastGroup
        return lastGroup
    }

    private func makeRoom() {
        while size > Limits.traceBytes || kept.count > Limits.traceMessages {
            let oldest = kept.removeFirst()
            size -= oldest.size
            if !oldest.isKnown { strangeSize -= oldest.size }
            lost += 1
        }
    }

    /// Those of which nothing is kept any more, and all of them where that is not enough.
    private func forgetOldGroups() {
        let live = Set(kept.map(\.group))
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
