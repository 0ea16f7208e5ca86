// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// Answers outside of INVITE transactions, and how every answer is written.
extension Desk {
    /// Writes and sends a response outside of an INVITE transaction. Over a transport that loses, it is kept until its
    /// request cannot be repeated any more; over the others nothing is kept.
    mutating func respond(
        _ status: Int,
        to request: Message,
        on flow: Flow,
        tag: String? = nil,
        _ addFields: (inout MessageWriter) -> Void = { _ in }
    ) {
        let bytes = Self.response(status, to: request, on: flow, tag: tag ?? entropy.tag(), addFields)
        let isPhone = flow.transport.isReliable || registrar.bindings.isBound(flow.id)
        // Row D13: whoever may have forged his address gets no more than he sent, or he would aim us at others.
        guard isPhone || bytes.count <= request.bytes.count else {
            counters.dropped += 1
            return
        }
        turn.actions.append(.send(bytes, flow.id))
        // Strangers are answered once and forgotten (§26.3.2.4): they cost no memory.
        guard isPhone, status != 401 else { return }
        transactions.keep(Answer(status: status, bytes: bytes), to: request, on: flow, at: turn.now)
    }

    /// Writes a response. Takes nothing of the desk, so that nothing of it is copied for what adds the fields.
    static func response(
        _ status: Int,
        to request: Message,
        on flow: Flow,
        tag: String?,
        body: [UInt8] = [],
        _ addFields: (inout MessageWriter) -> Void = { _ in }
    ) -> [UInt8] {
        // What nearly every response fits into: copied fields of a request and one or two of ours.
        var writer = MessageWriter(capacity: 768 + body.count)
        ResponseHead.write(
            status,
            StatusPhrase.of(status),
            to: request,
            toTag: tag,
            source: flow.remote,
            into: &writer
        )
        addFields(&writer)
        if body.isEmpty { writer.finish() } else { writer.finish(contentType: "application/sdp", body: body) }
        return writer.bytes
    }
}

/// Text of a stranger for a record or an event: short, and without anything that could forge a line of a log.
func printable(_ message: Message, _ range: ByteRange) -> String {
    let text = message.string(range).prefix(Limits.recordedText)
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isPlain($0) ? $0 : "?" }))
}

private func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
}
