// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What a media loop and the studio have between them.
public final class StudioDoor: Sendable {
    /// From the loop: what phones say.
    let heard = PacketRing(count: Limits.studioPackets)
    /// To the loop: what they are told.
    let said = PacketRing(count: Limits.studioPackets)
    /// Wakes the loop; set once, before either thread runs.
    private let bell = Mutex<@Sendable () -> Void>({})

    public init() {}

    func onSaid(_ ring: @escaping @Sendable () -> Void) { bell.withLock { $0 = ring } }
    func ring() { bell.withLock { $0 }() }
}
