// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import SIP

/// Acknowledging the provisional responses of phones that ask for it (RFC 3262 §4).
extension CallTable {
    /// Sends the PRACK for a reliable provisional response.
    ///
    /// - Returns: Whether the response is news. A repeat, one out of order, and one of a second dialog are not: the
    ///   phone says them again.
    mutating func prack(_ response: Message, _ index: Int, of client: InviteClient, _ desk: inout Desk) -> Bool {
        guard let rseq = response.rseq(), let cseq = try? response.cseq(),
            var phone = earlyPhone(response, index, of: client)
        else { return false }
        // §4: the first may have any number, every other one is one higher.
        if let last = phone.rseq, rseq != last &+ 1 { return false }
        // It says this again, and is heard when it has answered what it asked for.
        guard phone.pracks < Limits.pracks else { return false }
        (phone.rseq, phone.pracks) = (rseq, phone.pracks + 1)
        let key = BranchKey(using: desk.entropy)
        var writer = MessageWriter()
        phone.dialog.writeRequest(
            .prack,
            cseq: nil,
            at: desk.address(of: phone.dialog, over: client.flow),
            into: &writer
        )
        desk.writeVia(key, over: client.flow, into: &writer)
        writer.field(.rack, "\(rseq) \(cseq.number) INVITE")
        writer.finish()
        earlyCalls[client.call]?.phones[index] = phone
        earlyDialogs[DialogKey(phone.dialog)] = EarlyOwner(call: client.call, branch: index)
        desk.start(
            key,
            .prack,
            writer.bytes,
            purpose: .acknowledgement(call: client.call, branch: index),
            over: client.flow
        )
        return true
    }

    /// The early dialog that a response belongs to. A phone has one: another To tag is not listened to.
    private func earlyPhone(_ response: Message, _ index: Int, of client: InviteClient) -> EarlyCall.Phone? {
        guard let early = earlyCalls[client.call],
            let dialog = (try? Dialog(asClientFrom: response, request: client.request))
                ?? Dialog(unclear: response, to: client.request), !dialog.remoteTag.isEmpty
        else { return nil }
        guard let known = early.phones[index] else { return EarlyCall.Phone(dialog: dialog) }
        return known.dialog.remoteTag == dialog.remoteTag ? known : nil
    }

    /// What a phone said reliably about its media, which its 2xx cannot change (§5).
    func settledEarly(_ serial: UInt64, _ index: Int) -> Negotiation? {
        guard !earlyCalls.isEmpty, let phone = earlyCalls[serial]?.phones[index], phone.isSettled
        else { return nil }
        return phone.media
    }

    /// The formats that the caller was told reliably: whoever answers has to do with them.
    func settledFormats(_ serial: UInt64) -> [AudioFormat]? {
        guard !earlyCalls.isEmpty, let told = earlyCalls[serial]?.told, told.isReliable else {
            return nil
        }
        return told.media.formats
    }

    /// The dialog that a 2xx confirms, going on where the early one with the same phone was.
    func confirmed(_ response: Message, _ index: Int, of client: InviteClient) -> Dialog? {
        guard var dialog = try? Dialog(asClientFrom: response, request: client.request) else { return nil }
        if !earlyCalls.isEmpty, let early = earlyCalls[client.call]?.phones[index]?.dialog,
            early.remoteTag == dialog.remoteTag
        {
            (dialog.localCSeq, dialog.remoteCSeq) = (early.localCSeq, early.remoteCSeq)
        }
        return dialog
    }
}
