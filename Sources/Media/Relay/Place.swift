// SPDX-License-Identifier: Apache-2.0

import Primitives

/// Where one leg's packets on one port come from, as authentic ones have proven.
///
/// The newest packet decides, by its index and not by when it came: a copy that overtakes a packet on its way from elsewhere
/// moves the leg until the phone's next packet, whose old place stays good beside the new one.
struct Place: Sendable {
    /// Where packets for the phone go.
    private(set) var current: SocketAddress?
    /// Where the phone was before, and may still be.
    private(set) var former: SocketAddress?
    /// When something authentic last came from ``current``.
    private(set) var heardAt = MonotonicTime(nanoseconds: 0)
    /// Newest packets in a row that ``current`` still needs before the leg stops waiting for others; `nil` when it does not
    /// count: nothing has moved.
    private var doubt: Int?

    enum Change: Sendable { case none, moved, settled }

    init() {}

    /// Takes in where an authentic packet came from.
    ///
    /// - Parameter isNewest: Whether nothing newer of its stream has come.
    mutating func hear(from source: SocketAddress, isNewest: Bool, at now: MonotonicTime) -> Change {
        guard source != current else {
            heardAt = now
            return isNewest ? settle() : .none
        }
        guard isNewest || current == nil else { return .none }
        (former, current, heardAt, doubt) = (current, source, now, RelayLimits.packetsToSettle)
        return .moved
    }

    /// Whether something authentic has come from `host` lately.
    func speaks(for host: IPAddress, at now: MonotonicTime) -> Bool {
        current?.ip == host && now - heardAt <= RelayLimits.consent
    }

    /// A packet that had come already came from elsewhere as well: somebody copies.
    mutating func contest() {
        if doubt != nil { doubt = RelayLimits.packetsToSettle }
    }

    /// ``current`` is beyond doubt, because the phone itself named it.
    mutating func settleForGood() { (former, doubt) = (nil, nil) }

    /// ``current`` is somebody else's: back to where the phone was before, if it was anywhere.
    mutating func retreat() { (current, former, doubt) = (former, nil, nil) }

    /// Signalling was renewed: what has been proven stays good until the leg moves.
    mutating func keep() { doubt = nil }

    private mutating func settle() -> Change {
        guard let left = doubt else { return .none }
        doubt = left > 1 ? left - 1 : nil
        return left > 1 ? .none : .settled
    }
}
