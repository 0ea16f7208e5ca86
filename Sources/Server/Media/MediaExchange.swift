// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Synchronization

/// One media loop for all businesses of a process: whose a relay is stands in the upper bits of its identifier.
final class MediaExchange: Sendable {
    private let loop: MediaLoop
    private let studio: Studio
    private let listeners: Listeners

    /// A business that is told of its relays.
    fileprivate struct Listener: Sendable {
        let tell: @Sendable (RelayCensus) -> Void
        /// What it has open, as far as it knows: then it is also told that there is nothing.
        let open: OpenRelays
        let hear: @Sendable ([StudioNews]) -> Void
        var mark = RelayMark.never
    }

    /// Where reports of each business go.
    private final class Listeners: Sendable {
        let table = Mutex<[UInt16: Listener]>([:])

        func tell(_ news: [StudioNews]) {
            for (number, own) in Dictionary(grouping: news, by: \.id.business) {
                let hear = table.withLock { $0[number]?.hear }
                hear?(own.map { StudioNews(id: $0.id.within, what: $0.what) })
            }
        }

        func tell(_ news: MediaNews) {
            let reports = Dictionary(grouping: news.reports, by: \.id.business)
            let refused = Dictionary(grouping: news.refused, by: \.business)
            let listeners = table.withLock { table in
                for (number, mark) in news.marks { table[number]?.mark = mark }
                return table
            }
            for (number, listener) in listeners {
                let (own, lost) = (reports[number] ?? [], refused[number] ?? [])
                guard !own.isEmpty || !lost.isEmpty || !listener.open.isEmpty else { continue }
                let within = own.map { RelayReport(id: $0.id.within, a: $0.a, b: $0.b) }
                listener.tell(RelayCensus(reports: within, refused: lost.map(\.within), mark: listener.mark))
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
        let (listeners, door) = (Listeners(), StudioDoor())
        studio = Studio(door) { news in listeners.tell(news) }
        do {
            loop = try MediaLoop(
                rtp: ranges[0].rtp,
                rtcp: ranges[0].rtcp,
                other: other,
                capacity: capacity,
                share: share,
                plain: ranges.compactMap(PlainPorts.init),
                studio: door
            ) { news in listeners.tell(news) }
        } catch {
            throw Refusal(
                problem: "Ringfence cannot receive media on \(ranges.map(\.description).joined(separator: " and ")).",
                reason: "the system says: \(error)",
                remedy:
                    "stop the program that uses it, or choose other ports while it is ended: ringfence media ports ADDRESS:FIRST-LAST"
            )
        }
        self.listeners = listeners
    }

    /// - Parameter onReport: Called on the media thread once a second with a report of every relay of this business, if it
    ///   has any or thinks so. It must not block.
    /// - Parameter onNews: Called on the thread of the studio with what happened in calls of this business. The same holds for it.
    func line(
        of business: UInt16,
        onNews: @escaping @Sendable ([StudioNews]) -> Void,
        onReport: @escaping @Sendable (RelayCensus) -> Void
    ) -> MediaLine {
        let line = MediaLine(of: business, over: self)
        listeners.table.withLock { $0[business] = Listener(tell: onReport, open: line.open, hear: onNews) }
        return line
    }

    /// What became of packets, of all businesses: of those that nobody could be found for, nobody knows whose they were.
    var counters: RelayCounters { loop.counters }

    func start() {
        loop.start()
        studio.start()
    }

    func stop() {
        studio.stop()
        loop.stop()
    }

    fileprivate func send(_ commands: [RelayCommand], upTo mark: RelayMark, of business: UInt16) -> [RelayID] {
        loop.send(commands, upTo: mark, of: business)
    }

    fileprivate func send(_ commands: [StudioCommand]) { studio.send(commands) }

    fileprivate func hangUp(_ business: UInt16) { listeners.table.withLock { $0[business] = nil } }
}

/// The relays that one business has open, as far as it knows: so that none of them stays when the business is gone.
private final class OpenRelays: Sendable {
    private let ids = Mutex<Set<RelayID>>([])

    var isEmpty: Bool { ids.withLock(\.isEmpty) }

    func note(_ commands: [RelayCommand]) {
        ids.withLock { open in
            for command in commands {
                switch command {
                case .open(let id, _, _): open.insert(id)
                case .update, .entertain: break
                case .join(_, _, let left, _): open.remove(left)
                case .close(let id): open.remove(id)
                }
            }
        }
    }

    func takeAll() -> Set<RelayID> {
        ids.withLock { open in
            defer { open = [] }
            return open
        }
    }
}

/// The media loop as one business sees it: its own relays and no other.
final class MediaLine: Sendable {
    private let number: UInt16
    private let exchange: MediaExchange
    fileprivate let open = OpenRelays()

    fileprivate init(of number: UInt16, over exchange: MediaExchange) {
        (self.number, self.exchange) = (number, exchange)
    }

    var counters: RelayCounters { exchange.counters }

    /// Does not wait.
    ///
    /// - Parameter mark: Comes back with the first census in which they count.
    /// - Returns: The relays of which something was refused at once, because too many commands wait.
    func send(_ commands: [RelayCommand], upTo mark: RelayMark) -> [RelayID] {
        open.note(commands)
        return exchange.send(commands.map { $0.told(by: number) }, upTo: mark, of: number).map(\.within)
    }

    /// Tells the studio what to do in a call. Does not wait.
    func send(_ command: StudioCommand) { exchange.send([command.told(by: number)]) }

    /// The business is gone: its relays are closed, and nothing is reported any more.
    func hangUp() {
        exchange.hangUp(number)
        let closing = open.takeAll().map { RelayCommand.close($0).told(by: number) }
        _ = exchange.send(closing, upTo: .never, of: number)
        for case .close(let id) in closing { exchange.send([.end(id)]) }
    }
}

extension RelayID {
    /// Bits for the relays of one business: a call a microsecond for nine years.
    private static let bits: UInt64 = 48

    fileprivate func told(by business: UInt16) -> RelayID {
        RelayID(rawValue: UInt64(business) << Self.bits | within.rawValue)
    }

    var business: UInt16 { UInt16(truncatingIfNeeded: rawValue >> Self.bits) }

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
        case .entertain(let id, let side, let isOn): .entertain(id.told(by: business), side, isOn)
        case .close(let id): .close(id.told(by: business))
        }
    }
}

extension StudioCommand {
    fileprivate func told(by business: UInt16) -> StudioCommand {
        switch self {
        case .begin(let id, let format): .begin(id.told(by: business), format)
        case .say(let id, let sound, let number): .say(id.told(by: business), sound, number)
        case .play(let id, let sound): .play(id.told(by: business), sound)
        case .hush(let id): .hush(id.told(by: business))
        case .record(let id, let sink, let terms): .record(id.told(by: business), sink, terms)
        case .endRecording(let id): .endRecording(id.told(by: business))
        case .join(let id, let conference):
            .join(id.told(by: business), ConferenceID(conference.id.told(by: business)))
        case .end(let id): .end(id.told(by: business))
        }
    }
}
