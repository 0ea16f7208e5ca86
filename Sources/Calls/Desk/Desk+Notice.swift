// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

extension Desk {
    /// A message of the system itself to phones (RFC 3428), over encryption only.
    ///
    /// - Parameters:
    ///   - number: Whose phones they are.
    ///   - name: What they show as its sender.
    mutating func write(
        _ text: [UInt8],
        at phones: [Binding],
        of number: String,
        from name: StaticString,
        isUrgent: Bool = false
    ) {
        for phone in phones.filter({ $0.flow.transport.isEncrypted }).prefix(Limits.forks) {
            let key = BranchKey(using: entropy)
            var writer = MessageWriter()
            writer.request(.message, uri: phone.contact)
            writeVia(key, over: phone.flow, into: &writer)
            writer.field(.maxForwards, 70)
            writer.field(.from, "\"\(name)\" <sip:\(snapshot.domain.text)>;tag=\(entropy.tag())")
            writer.field(.to, "<sip:\(number)@\(snapshot.domain.text)>")
            writer.field(.callID, entropy.token())
            writer.field(.cseq, "1 MESSAGE")
            if isUrgent { writer.field(named: "Priority", "emergency".utf8) }
            writer.finish(contentType: "text/plain;charset=UTF-8", body: MessageText(masking: text[...]).bytes)
            start(key, .message, writer.bytes, purpose: .farewell, over: phone.flow)
        }
    }
}
