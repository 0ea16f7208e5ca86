// SPDX-License-Identifier: Apache-2.0

import CNetwork
import Glibc
import Media
import Primitives

/// What the thread of a media loop owns: the relay, the sockets and memory for one batch of datagrams.
///
/// Reads up to 64 datagrams with one system call, relays them in place and sends them with another. Nothing here
/// allocates once it runs, except for commands and the reports of each second.
struct MediaWorker: ~Copyable, @unchecked Sendable {
    // Unchecked: the pointers are not Sendable by themselves; they have one owner, which moves to its thread whole.
    private let first: MediaSocketPair
    /// Of the other version of IP.
    private let second: MediaSocketPair?
    private let queue: MediaQueue
    private let studio: StudioDoor?
    private let figures: MediaFigures
    private let onReport: @Sendable (MediaNews) -> Void
    /// A timerfd: the next report is due.
    private let beat: Int32
    private let watch: Int32
    private let batch: OpaquePointer
    private let datagrams: UnsafeMutablePointer<ringfence_datagram>
    private var relay: MediaRelay
    private var plain: PlainSockets
    private var commands: [RelayCommand] = []
    private var marks: [UInt16: RelayMark] = [:]
    /// Since the last report.
    private var refused: Set<RelayID> = []
    private var unsent: UInt64 = 0

    init(
        _ first: consuming MediaSocketPair,
        _ second: consuming MediaSocketPair?,
        queue: MediaQueue,
        studio: StudioDoor?,
        figures: MediaFigures,
        capacity: Int,
        share: RelayShare,
        plain ranges: [PlainPorts],
        onReport: @escaping @Sendable (MediaNews) -> Void
    ) throws(MediaSocketError) {
        var random = SystemRandomNumberGenerator()
        relay = MediaRelay(capacity: capacity, share: share, plain: ranges, using: &random)
        let plain = try PlainSockets(pairs: ranges.reduce(0) { $0 + $1.pairs })
        let others = Self.descriptors(second)
        let beat = ringfence_media_beat(MediaLimits.report)
        guard beat >= 0 else { throw MediaSocketError(address: nil, code: -beat) }
        let watched = [
            first.rtp.descriptor, first.rtcp.descriptor, others.rtp, others.rtcp, queue.bell, beat, plain.watch,
        ]
        let watch = ringfence_media_watch(watched, Int32(watched.count))
        guard watch >= 0, let batch = ringfence_media_batch_new() else {
            close(beat)
            if watch >= 0 { close(watch) }
            throw MediaSocketError(address: nil, code: watch < 0 ? -watch : ENOMEM)
        }
        (self.beat, self.watch) = (beat, watch)
        self.plain = plain
        self.batch = batch
        datagrams = ringfence_media_datagrams(batch)
        self.queue = queue
        self.studio = studio
        self.figures = figures
        self.onReport = onReport
        self.first = first
        self.second = second
    }

    /// -1 where there is none.
    private static func descriptors(_ pair: borrowing MediaSocketPair?) -> (rtp: Int32, rtcp: Int32) {
        switch pair {
        case .some(let pair): (pair.rtp.descriptor, pair.rtcp.descriptor)
        case .none: (-1, -1)
        }
    }

    deinit {
        close(watch)
        close(beat)
        ringfence_media_batch_free(batch)
    }

    /// Works until the queue says stop.
    mutating func run() {
        while true {
            let ready = Int(ringfence_media_wait(watch))
            if ready & MediaBit.bell != 0 {
                guard queue.hush() else { return }
            }
            obey()
            for socket in MediaBit.sockets where ready & 1 << socket.index != 0 { drain(socket.index, socket.port) }
            if ready & MediaBit.plain != 0 { drainPlain() }
            if ready & MediaBit.bell != 0 { speak() }
            if ready & MediaBit.beat != 0 {
                wake()
                report()
            }
        }
    }

