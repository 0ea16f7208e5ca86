// SPDX-License-Identifier: Apache-2.0

import CNetwork
import Glibc
import Guard
import Primitives
import SIP

/// What the reception's thread owns: the listening sockets, and the connections whose hello is not complete.
///
/// A connection whose hello has come with its first packet, as nearly all do, is passed on when it is accepted and never
/// watched. Of the others there are so many of one source and so many in all; beyond that the oldest goes, which had the
/// most time.
final class ReceptionWorker: @unchecked Sendable {
    // Unchecked: made by one thread and then used by its own only.

    private struct Listener {
        let descriptor: CInt
        let address: SocketAddress
        var pausedUntil: MonotonicTime?
    }

    private struct Waiting {
        let socket: AcceptedSocket
        let listener: Int
        var looks = 1
    }

    /// Tags: the bell, the listeners from 1 on, then connections in the order in which they came.
    private static let bellTag: UInt64 = 0
    private static let firstConnection: UInt64 = 1 << 16

    private let watch: CInt
    private let bell: ReceptionBell
    private let directory: ReceptionDirectory
    private let figures: ReceptionFigures
    private var listeners: [Listener]
    private var waiting: [UInt64: Waiting] = [:]
    private var deadlines = DeadlineQueue<UInt64>()
    /// By accountable source, the oldest first.
    private var sources: [IPAddress: [UInt64]] = [:]
    private var serial = ReceptionWorker.firstConnection
    private var counts = ReceptionCounts()
    private let signs: UnsafeMutableBufferPointer<ringfence_sign>
    private let bytes: UnsafeMutableBufferPointer<UInt8>

    /// - Parameter sockets: Bound, not listening. They belong to the worker, also when this throws.
    init(
        _ sockets: [BoundListener],
        _ directory: ReceptionDirectory,
        _ figures: ReceptionFigures,
        _ bell: ReceptionBell
    ) throws(Refusal) {
        (self.directory, self.figures, self.bell) = (directory, figures, bell)
        listeners = sockets.map { Listener(descriptor: $0.socket.descriptor, address: $0.socket.address) }
        signs = .allocate(capacity: Limits.signsPerTurn)
        bytes = .allocate(capacity: SIP.Limits.clientHelloBytes)
        watch = ringfence_watch_new()
        guard watch >= 0 else { throw .noReception(-watch) }
        let problem = ringfence_watch_listener(watch, bell.descriptor, Self.bellTag)
        guard problem == 0 else { throw .noReception(-problem) }
    }

    deinit {
        if watch >= 0 { close(watch) }
        for listener in listeners { close(listener.descriptor) }
        signs.deallocate()
        bytes.deallocate()
    }

    /// Connections queue from now on.
    func attend() {
        for index in listeners.indices {
            let descriptor = listeners[index].descriptor
            // A connection that was closed before it was accepted would block the thread otherwise.
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            listen(descriptor, Limits.backlog)
            attend(index)
        }
    }

    /// Works until the bell says stop.
    func run() {
        while !bell.isStopped {
            let count = ringfence_watch_wait(watch, signs.baseAddress, CInt(signs.count), patience)
            for sign in signs.prefix(Int(count)) { answer(sign) }
            passTime()
            counts.waiting = waiting.count
            figures.counts = counts
        }
    }

    private func answer(_ sign: ringfence_sign) {
        switch sign.tag {
        case Self.bellTag: ringfence_media_hush(bell.descriptor)
        case ..<Self.firstConnection: accept(Int(sign.tag) - 1)
        default: look(sign.tag, isLast: sign.is_ended != 0)
        }
    }

    // MARK: Accepting

    private func attend(_ index: Int) {
        let problem = ringfence_watch_listener(watch, listeners[index].descriptor, UInt64(index) + 1)
        // Only without memory; tried again then.
        if problem != 0 { listeners[index].pausedUntil = SystemClock.monotonic + Limits.acceptPause }
    }

    private func accept(_ index: Int) {
        let listener = listeners[index]
        for _ in 0..<Limits.acceptsPerTurn {
            let (result, remote) = Self.next(listener.descriptor)
            switch -result {
            case EAGAIN: return
            // A peer that hung up before it was accepted is no reason to make others wait.
            case EINTR, ECONNABORTED: continue
            case 1...: return pause(index)
            default: break
            }
            guard let remote, let local = Self.local(result, listener.address) else {
                close(result)
                continue
            }
            welcome(AcceptedSocket(result, remote: remote, local: local), at: index)
        }
    }

    private static func next(_ listener: CInt) -> (result: CInt, remote: SocketAddress?) {
        withUnsafeTemporaryAllocation(byteCount: SocketName.capacity, alignment: 8) { raw in
            var length = UInt32(raw.count)
            let result = ringfence_accept(listener, raw.baseAddress, &length)
            guard result >= 0, Int(length) <= raw.count else { return (result, nil) }
            return (result, SocketName.address(in: UnsafeRawBufferPointer(rebasing: raw[..<Int(length)])))
        }
    }

