// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// One phone of an extension, as a GRUU names it (RFC 5627 §3.1).
struct PhoneInstance: Sendable {
    /// Between the `<` and `>` of its `+sip.instance`.
    let name: [UInt8]
    /// Whose it is, where the GRUU says so: a temporary one stands for one registration.
    let username: String?
    /// Who is called by a temporary GRUU stays unknown (§3.1.2).
    var isTemporary: Bool { username != nil }

    func isReached(by binding: borrowing Binding) -> Bool {
        guard username == nil || username == binding.device.username else { return false }
        return binding.instanceName.map { isSame($0, name) } ?? false
    }

    /// URNs of UUIDs compare without regard to case (RFC 4122 §3), and other phones may have changed it on the way.
    private func isSame(_ one: ArraySlice<UInt8>, _ other: [UInt8]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { isSameLetter($0, $1) }
    }
}

/// Whom a URI means.
struct Addressee: Sendable {
    /// What `Guard` judges, as it was dialled or as the GRUU says. Not always a number that exists.
    let number: String
    /// The only phone that it is for; `nil` for all of the extension.
    var phone: PhoneInstance?
}

extension Switchboard {
    /// Whom the Request-URI means.
    func addressee(of request: Message) -> Addressee {
        guard let uri = try? SIPURI.parse(request, request.requestURI) else { return Addressee(number: "") }
        return addressee(uri, in: request.bytes.span)
    }

    /// Whom a URI of this business means: a number, a phone's user name, so that a phone can be called by what it
    /// registered as, or a GRUU. A temporary one that is not ours, or not any more, is nobody's number.
    func addressee(_ uri: SIPURI, in bytes: Span<UInt8>) -> Addressee {
        guard let user = uri.decodedUser(in: bytes) else { return Addressee(number: "") }
        guard uri.gr != nil else { return Addressee(number: snapshot.devices[user]?.number.text ?? user) }
        guard let name = uri.instance(in: bytes) else { return temporary(user) }
        return Addressee(
            number: snapshot.devices[user]?.number.text ?? user,
            phone: PhoneInstance(name: name, username: nil)
        )
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

/// Makes the GRUUs of one phone.
struct GRUUGrant {
    let seal: GRUUSeal
    let domain: String
    /// Whether the phone registers a `sips` URI.
    let isSecure: Bool
    let entropy: Entropy

    /// As parameters of a Contact. The public one names the extension: the user name is half of a login.
    func write(of binding: borrowing Binding, into value: inout ValueWriter) {
        guard let name = binding.instanceName else { return }
        value.append(";pub-gruu=\"")
        append(binding.device.number.text.utf8, into: &value)
        value.append("=")
        value.append(uriParameter: name)
        value.append("\";temp-gruu=\"")
        let content = GRUUSeal.Content(registration: binding.id, session: seal.session(of: binding.callID))
        append(seal.seal(content, using: entropy), into: &value)
        value.append("\"")
    }

    private func append(_ user: some Sequence<UInt8>, into value: inout ValueWriter) {
        value.append(isSecure ? "sips:" : "sip:")
        value.append(user)
        value.append("@")
        value.append(domain)
        value.append(";gr")
    }
}

extension Binding {
    /// What the phone calls itself, without the `<` and `>` that belong to the form of `+sip.instance`; `nil` for a phone
    /// without one, or with one of another form.
    fileprivate var instanceName: ArraySlice<UInt8>? {
        guard let instance, instance.count > 2, instance.first == UInt8(ascii: "<"), instance.last == UInt8(ascii: ">")
        else { return nil }
        return instance[1..<instance.count - 1]
    }
}

extension [Binding] {
    /// The way to the one phone that a GRUU names: over the contact that it refreshed last (RFC 5627 §6.1).
    func only(_ phone: PhoneInstance?) -> [Binding] {
        guard let phone else { return self }
        let latest = filter { phone.isReached(by: $0) }.max { ($0.refreshed, $0.id) < ($1.refreshed, $1.id) }
        return latest.map { [$0] } ?? []
    }
}
