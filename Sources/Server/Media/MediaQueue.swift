// SPDX-License-Identifier: Apache-2.0

import CNetwork
import Glibc
import Media
import Primitives
import Synchronization

/// Commands on their way from signalling to a media loop, and the bell that wakes it.
///
/// A command changes what becomes of packets and nothing else, so the loop need not hear of it before the next packet, which
/// wakes it anyway; it wakes for its reports, too. The bell rings when many commands wait, when the loop shall end, and when
/// a port has to be opened or a handshake begun, or no packet could come: a thread that is woken for each call costs more than what
/// it has to do then.
final class MediaQueue: Sendable {
    private struct State: Sendable {
        var commands: [RelayCommand] = []
        /// By the number of the business.
        var marks: [UInt16: RelayMark] = [:]
        var isStopped = false
        var refused: UInt64 = 0
    }

    private let state = Mutex(State())
    /// Whether something waits: asked for every batch of packets.
    private let isNews = Atomic(false)
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

    /// - Returns: The relays of which something was refused, because too much waits.
    func append(_ commands: [RelayCommand], upTo mark: RelayMark, of business: UInt16) -> [RelayID] {
        let (areMany, refused) = state.withLock { state in
            var refused: [RelayID] = []
            for command in commands {
                if state.commands.count < limit || command.freesRoom {
                    state.commands.append(command)
                } else {
                    state.refused += 1
                    if let id = command.subject { refused.append(id) }
                }
            }
            state.marks[business] = mark
            isNews.store(true, ordering: .releasing)
            return (state.commands.count > limit / 2, refused)
        }
        if areMany || commands.contains(where: \.isUrgent) { ringfence_media_ring(bell) }
        return refused
    }

    /// Something else than commands waits for the loop.
    func ring() { ringfence_media_ring(bell) }

    func stop() {
        state.withLock { $0.isStopped = true }
        ringfence_media_ring(bell)
    }

    /// Silences the bell.
    ///
    /// - Returns: `false` when the loop shall end.
    func hush() -> Bool {
        ringfence_media_hush(bell)
        return state.withLock { !$0.isStopped }
    }

    /// Exchanges `commands` for those that wait; the empty array goes back so that its memory is used again.
    ///
    /// - Parameter marks: Gets those that came with them.
    func take(_ commands: inout [RelayCommand], _ marks: inout [UInt16: RelayMark]) {
        commands.removeAll(keepingCapacity: true)
        guard isNews.exchange(false, ordering: .acquiring) else { return }
        state.withLock { state in
            swap(&state.commands, &commands)
            for (business, mark) in state.marks { marks[business] = mark }
            state.marks.removeAll(keepingCapacity: true)
        }
    }
}

extension RelayCommand {
    /// Whether no packet might come before it is obeyed: there may be a port to open, or we say the first word.
    fileprivate var isUrgent: Bool {
        switch self {
        case .open(_, let a, let b): a.isUrgent || b.isUrgent
        case .update(_, _, let end): end.isUrgent
        case .join, .entertain, .close: false
        }
    }

    /// Whether less is relayed afterwards. Such commands are never refused.
    fileprivate var freesRoom: Bool {
        switch self {
        case .close, .join: true
        // Nobody hears music for ever because others wait.
        case .entertain(_, _, let isOn): !isOn
        case .open, .update: false
        }
    }
}

extension MediaEnd {
    fileprivate var isUrgent: Bool {
        switch self {
        case .plain: true
        case .dtls(let media): media.isClient
        case .network, .echo, .studio: false
        }
    }
}
