// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// Messages with fields that are not as they should be. Where they end is known, so that the next one is read as ever: a
/// stream that lost its framing never gets here.
extension Switchboard {
    /// Whether a datagram only keeps the way through a NAT open.
    mutating func keepsAlive(_ datagram: Span<UInt8>, _ flow: Flow) -> Bool {
        guard !flow.transport.isReliable, let keepAlive = KeepAlive(datagram) else { return false }
        if let bytes = desk.registrar.answer(to: keepAlive, on: flow) {
            desk.turn.actions.append(.send(bytes, flow.id))
        }
        return true
    }

    /// A request that can be answered gets its error (RFC 3261 §21.4.1), a response is taken for what can be read of it. A
    /// phone's connection, with its registration and the signalling of its calls, stays; a stranger's is closed.
    mutating func receiveOdd(_ message: Message, _ error: ParseError, on flow: Flow) {
        desk.counters.malformed += 1
        desk.turn.report(.malformed, message, flow)
        if message.method == nil {
            if error.leavesReadable { receiveResponse(message, on: flow) }
        } else if message.method != .ack, message.first(.via) != nil, message.first(.callID) != nil {
            desk.respond(error.status, to: message, on: flow)
        }
        if flow.transport.isReliable, !desk.registrar.mayBeOdd(flow.id, at: desk.now.monotonic) {
            desk.turn.actions.append(.close(flow.id))
        }
    }
}

extension Message {
    /// Whether its To is not worth repeating in a request of ours, which is always as it should be. A phone knows the ACK for
    /// its refusal by the branch (RFC 3261 §17.2.3).
    var hasOddTo: Bool {
        guard let to = try? to() else { return true }
        return to.range.count > SIP::Limits.targetBytes
    }
}

extension ParseError {
    /// Whether what a response is about, and what it brings, is still known for sure.
    fileprivate var leavesReadable: Bool {
        switch problem {
        case .unfinishedHeader, .truncatedBody, .unsupportedVersion, .missing, .methodMismatch: false
        case .repeated(let name): ![.via, .from, .to, .callID, .cseq, .contentLength].contains(name)
        case .tooLarge(let part, limit: _): part != .message && part != .startLine
        case .malformed, .forbiddenControl, .unsupportedScheme: true
        }
    }
}
