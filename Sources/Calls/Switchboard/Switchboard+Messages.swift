// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// Text between extensions (RFC 3428): taken from a phone that proved who it is, and passed on under our name for it.
extension Switchboard {
    /// A MESSAGE outside of a dialog. 202 says that it went to the receiver's phones, not that somebody read it (§7).
    mutating func message(_ request: Message, by proof: Authenticated) {
        do throws(MessageRefused) {
            let addressee = desk.addressee(of: request)
            let permission = try judge(request, to: addressee.number, by: proof, at: desk.now)
            let phones = desk.snapshot.devices(of: permission.receiver).flatMap {
                desk.registrar.bindings.ways(to: $0.username)
            }
            // What came encrypted leaves encrypted.
            .filter { $0.flow.transport.isEncrypted }
            .only(addressee.phone)
            guard !phones.isEmpty else { throw .unreachable }
            desk.respond(202, to: request, on: proof.flow)
            let text = MessageText(masking: request.bytes(request.body))
            for phone in phones.prefix(Limits.forks) {
                pass(text, permission, request, to: phone, by: proof)
            }
        } catch {
            refuse(request, error, by: proof)
        }
    }

    private mutating func judge(
        _ request: Message,
        to target: String,
        by proof: Authenticated,
        at now: Moment
    ) throws(MessageRefused) -> MayMessage {
        guard proof.isSender(of: request) else { throw .notYours }
        guard desk.accounts.admits(.message, of: proof.device.id, at: now.monotonic) else { throw .tooFast }
        guard (try? request.maxForwards()) != 0 else { throw .tooManyHops }
        guard request.body.count <= Limits.textBytes else { throw .tooLong }
        guard MessageText.isReadable(in: request) else { throw .notText }
        let isEncrypted = proof.flow.transport.isEncrypted
        switch MessageRules.decide(from: proof.device, to: target, isEncrypted: isEncrypted, in: desk.snapshot) {
        case .allowed(let permission): return permission
        case .refused(let refusal): throw .forbidden(refusal)
        }
    }

    /// The message for one phone. Nothing of the sender's is copied into it but the text.
    private mutating func pass(
        _ text: MessageText,
        _ permission: MayMessage,
        _ request: Message,
        to phone: Binding,
        by proof: Authenticated,

    ) {
        let key = BranchKey(using: desk.entropy)
        let sender = "<sip:\(permission.sender.text)@\(desk.snapshot.domain.text)>;tag=\(desk.entropy.tag())"
        var writer = MessageWriter()
        writer.request(.message, uri: phone.contact)
        desk.writeVia(key, over: phone.flow, into: &writer)
        writer.field(.maxForwards, max(1, ((try? request.maxForwards()) ?? 70) - 1))
        writer.field(.from, "\(quoted(proof.subscriber.name)) \(sender)")
        writer.field(.to, "<sip:\(permission.receiver.text)@\(desk.snapshot.domain.text)>")
        writer.field(.callID, desk.entropy.token())
        writer.field(.cseq, "1 MESSAGE")
        writer.finish(contentType: "text/plain;charset=UTF-8", body: text.bytes)
        desk.start(key, .message, writer.bytes, purpose: .farewell, over: phone.flow)
    }

    private mutating func refuse(
        _ request: Message,
        _ refused: MessageRefused,
        by proof: Authenticated,

    ) {
        switch refused {
        case .notYours: desk.turn.report(.identityMismatch, request, proof.flow)
        case .tooFast: desk.turn.report(.accountLimit, request, proof.flow)
        case .tooManyHops, .tooLong, .notText, .forbidden, .unreachable: break
        }
        let host = desk.settings.hostNames.first ?? desk.snapshot.domain.text
        desk.respond(refused.status, to: request, on: proof.flow) { writer in
            switch refused {
            case .tooFast: writer.field(.retryAfter, 10)
            case .notText:
                writer.field(.accept, "text/plain")
                if request.first(.contentEncoding) != nil { writer.field(named: "Accept-Encoding", "identity".utf8) }
            case .forbidden(let refusal): writer.field(.warning, "399 \(host) \(quoted(refusal.reason))")
            case .notYours, .tooManyHops, .tooLong, .unreachable: break
            }
        }
    }
}

/// Why a message is not passed on.
private enum MessageRefused: Error {
    case notYours, tooFast, tooManyHops, tooLong, notText, unreachable
    case forbidden(CallRefusal)

    var status: Int {
        switch self {
        case .notYours: 403
        case .tooLong: 413
        case .notText: 415
        case .unreachable: 480
        case .tooManyHops: 483
        case .tooFast: 503
        case .forbidden(let refusal): refusal.status
        }
    }
}
