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

extension Binding {
    /// What the phone calls itself, without the `<` and `>` that belong to the form of `+sip.instance`; `nil` for a phone
    /// without one, or with one of another form.
    var instanceName: ArraySlice<UInt8>? {
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
