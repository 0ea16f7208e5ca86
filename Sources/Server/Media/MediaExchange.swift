// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Synchronization

/// One media loop for all businesses of a process: whose a relay is stands in the upper bits of its identifier.
final class MediaExchange: Sendable {
    private let loop: MediaLoop
    private let listeners: Listeners

    /// Where reports of each business go.
    private final class Listeners: Sendable {
        let table = Mutex<[UInt16: @Sendable ([RelayReport]) -> Void]>([:])

        func tell(_ reports: [RelayReport]) {
            for (number, own) in Dictionary(grouping: reports, by: \.id.business) {
                guard let listener = table.withLock({ $0[number] }) else { continue }
                listener(own.map { RelayReport(id: $0.id.within, a: $0.a, b: $0.b) })
            }
        }
    }

    /// Binds the ports; nothing is relayed before ``start()``.
    ///
    /// - Parameters:
    ///   - ranges: One, or one for each version of IP.
    ///   - capacity: Relays at once, of all businesses.
    ///   - share: What one business may use of it.
    init(_ ranges: [MediaPorts], capacity: Int, share: RelayShare) throws(Refusal) {
        let other = ranges.count > 1 ? (ranges[1].rtp, ranges[1].rtcp) : nil
        let listeners = Listeners()
        do {
            loop = try MediaLoop(
                rtp: ranges[0].rtp,
                rtcp: ranges[0].rtcp,
                other: other,
                capacity: capacity,
                share: share
            ) { reports in listeners.tell(reports) }
        } catch {
            throw Refusal(
                problem: "Ringfence cannot receive media on \(ranges.map(\.description).joined(separator: " and ")).",
                reason: "the system says: \(error)",
                remedy: "stop the program that uses it, or choose other ports: ringfence serve --rtp ADDRESS:FIRST-LAST"
            )
        }
        self.listeners = listeners
    }

    /// - Parameter onReport: Called on the media thread once a second with a report of every relay of this business, if it
    ///   has any. It must not block.
    func line(of business: UInt16, onReport: @escaping @Sendable ([RelayReport]) -> Void) -> MediaLine {
        listeners.table.withLock { $0[business] = onReport }
        return MediaLine(of: business, over: self)
    }

    /// What became of packets, of all businesses: of those that nobody could be found for, nobody knows whose they were.
    var counters: RelayCounters { loop.counters }

    func start() { loop.start() }
    func stop() { loop.stop() }

    fileprivate func send(_ commands: [RelayCommand]) { loop.send(commands) }
    fileprivate func hangUp(_ business: UInt16) { listeners.table.withLock { $0[business] = nil } }
}

/// The media loop as one business sees it: its own relays and no other.
final class MediaLine: Sendable {
    private let number: UInt16
    private let exchange: MediaExchange
    /// So that none of them stays open when the business is gone.
    private let open = Mutex<Set<RelayID>>([])

    fileprivate init(of number: UInt16, over exchange: MediaExchange) {
        (self.number, self.exchange) = (number, exchange)
    }

    var counters: RelayCounters { exchange.counters }

    /// Does not wait.
    func send(_ commands: [RelayCommand]) {
        open.withLock { open in
            for command in commands { note(command, in: &open) }
        }
        exchange.send(commands.map { $0.told(by: number) })
    }

    private func note(_ command: RelayCommand, in open: inout Set<RelayID>) {
        switch command {
        case .open(let id, _, _): open.insert(id)
        case .update: break
        case .join(_, _, let left, _): open.remove(left)
        case .close(let id): open.remove(id)
        }
    }

    /// The business is gone: its relays are closed, and nothing is reported any more.
    func hangUp() {
        exchange.hangUp(number)
        let left = open.withLock { open in
            defer { open = [] }
            return open
        }
        exchange.send(left.map { RelayCommand.close($0).told(by: number) })
    }
}

extension RelayID {
    /// Bits for the relays of one business: a call a microsecond for nine years.
    private static let bits: UInt64 = 48

    fileprivate func told(by business: UInt16) -> RelayID {
        RelayID(rawValue: UInt64(business) << Self.bits | within.rawValue)
    }

    fileprivate var business: UInt16 { UInt16(truncatingIfNeeded: rawValue >> Self.bits) }

    /// As the business itself calls it.
    fileprivate var within: RelayID { RelayID(rawValue: rawValue & (1 << Self.bits - 1)) }
}

extension RelayCommand {
    fileprivate func told(by business: UInt16) -> RelayCommand {
        switch self {
        case .open(let id, let a, let b): .open(id.told(by: business), a: a, b: b)
        case .update(let id, let side, let media): .update(id.told(by: business), side, media)
        case .join(let id, let side, let other, let otherSide):
            .join(id.told(by: business), side, from: other.told(by: business), otherSide)
        case .close(let id): .close(id.told(by: business))
        }
    }
}
