// SPDX-License-Identifier: Apache-2.0

import CNetwork
import Glibc
import Media
import Primitives
import Synchronization

/// Commands on their way from signalling to a media loop, and the bell that wakes it.
final class MediaQueue: Sendable {
    private struct State: Sendable {
        var commands: [RelayCommand] = []
        var isStopped = false
        var refused: UInt64 = 0
    }

    private let state = Mutex(State())
    private let limit: Int
    /// An eventfd.
    let bell: Int32

    init(capacity: Int) throws(MediaSocketError) {
        limit = capacity * MediaLimits.commandsPerRelay
        let result = ringfence_media_bell()
        guard result >= 0 else { throw MediaSocketError(address: nil, code: -result) }
        bell = result
    }

    deinit {
        close(bell)
    }

    /// Commands that were refused because too many were waiting.
    var refused: UInt64 { state.withLock { $0.refused } }

    func append(_ commands: [RelayCommand]) {
        state.withLock { state in
            for command in commands {
                if state.commands.count < limit || command.freesRoom {
                    state.commands.append(command)
                } else {
                    state.refused += 1
                }
            }
        }
        ringfence_media_ring(bell)
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        ringfence_media_ring(bell)
    }

    /// Exchanges `commands` for those that wait; the empty array goes back so that its memory is used again.
    ///
    /// - Returns: `false` when the loop shall end.
    func take(_ commands: inout [RelayCommand]) -> Bool {
        commands.removeAll(keepingCapacity: true)
        ringfence_media_hush(bell)
        return state.withLock { state in
            swap(&state.commands, &commands)
            return !state.isStopped
        }
    }
}

extension RelayCommand {
    /// Whether less is relayed afterwards. Such commands are never refused.
    fileprivate var freesRoom: Bool {
        switch self {
        case .close, .join: true
        case .open, .update: false
        }
    }
}
