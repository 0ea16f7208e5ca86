// SPDX-License-Identifier: Apache-2.0

import Model
import SIP

/// What phones show about who is at the other end. Names and numbers come from the directory, never from a message
/// (rule IDENT).
extension Desk {
    /// Who is connected now, for a phone of the business (RFC 3325 §9.1), unless that person wants to stay unknown
    /// (RFC 3323).
    func writeIdentity(of party: Party, into writer: inout MessageWriter) {
        guard !party.isPrivate else {
            writer.field(.privacy, "id")
            return
        }
        writer.field(
            .pAssertedIdentity,
            "\(quoted(party.name)) <\(address(of: party))>"
        )
    }

    /// From as the called phone sees it (RFC 3323 §4.1 for the anonymous one).
    func origin(of party: Party, tag: String) -> String {
        guard !party.isPrivate else { return "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=\(tag)" }
        return "\(quoted(party.name)) <\(address(of: party))>;tag=\(tag)"
    }

    /// What a phone calls to reach somebody: an extension, or the number of somebody outside.
    func address(of party: Party) -> String { "sip:\(party.participant.text)@\(snapshot.domain.text)" }
}

/// A display name as a quoted string (RFC 3261 §25.1). The writer takes care of control characters.
func quoted(_ name: String) -> String {
    guard name.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
        return "\"\(name)\""
    }
    return "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
}
