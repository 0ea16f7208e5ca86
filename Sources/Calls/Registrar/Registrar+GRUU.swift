// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// Whom a URI of this business means (RFC 5627).
extension Registrar {
    /// Whom the Request-URI means.
    func addressee(of request: Message) -> Addressee {
        guard let uri = try? SIPURI.parse(request, request.requestURI) else { return Addressee(number: "") }
        return addressee(uri, in: request.bytes.span)
    }

    /// Whom a URI of this business means: a number, a phone's user name, so that a phone can be called by what it
    /// registered as, or a GRUU. A temporary one that is not ours, or not any more, is nobody's number.
    func addressee(_ uri: SIPURI, in bytes: Span<UInt8>) -> Addressee {
        if let number = uri.telephoneNumber(in: bytes) {
            return Addressee(number: isOurs(number) ? number.digits : number.text)
        }
        guard let user = uri.decodedUser(in: bytes) else { return Addressee(number: "") }
        guard uri.gr != nil else {
            if let number = WithheldCode.number(behind: user) { return Addressee(number: number, isWithheld: true) }
            return Addressee(number: snapshot.devices[user]?.number.text ?? user)
        }
        guard let name = uri.instance(in: bytes) else { return temporary(user) }
        return Addressee(
            number: snapshot.devices[user]?.number.text ?? user,
            phone: PhoneInstance(name: name, username: nil)
        )
    }

    /// RFC 3966 §5.1.5: a local number counts where its context says. Phones leave the context out, and mean the system that they
    /// are registered at.
    private func isOurs(_ number: TelephoneNumber) -> Bool {
        guard let context = number.context?.lowercased() else { return true }
        return ([snapshot.domain.text] + settings.hostNames).contains { $0.lowercased() == context }
    }

    /// The phone behind a temporary GRUU, while the registration stands under which it was given (RFC 5627 §5.4).
    private func temporary(_ user: String) -> Addressee {
        let utf8 = user.utf8
        // No number has a semicolon, so `sip:102@…;gr` is not extension 102.
        let nobody = Addressee(number: "\(user);gr")
        guard let content = gruus.open(utf8.span) else { return nobody }
        let found = bindings.look(at: content.registration) { binding -> Addressee? in
            guard gruus.session(of: binding.callID) == content.session, let name = binding.instanceName else {
                return nil
            }
            let phone = PhoneInstance(name: Array(name), username: binding.device.username)
            return Addressee(number: binding.device.number.text, phone: phone)
        }
        return (found ?? nil) ?? nobody
    }

    /// Where a request in a dialog is sent to, for a phone that gave its GRUU as its Contact: to the contact that it has
    /// registered over that connection, and to no other phone's.
    ///
    /// - Returns: `nil` where the dialog's own target is good.
    func address(of dialog: Dialog, over flow: Flow) -> [UInt8]? {
        guard dialog.isTargetGRUU,
            let uri = try? SIPURI(parsing: dialog.remoteTarget.span, in: 0..<dialog.remoteTarget.count)
        else { return nil }
        let addressee = addressee(uri, in: dialog.remoteTarget.span)
        return bindings.on(flow.id).filter { $0.device.number.text == addressee.number }
            .only(addressee.phone).first?.contact
    }

    /// What a phone gets that says in its REGISTER that it knows GRUUs (RFC 5627 §5.2); `nil` for every other.
    func grantsGRUUs(_ request: Message) -> GRUUGrant? {
        guard request.hasOption(.supported, "gruu") || request.hasOption(.require, "gruu") else { return nil }
        return GRUUGrant(
            seal: gruus,
            domain: snapshot.domain.text,
            isSecure: (try? request.to())?.uri?.scheme == .sips,
            entropy: entropy
        )
    }
}
