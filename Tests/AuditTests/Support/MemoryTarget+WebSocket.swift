// SPDX-License-Identifier: Apache-2.0

import Guard
import SIP

@testable import Audit

// The listener for browsers, made of the same parts as the server's.
extension MemoryTarget {
    /// TLS is taken as done: these are the bytes inside it.
    func browse(_ bytes: [UInt8], on id: UInt64) {
        peers[id]?.partial += bytes
        if peers[id]?.receiver == nil { open(id) }
        if peers[id]?.receiver != nil { frames(id) }
    }

    private func open(_ id: UInt64) {
        guard let partial = peers[id]?.partial else { return }
        do throws(WebSocketOpening.Refusal) {
            guard let (opening, length) = try WebSocketOpening.read(partial.span) else { return }
            let isLetIn = weakness == .letsAnyPageIn || OriginRules.allows(opening.origin, among: [])
            guard isLetIn else { throw .forbidden }
            put(opening.response, to: id)
            peers[id]?.partial.removeFirst(length)
            peers[id]?.receiver = WebSocketReceiver()
        } catch {
            put(error.response, to: id)
            close(id)
        }
    }

    private func frames(_ id: UInt64) {
        guard var buffer = peers[id]?.partial, var receiver = peers[id]?.receiver else { return }
        var offset = 0
        do throws(WebSocketError) {
            while let event = try receiver.next(&buffer, at: &offset) {
                if case .ping(let payload) = event { put(WebSocketWriter.pong(buffer[payload]), to: id) }
            }
            buffer.removeFirst(offset)
            peers[id]?.partial = buffer
            peers[id]?.receiver = receiver
        } catch {
            guard weakness != .toleratesFrames else { return }
            put(WebSocketWriter.close(error.rawValue), to: id)
            close(id)
        }
    }
}