    private mutating func obey() {
        queue.take(&commands, &marks)
        guard !commands.isEmpty else { return }
        let now = Self.now()
        for command in commands {
            if !relay.apply(command, at: now), let id = command.subject { refused.insert(id) }
            changePorts(at: now)
        }
        commands.removeAll(keepingCapacity: true)
        sendHandshakes()
    }

    /// Sends what the relay says on its own account. A handshake is some ten datagrams of a call.
    @inline(never)
    private mutating func sendHandshakes() {
        for reply in relay.takeHandshakes() {
            guard let socket = socket(for: .rtp, to: reply.to.ip) else {
                unsent += 1
                continue
            }
            var bytes = reply.bytes
            let lost = bytes.withUnsafeMutableBufferPointer { buffer in
                var datagram = ringfence_datagram()
                (datagram.ip_high, datagram.ip_low) = (reply.to.ip.high, reply.to.ip.low)
                datagram.port = reply.to.port
                (datagram.bytes, datagram.length) = (buffer.baseAddress, UInt32(buffer.count))
                return ringfence_media_send_one(descriptor(Int(socket)), &datagram)
            }
            unsent += UInt64(lost)
        }
    }

    /// Handshakes and consent: once a second.
    private mutating func wake() {
        for lost in relay.wake(at: Self.now()) { refused.insert(lost) }
        sendHandshakes()
    }

    /// A relay whose port cannot be opened is closed again, which only closes ports.
    private mutating func changePorts(at now: MonotonicTime) {
        for change in relay.takePortChanges() {
            guard let lost = plain.follow(change) else { continue }
            refused.insert(lost)
            relay.apply(.close(lost), at: now)
        }
        for change in relay.takePortChanges() { _ = plain.follow(change) }
    }

    /// Reads a socket until it is empty or has had its turn.
    private mutating func drain(_ socket: Int, _ port: MediaPort) {
        for _ in 0..<MediaLimits.batchesPerTurn {
            let count = Int(ringfence_media_receive(batch, descriptor(socket)))
            guard count > 0 else { return }
            // What was commanded before these packets were sent waits by now.
            obey()
            let now = Self.now()
            for index in 0..<count { pass(index, port, now) }
            send(count)
            guard count == RINGFENCE_MEDIA_BATCH else { return }
        }
    }

    /// Sends what is left of a batch.
    private mutating func send(_ count: Int) {
        for socket in 0..<(hasSecond ? 4 : 2) {
            unsent += UInt64(ringfence_media_send(batch, Int32(count), descriptor(socket), UInt16(socket)))
        }
    }

    /// Reads one batch of each socket of a plain leg that has something.
    private mutating func drainPlain() {
        for place in 0..<plain.look() {
            let socket = plain.ready(place)
            // Closed by a command since.
            guard case let descriptor = plain.descriptor(socket), descriptor >= 0 else { continue }
            let count = Int(ringfence_media_receive(batch, descriptor))
            guard count > 0 else { continue }
            obey()
            let now = Self.now()
            for index in 0..<count { pass(index, socket, now) }
            send(count)
        }
    }

    /// Sends what the studio says.
    private mutating func speak() {
        guard let studio else { return }
        while !studio.said.isEmpty {
            var count = 0
            while count < Int(RINGFENCE_MEDIA_BATCH), speak(count, studio) { count += 1 }
            send(count)
        }
    }

    private mutating func speak(_ place: Int, _ studio: StudioDoor) -> Bool {
        let now = Self.now()
        return studio.said.take { said, id, index in
            let buffer = bytes(place)
            _ = buffer.update(fromContentsOf: said)
            var packet = buffer.mutableSpan
            settle(place, relay.speak(&packet, length: said.count, index: index, in: id, at: now))
        }
    }

    private mutating func pass(_ index: Int, _ port: MediaPort, _ now: MonotonicTime) {
        let length = Int(datagrams[index].length)
        var packet = bytes(index).mutableSpan
        settle(index, relay.receive(&packet, length: length, from: source(index), port: port, at: now))
    }

