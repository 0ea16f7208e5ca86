// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import NIOCore
import NIOPosix
import Primitives
import Synchronization

/// What the businesses of one process share: its loops, its addresses, its media, and what strangers may take of it.
///
/// Nothing of one business is in here, so nothing of it can reach another. `Docs/decisions/0007-one-business-one-loop.md`.
public final class Machine: Sendable {
    let loops: SignallingLoops
    /// `nil` for one business that accepts on its own loop.
    let reception: Reception?
    let media: MediaExchange
    /// Where it takes media.
    public let mediaPorts: [MediaPorts]
    let census = SocketCensus()
    let share: Share
    private let lastNumber = Mutex<UInt16?>(nil)

    /// Where the businesses are reached, with the ports that the system chose when 0 was asked for.
    public var listeners: [EncryptedListener] { reception?.listeners ?? [] }

    /// For several businesses. Binds their addresses; nobody is accepted before ``open()``.
    ///
    /// - Parameters:
    ///   - businesses: How many there are, also those that cannot be served now.
    ///   - loops: One for each processor that signalling may use.
    ///   - listeners: Where all of them, or some, are reached.
    ///   - media: Where their media arrives.
    /// - Throws: A refusal when an address is taken.
    public convenience init(
        for businesses: Int,
        loops: Int,
        listeners: [EncryptedListener],
        media: [MediaPorts]
    ) throws(Refusal) {
        let share = Share(businesses: max(businesses, 1), loops: loops, descriptors: DescriptorLimit.raise())
        try self.init(sharing: share, loops: loops, listeners: listeners, media: media)
    }

    /// - Parameter share: What there is to share.
    init(
        sharing share: Share,
        loops: Int,
        listeners: [EncryptedListener],
        media: [MediaPorts]
    ) throws(Refusal) {
        reception = try Reception(listeners, for: share.businesses)
        self.media = try MediaExchange(media, capacity: share.relays, share: share.media)
        mediaPorts = media
        self.share = share
        self.loops = SignallingLoops(count: loops, gate: share.loop)
    }

    /// For one business, which accepts where it lives.
    init(alone configuration: ServerConfiguration) throws(Refusal) {
        share = Share(businesses: 1, loops: 1, descriptors: DescriptorLimit.raise())
        reception = nil
        media = try MediaExchange(configuration.media, capacity: share.relays, share: share.media)
        mediaPorts = configuration.media
        loops = SignallingLoops(count: 1, gate: share.loop)
    }

    /// Begins to accept.
    public func open() {
        media.start()
        reception?.start()
    }

    /// Gives the next business its number and its loop.
    func moveIn() -> (number: UInt16, home: SignallingLoops.Home) {
        let number = lastNumber.withLock { last in
            let number = last.map { $0 &+ 1 } ?? 0
            last = number
            return number
        }
        return (number, loops.home(of: number))
    }

    /// Lets nobody in any more. What is open goes on until its business stops.
    public func close() async { await Self.onThread { [reception] in reception?.stop() } }

    /// The end. The businesses have to be stopped before.
    public func stop() async {
        await close()
        await Self.onThread { [media] in media.stop() }
        await loops.stop()
    }

    /// Waiting for a thread to end blocks.
    private static func onThread(_ work: @escaping @Sendable () -> Void) async {
        try? await NIOThreadPool.singleton.runIfActive { work() }
    }
}
