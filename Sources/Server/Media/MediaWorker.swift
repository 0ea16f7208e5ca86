// SPDX-License-Identifier: Apache-2.0

import CNetwork
import Glibc
import Media
import Primitives

/// What the thread of a media loop owns: the relay, the two sockets and memory for one batch of datagrams.
///
/// Reads up to 64 datagrams with one system call, relays them in place and sends them with another. Nothing here
/// allocates once it runs, except for commands and the reports of each second.
struct MediaWorker: ~Copyable, @unchecked Sendable {
    // Unchecked: the pointers are not Sendable by themselves; they have one owner, which moves to its thread whole.
    private let rtp: MediaSocket
    private let rtcp: MediaSocket
    private let queue: MediaQueue
    private let figures: MediaFigures
    private let onReport: @Sendable ([RelayReport]) -> Void
    private let watch: Int32
    private let batch: OpaquePointer
    private let datagrams: UnsafeMutablePointer<ringfence_datagram>
    private var relay: MediaRelay
    private var commands: [RelayCommand] = []
    private var nextReport: MonotonicTime
    private var unsent: UInt64 = 0

    init(
        rtp: consuming MediaSocket,
        rtcp: consuming MediaSocket,
        queue: MediaQueue,
        figures: MediaFigures,
        capacity: Int,
        onReport: @escaping @Sendable ([RelayReport]) -> Void
    ) throws(MediaSocketError) {
        var random = SystemRandomNumberGenerator()
        relay = MediaRelay(capacity: capacity, using: &random)
        let result = ringfence_media_watch(rtp.descriptor, rtcp.descriptor, queue.bell)
        guard result >= 0 else { throw MediaSocketError(address: nil, code: -result) }
        guard let batch = ringfence_media_batch_new() else {
            close(result)
            throw MediaSocketError(address: nil, code: ENOMEM)
        }
        watch = result
        self.batch = batch
        datagrams = ringfence_media_datagrams(batch)
        self.queue = queue
        self.figures = figures
        self.onReport = onReport
        nextReport = Self.now() + MediaLimits.report
        self.rtp = rtp
        self.rtcp = rtcp
    }

    deinit {
        close(watch)
        ringfence_media_batch_free(batch)
    }

    /// Works until the queue says stop.
    mutating func run() {
        while true {
            let (seconds, attoseconds) = (nextReport - Self.now()).components
            let milliseconds = max(0, seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
            let ready = Int(ringfence_media_wait(watch, Int32(milliseconds)))
            if ready & RINGFENCE_MEDIA_BELL != 0 {
                guard obey() else { return }
            }
            if ready & RINGFENCE_MEDIA_RTP != 0 { drain(.rtp) }
            if ready & RINGFENCE_MEDIA_RTCP != 0 { drain(.rtcp) }
            if Self.now() >= nextReport { report() }
        }
    }

    private mutating func obey() -> Bool {
        let goesOn = queue.take(&commands)
        let now = Self.now()
        for command in commands { relay.apply(command, at: now) }
        commands.removeAll(keepingCapacity: true)
        return goesOn
    }

    /// Reads a socket until it is empty or has had its turn.
    private mutating func drain(_ port: MediaPort) {
        for _ in 0..<MediaLimits.batchesPerTurn {
            let count = Int(ringfence_media_receive(batch, descriptor(port)))
            guard count > 0 else { return }
            let now = Self.now()
            for index in 0..<count { pass(index, port, now) }
            for port in MediaPort.allCases {
                unsent += UInt64(ringfence_media_send(batch, Int32(count), descriptor(port), port.socket))
            }
            guard count == RINGFENCE_MEDIA_BATCH else { return }
        }
    }

    private mutating func pass(_ index: Int, _ port: MediaPort, _ now: MonotonicTime) {
        let datagram = datagrams[index]
        let source = SocketAddress(
            ip: IPAddress(high: datagram.ip_high, low: datagram.ip_low),
            port: datagram.port
        )
        let buffer = UnsafeMutableBufferPointer(start: datagram.bytes, count: Int(RINGFENCE_MEDIA_BUFFER))
        var packet = buffer.mutableSpan
        switch relay.receive(&packet, length: Int(datagram.length), from: source, port: port, at: now) {
        case .drop:
            datagrams[index].length = 0
        case .forward(let length, let destination, let port):
            datagrams[index].length = UInt32(length)
            datagrams[index].ip_high = destination.ip.high
            datagrams[index].ip_low = destination.ip.low
            datagrams[index].port = destination.port
            datagrams[index].socket = port.socket
        }
    }

    private mutating func report() {
        // A second that was missed is not made up for.
        nextReport = Self.now() + MediaLimits.report
        var reports: [RelayReport] = []
        reports.reserveCapacity(relay.count)
        relay.reports(into: &reports)
        figures.update(relay.counters, unsent: unsent)
        onReport(reports)
    }

    private func descriptor(_ port: MediaPort) -> Int32 {
        switch port {
        case .rtp: rtp.descriptor
        case .rtcp: rtcp.descriptor
        }
    }

    /// The clock that the whole server measures with: CLOCK_MONOTONIC.
    private static func now() -> MonotonicTime {
        MonotonicTime(nanoseconds: ringfence_monotonic_nanoseconds())
    }
}

extension MediaPort {
    /// How the batch names our two sockets.
    fileprivate var socket: UInt16 {
        switch self {
        case .rtp: 0
        case .rtcp: 1
        }
    }
}