    private mutating func pass(_ index: Int, _ socket: PlainSocket, _ now: MonotonicTime) {
        let length = Int(datagrams[index].length)
        var packet = bytes(index).mutableSpan
        settle(index, relay.receive(&packet, length: length, from: source(index), on: socket, at: now))
    }

    @inline(__always)
    private func source(_ index: Int) -> SocketAddress {
        let datagram = datagrams[index]
        return SocketAddress(ip: IPAddress(high: datagram.ip_high, low: datagram.ip_low), port: datagram.port)
    }

    @inline(__always)
    private func bytes(_ index: Int) -> UnsafeMutableBufferPointer<UInt8> {
        UnsafeMutableBufferPointer(start: datagrams[index].bytes, count: Int(RINGFENCE_MEDIA_BUFFER))
    }

    /// Writes where a datagram goes; what a plain leg hears goes at once, because each has a socket of its own.
    @inline(__always)
    private mutating func settle(_ index: Int, _ outcome: RelayOutcome) {
        switch outcome {
        case .drop:
            datagrams[index].length = 0
        case .handshake:
            datagrams[index].length = 0
            sendHandshakes()
        case .forwardPlain(let length, let destination, let socket):
            address(index, length, destination)
            unsent += UInt64(ringfence_media_send_one(plain.descriptor(socket), &datagrams[index]))
            datagrams[index].length = 0
        case .hear(let length, let id):
            studio?.heard.put(UnsafeBufferPointer(start: datagrams[index].bytes, count: length), id)
            datagrams[index].length = 0
        case .forward(let length, let destination, let port):
            address(index, length, destination)
            if let socket = socket(for: port, to: destination.ip) {
                datagrams[index].socket = socket
            } else {
                datagrams[index].length = 0
                unsent += 1
            }
        }
    }

    @inline(__always)
    private func address(_ index: Int, _ length: Int, _ destination: SocketAddress) {
        datagrams[index].length = UInt32(length)
        datagrams[index].ip_high = destination.ip.high
        datagrams[index].ip_low = destination.ip.low
        datagrams[index].port = destination.port
    }

    /// The socket that reaches an address; `nil` where a description named one of a version of IP that we do not have.
    private func socket(for port: MediaPort, to destination: IPAddress) -> UInt16? {
        if destination.isIPv4 == first.isIPv4 { return port.socket }
        return hasSecond ? port.socket + 2 : nil
    }

    private var hasSecond: Bool {
        switch second {
        case .some: true
        case .none: false
        }
    }

    private mutating func report() {
        ringfence_media_hush(beat)
        var reports: [RelayReport] = []
        reports.reserveCapacity(relay.count)
        relay.reports(into: &reports)
        figures.update(relay.counters, unsent: unsent)
        onReport(MediaNews(reports: reports, refused: refused, marks: marks))
        refused.removeAll()
        marks.removeAll()
    }

    /// - Parameter socket: As ``MediaBit`` counts them.
    private func descriptor(_ socket: Int) -> Int32 {
        let port: MediaPort = socket % 2 == 0 ? .rtp : .rtcp
        guard socket >= 2 else { return first.descriptor(port) }
        let others = Self.descriptors(second)
        return port == .rtp ? others.rtp : others.rtcp
    }

    /// The clock that the whole server measures with: CLOCK_MONOTONIC.
    private static func now() -> MonotonicTime {
        MonotonicTime(nanoseconds: ringfence_monotonic_nanoseconds())
    }
}

/// The order in which the sockets are watched and named.
private enum MediaBit {
    static let sockets: [(index: Int, port: MediaPort)] = [(0, .rtp), (1, .rtcp), (2, .rtp), (3, .rtcp)]
    static let bell = 1 << 4
    static let beat = 1 << 5
    static let plain = 1 << 6
}

extension MediaPort {
    /// How the batch names our first two sockets.
    fileprivate var socket: UInt16 {
        switch self {
        case .rtp: 0
        case .rtcp: 1
        }
    }
}
