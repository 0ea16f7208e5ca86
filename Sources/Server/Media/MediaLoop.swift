// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
public import Media
public import Primitives
import Synchronization

/// What a media loop tells once a second.
public struct MediaNews: Sendable {
    /// Of every open relay, in no order.
    public let reports: [RelayReport]
    /// Relays of which something was commanded and refused since the last time.
    public let refused: Set<RelayID>
    /// How far each business was with its commands when the latest of them were taken; of those that commanded something
    /// since the last time.
    public let marks: [UInt16: RelayMark]
}

/// A thread that relays the encrypted media of all its calls through one UDP port, with RTCP on a second one for phones
/// that do not multiplex; where there are two versions of IP, through one pair of ports for each. A leg without encryption has
/// a pair of its own, which is open as long as the leg.
///
/// It shares nothing with signalling: commands come in through a bounded queue, reports go out through a callback. The
/// sockets are bound when this is made, so that a port in use is known before anything runs.
public final class MediaLoop: Sendable {
    private enum Phase: Sendable {
        case ready, running, stopped
    }

    /// Where media arrives, with the port that the system chose when 0 was asked for.
    public let rtp: SocketAddress
    /// Where RTCP without rtcp-mux arrives.
    public let rtcp: SocketAddress

    private let queue: MediaQueue
    private let figures = MediaFigures()
    private let worker: Mutex<MediaWorker?>
    private let phase = Mutex(Phase.ready)
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - rtp: Where media arrives: the address that our SDP names. Not an unspecified one on a machine with several
    ///     addresses: answers would leave from another one than the phone sends to.
    ///   - rtcp: Where RTCP without rtcp-mux arrives: the port above.
    ///   - other: The same two over the other version of IP, if the machine has both. A call may have one leg on each.
    ///   - capacity: How many calls can be relayed at once.
    ///   - share: What one business may use of it.
    ///   - plain: Where audio without encryption may arrive. Nothing is bound there before a leg needs it.
    ///   - studio: Where ends that play and record stand; `nil` for nowhere.
    ///   - onReport: Called on the loop's thread once a second with a report of every open relay. It must not block.
    /// - Throws: ``MediaSocketError`` with the address that cannot be bound.
    public init(
        rtp: SocketAddress,
        rtcp: SocketAddress,
        other: (rtp: SocketAddress, rtcp: SocketAddress)? = nil,
        capacity: Int,
        share: RelayShare = .whole,
        plain: [PlainPorts] = [],
        studio: StudioDoor? = nil,
        onReport: @escaping @Sendable (MediaNews) -> Void
    ) throws {
        let first = try MediaSocketPair(rtp: rtp, rtcp: rtcp)
        let second = try Self.second(other, beside: first.isIPv4)
        self.rtp = first.rtp.address
        self.rtcp = first.rtcp.address
        let queue = try MediaQueue(capacity: capacity)
        self.queue = queue
        studio?.onSaid { [weak queue] in queue?.ring() }
        worker = Mutex(
            try MediaWorker(
                first,
                second,
                queue: queue,
                studio: studio,
                figures: figures,
                capacity: capacity,
                share: share,
                plain: plain,
                onReport: onReport
            )
        )
    }

    private static func second(
        _ other: (rtp: SocketAddress, rtcp: SocketAddress)?,
        beside isIPv4: Bool
    ) throws(MediaSocketError) -> MediaSocketPair? {
        guard let other else { return nil }
        precondition(other.rtp.ip.isIPv4 != isIPv4, "two media addresses of one version of IP")
        return try MediaSocketPair(rtp: other.rtp, rtcp: other.rtcp)
    }

    /// Hands commands to the loop; it obeys them in order, before it relays a packet that arrives later. Does not wait.
    ///
    /// - Parameters:
    ///   - mark: Comes back with the first report that is made after they were obeyed.
    ///   - business: Whose they are.
    /// - Returns: The relays of which something was refused, because the loop did not take the earlier commands.
    @discardableResult
    public func send(_ commands: [RelayCommand], upTo mark: RelayMark = .never, of business: UInt16 = 0) -> [RelayID] {
        guard !commands.isEmpty else { return [] }
        return queue.append(commands, upTo: mark, of: business)
    }

    /// Commands that were refused because the loop did not take the earlier ones.
    public var refusedCommands: UInt64 { queue.refused }

    /// What became of the packets that arrived, as of the last report: how many were forwarded and why others were not.
    public var counters: RelayCounters { figures.counters }

    /// Packets that the system did not take from us, as of the last report: a full buffer or no route.
    public var unsentPackets: UInt64 { figures.unsent }

    /// Begins to relay. A second call does nothing.
    public func start() {
        let isFirst = phase.withLock { phase in
            guard phase == .ready else { return false }
            phase = .running
            return true
        }
        guard isFirst else { return }
        let thread = Thread { [self] in
            run()
            ended.signal()
        }
        thread.name = "media"
        thread.qualityOfService = .userInteractive
        thread.start()
    }

    /// Ends the loop, waits until its thread has ended and closes the sockets. A second call does nothing.
    public func stop() {
        let before = phase.withLock { phase in
            defer { phase = .stopped }
            return phase
        }
        queue.stop()
        switch before {
        case .ready: worker.withLock { $0 = nil }
        case .running: ended.wait()
        case .stopped: break
        }
    }

    private func run() {
        guard var worker = worker.withLock({ $0.take() }) else { return }
        worker.run()
    }
}