    private static func local(_ descriptor: CInt, _ listener: SocketAddress) -> SocketAddress? {
        listener.ip.isUnspecified ? BoundSocket.name(of: descriptor) : listener
    }

    /// No descriptor or no memory is left: asking again at once would keep the thread from those it has (``AcceptPause``).
    private func pause(_ index: Int) {
        counts.pauses += 1
        ringfence_watch_no_more(watch, listeners[index].descriptor)
        listeners[index].pausedUntil = SystemClock.monotonic + Limits.acceptPause
    }

    private func welcome(_ socket: AcceptedSocket, at listener: Int) {
        guard !decide(socket, at: listener, isLast: false) else { return }
        let source = socket.remote.ip.accountable
        let isSite = directory.isSite(socket.remote.ip)
        if let all = sources[source], let oldest = all.first,
            all.count >= (isSite ? Limits.hellosPerSite : Limits.hellosPerSource)
        {
            // A neighbour behind the same router who says nothing must not keep the phones there out.
            remove(oldest)
            counts.crowded += 1
        }
        if waiting.count >= Limits.hellos { forgetOldest() }
        serial += 1
        guard ringfence_watch_connection(watch, socket.descriptor, serial) == 0 else {
            counts.crowded += 1
            return
        }
        sources[source, default: []].append(serial)
        waiting[serial] = Waiting(socket: socket, listener: listener)
        deadlines.insert(serial, at: SystemClock.monotonic + Limits.hello)
    }

    private func forgetOldest() {
        while let oldest = deadlines.popDue(at: MonotonicTime(nanoseconds: .max)) {
            guard remove(oldest) != nil else { continue }
            counts.crowded += 1
            return
        }
    }

    // MARK: Looking

    private func look(_ id: UInt64, isLast: Bool) {
        guard var visitor = waiting[id] else { return }
        visitor.looks += 1
        waiting[id] = visitor
        let isLast = isLast || visitor.looks >= Limits.looksPerHello
        if decide(visitor.socket, at: visitor.listener, isLast: isLast, watched: id) { remove(id) }
    }

    /// Looks at what has come, and sends the connection where it wants to go, or lets go of it, which closes it.
    ///
    /// - Parameters:
    ///   - isLast: Whether it is not waited for any more.
    ///   - watched: Its tag, when it is watched here.
    /// - Returns: Whether it is decided.
    private func decide(_ socket: AcceptedSocket, at listener: Int, isLast: Bool, watched: UInt64? = nil) -> Bool {
        let count = ringfence_peek(socket.descriptor, bytes.baseAddress, UInt64(bytes.count))
        guard count > 0 else {
            let isSilent = count == -Int(EAGAIN)
            if isSilent, isLast { counts.overdue += 1 }
            // Else it is the end, before a byte was said.
            return isLast || !isSilent
        }
        switch ClientHello.look(at: UnsafeBufferPointer(rebasing: bytes[..<count]).span) {
        case .incomplete:
            if isLast { counts.overdue += 1 }
            return isLast
        case .refused: counts.refused += 1
        case .named(let name): send(socket, through: directory.door(on: listener, for: name), watched)
        case .unnamed: send(socket, through: directory.door(on: listener, for: nil), watched)
        }
        return true
    }

    private func send(_ socket: AcceptedSocket, through door: ReceptionDirectory.Door?, _ watched: UInt64?) {
        guard let door else {
            counts.strayed += 1
            return
        }
        // Before anybody else reads from it.
        if watched != nil { ringfence_watch_no_more(watch, socket.descriptor) }
        if door(socket) { counts.passedOn += 1 } else { counts.crowded += 1 }
    }

    /// Lets go of a connection: closed, unless somebody else has it by now.
    @discardableResult
    private func remove(_ id: UInt64) -> Waiting? {
        guard let visitor = waiting.removeValue(forKey: id) else { return nil }
        let source = visitor.socket.remote.ip.accountable
        sources[source]?.removeAll { $0 == id }
        if sources[source]?.isEmpty == true { sources[source] = nil }
        return visitor
    }

    // MARK: Time

    /// Milliseconds until something is due; -1 when nothing is.
    private var patience: CInt {
        let due = listeners.compactMap(\.pausedUntil) + [deadlines.next].compactMap(\.self)
        guard let next = due.min() else { return -1 }
        let left = next.nanoseconds &- min(next.nanoseconds, SystemClock.monotonic.nanoseconds)
        return CInt(clamping: left / 1_000_000 + 1)
    }

    private func passTime() {
        let now = SystemClock.monotonic
        for index in listeners.indices {
            guard let due = listeners[index].pausedUntil, due <= now else { continue }
            listeners[index].pausedUntil = nil
            attend(index)
        }
        // A last look: the thread may have been kept from it for longer than the peer was.
        while let id = deadlines.popDue(at: now) {
            guard let visitor = waiting[id] else { continue }
            _ = decide(visitor.socket, at: visitor.listener, isLast: true, watched: id)
            remove(id)
        }
    }
}
