// SPDX-License-Identifier: Apache-2.0

import Primitives

/// Where the packets of a plain leg on one port come from. The first one decides for good, unless it comes from another
/// place than SDP names: then that place still may speak, and it is the one from then on.
struct PlainPlace: Sendable {
    /// What SDP names; `nil` when nothing may go there.
    let named: SocketAddress?
    /// Where something has come from.
    private(set) var current: SocketAddress?

    init(_ media: PlainMedia, _ port: MediaPort) {
        named = media.named(port)
    }

    /// Where packets go. What comes does not change it where SDP names a place.
    var destination: SocketAddress? { named ?? current }

    func admits(_ source: SocketAddress, _ media: borrowing PlainMedia) -> Bool {
        if source == current || source == named { return true }
        guard current == nil else { return false }
        return media.allows(source.ip, named: named)
    }

    /// Notes where a packet came from that was admitted and was sound.
    ///
    /// - Returns: Whether that is elsewhere than before.
    mutating func hear(from source: SocketAddress) -> Bool {
        guard source != current else { return false }
        defer { current = source }
        return current != nil
    }
}
