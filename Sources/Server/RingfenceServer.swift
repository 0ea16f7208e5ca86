// SPDX-License-Identifier: Apache-2.0

import Calls
import Dispatch
import Guard
public import Logging
import Media
import Model
import NIOCore
import NIOPosix
public import Primitives
public import Store

/// The running phone system: one signalling loop, one media loop, one writer of records.
///
/// What is asked of it from outside hops to the signalling loop, does its work there and hops back. Nothing on the way of
/// a message or a packet does.
public final class RingfenceServer: Sendable {
    /// Where it is reached, with the ports that the system chose when the configuration said 0.
    public let sip: [EncryptedListener]
    let certificates: CertificateFiles
    let hop: SignallingHop
    private let loops: SignallingLoops
    /// Whether other servers live on them too.
    private let sharesLoops: Bool
    let media: MediaLoop
    private let records: RecordWriter
    let banKeeper: BanKeeper

    /// Where phones are told to come.
    public var sipTLS: Primitives.SocketAddress {
        guard let first = sip.first(where: { $0.kind == .tls }) else {
            preconditionFailure("a server without SIP over TLS")
        }
        return first.address
    }

    /// Opens the sockets and serves until ``stop()``.
    ///
    /// - Parameter loops: Where this business lives with others; by default on a loop of its own.
    /// - Throws: A `Refusal` when a certificate cannot be used or an address is taken; a store or system error otherwise.
    ///   Nothing is left open then.
    public static func start(
        _ configuration: ServerConfiguration,
        store: RingfenceStore,
        on loops: SignallingLoops? = nil,
        logger: Logger
    ) async throws -> RingfenceServer {
        let identity = try TLSIdentity(configuration.tls, for: configuration.sip.map(\.clients))
        let home = loops ?? SignallingLoops(count: 1)
        let hop = SignallingHop(eventLoop: home.group.next())
        do {
            let media = try openMedia(configuration.media, hop)
            let listeners = try BoundListener.all(configuration.sip)
            try store.closeInterrupted(at: SystemClock.wall)
            let records = RecordWriter(store: store) { logger.error("call records could not be written: \($0)") }
            media.start()
            let bans = BanKeeper(store: store, logger: logger)
            let server = RingfenceServer(
                listeners.map(\.encrypted),
                CertificateFiles(configuration.tls, names: configuration.hostNames),
                hop,
                home,
                sharesLoops: loops != nil,
                media,
                records,
                bans
            )
            let plan = SignallingPlan(
                configuration,
                address: server.sipTLS,
                snapshot: store.snapshot,
                bans: try store.bans(),
                logger: logger
            )
            let outlets = SignallingLoop.Outlets(media: media, records: records, bans: bans, hop: hop, logger: logger)
            try await plan.start(listeners, identity: identity, outlets: outlets, hop: hop)
            return server
        } catch {
            if loops == nil { await home.stop() }
            throw error
        }
    }

    private static func openMedia(_ ranges: [MediaPorts], _ hop: SignallingHop) throws -> MediaLoop {
        let other = ranges.count > 1 ? (ranges[1].rtp, ranges[1].rtcp) : nil
        do {
            return try MediaLoop(
                rtp: ranges[0].rtp,
                rtcp: ranges[0].rtcp,
                other: other,
                capacity: Limits.relays
            ) { reports in hop.tell { $0.media(reports) } }
        } catch {
            throw Refusal(
                problem: "Ringfence cannot receive media on \(ranges.map(\.description).joined(separator: " and ")).",
                reason: "the system says: \(error)",
                remedy: "stop the program that uses it, or choose other ports: ringfence serve --rtp ADDRESS:FIRST-LAST"
            )
        }
    }

    private init(
        _ sip: [EncryptedListener],
        _ certificates: CertificateFiles,
        _ hop: SignallingHop,
        _ loops: SignallingLoops,
        sharesLoops: Bool,
        _ media: MediaLoop,
        _ records: RecordWriter,
        _ bans: BanKeeper
    ) {
        (self.sip, self.certificates, self.hop) = (sip, certificates, hop)
        (self.loops, self.sharesLoops) = (loops, sharesLoops)
        (self.media, self.records, banKeeper) = (media, records, bans)
    }

    /// Ends calls, closes connections, writes what waits and stops. Takes about a second, at most three. A second call does
    /// nothing.
    public func stop() async {
        if let farewell = await hop.ask({ $0.stop() }) { try? await farewell.get() }
        guard hop.close() else { return }
        media.stop()
        await banKeeper.settle()
        await withCheckedContinuation { (written: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async { [records] in
                records.stop()
                written.resume()
            }
        }
        await hop.forget()
        if !sharesLoops { await loops.stop() }
    }
}
