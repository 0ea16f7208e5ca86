// SPDX-License-Identifier: Apache-2.0

import CNetwork
import Dispatch
import Foundation
import Glibc
import Guard
import Model
import Primitives
import Synchronization

/// Accepts TLS connections for several businesses on the same addresses, and hands each to the loop of the business that
/// its ClientHello names (`Docs/decisions/0007-one-business-one-loop.md`).
///
/// One thread: it reads no message and answers none, keeps a connection for ``Limits/hello`` at most, and takes nothing out
/// of a socket, so that TLS begins on the right loop as if that loop had accepted.
final class Reception: Sendable {
    private enum Phase: Sendable {
        case ready, running, stopped
    }

    /// With the ports that the system chose when 0 was asked for.
    let listeners: [EncryptedListener]
    let figures = ReceptionFigures()
    let onTheWay = OnTheWay()
    private let directory: ReceptionDirectory
    private let bell: ReceptionBell
    private let worker: Mutex<ReceptionWorker?>
    private let phase = Mutex(Phase.ready)
    private let ended = DispatchSemaphore(value: 0)

    /// Binds the addresses. Nobody is accepted before ``start()``.
    ///
    /// - Parameter businesses: How many there are, also those that cannot be served.
    init(_ wanted: [EncryptedListener], for businesses: Int) throws(Refusal) {
        bell = try ReceptionBell()
        directory = ReceptionDirectory(hasOneBusiness: businesses == 1)
        let sockets = try BoundListener.all(wanted)
        listeners = sockets.map(\.encrypted)
        worker = Mutex(try ReceptionWorker(sockets, directory, figures, bell))
    }

    /// From now on who asks for one of these names comes to this business.
    ///
    /// - Parameters:
    ///   - wanted: Of ``listeners``.
    ///   - door: Takes a connection that came in by one of them, or says that there is no room for it.
    /// - Throws: A refusal that names what another business has already. Nobody comes to this one then.
    func admit(
        _ business: UInt16,
        names: [String],
        on wanted: [EncryptedListener],
        _ door: @escaping @Sendable (AcceptedSocket, EncryptedListener) -> Bool
    ) throws(Refusal) {
        do throws(Refusal) {
            for listener in wanted {
                guard let place = listeners.firstIndex(of: listener) else { throw .foreign(listener.address) }
                try directory.add(business, names, on: place) { door($0, listener) }
            }
        } catch {
            dismiss(business)
            throw error
        }
    }

    /// From now on more may come at once from these networks, where phones of this business sit.
    ///
    /// - Parameter generation: Of the settings that say so. Older ones than those that are known are ignored.
    func expect(_ sites: [IPPrefix], of business: UInt16, at generation: UInt64) {
        directory.expect(sites, of: business, at: generation)
    }

    /// From now on nobody comes to this business.
    func dismiss(_ business: UInt16) { directory.remove(business) }

    /// Begins to accept. A second call does nothing.
    func start() {
        let isFirst = phase.withLock { phase in
            guard phase == .ready else { return false }
            phase = .running
            return true
        }
        guard isFirst else { return }
        // Before this returns, so that nobody is turned away who was told of it.
        worker.withLock { $0?.attend() }
        let thread = Thread { [self] in
            worker.withLock { $0.take() }?.run()
            ended.signal()
        }
        thread.name = "reception"
        thread.start()
    }

    /// Accepts nobody any more, and closes connections that have not said whom they want. A second call does nothing.
    func stop() {
        let before = phase.withLock { phase in
            defer { phase = .stopped }
            return phase
        }
        bell.stop()
        switch before {
        case .ready: worker.withLock { $0 = nil }
        case .running: ended.wait()
        case .stopped: break
        }
    }
}

/// Wakes the reception's thread to tell it that this is the end.
final class ReceptionBell: Sendable {
    let descriptor: CInt
    private let hasStopped = Atomic(false)

    init() throws(Refusal) {
        descriptor = ringfence_media_bell()
        guard descriptor >= 0 else { throw .noReception(-descriptor) }
    }

    deinit { close(descriptor) }

    var isStopped: Bool { hasStopped.load(ordering: .acquiring) }

    func stop() {
        hasStopped.store(true, ordering: .releasing)
        ringfence_media_ring(descriptor)
    }
}

extension Refusal {
    static func noReception(_ code: CInt) -> Self {
        Self(
            problem: "Ringfence cannot wait for connections.",
            reason: "the system says: \(String(cString: strerror(code)))",
            remedy: "see how many files this account may open: ulimit -n"
        )
    }

    fileprivate static func foreign(_ address: SocketAddress) -> Self {
        Self(
            problem: "Nobody accepts connections on \(address) for this business.",
            reason: "the address is not one of those that the businesses of this process share",
            remedy: "add it to each of them, then start the server again: ringfence listener add tls \(address)"
        )
    }
}
