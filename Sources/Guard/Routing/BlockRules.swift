// SPDX-License-Identifier: Apache-2.0

import Model

/// May this caller outside get through, by the lists of the business and of whoever is called? Judged on the number as it was
/// made canonical, before anything rings. Calls inside, and calls for help, are not asked about.
///
/// A number on a list hears what a number hears that calls nobody: 404, at once and without a word. Who withholds theirs hears that
/// (433, RFC 5079), because to call again with it is what is wanted.
public enum BlockRules {
    /// By the list of the business.
    static func refusal(of caller: PhoneNumber?, in routing: RoutingSettings) -> CallRefusal? {
        refusal(of: caller, by: routing.blocks, "the business")
    }

    /// By the list of an extension.
    static func refusal(
        of caller: PhoneNumber?,
        at number: ExtensionNumber,
        in routing: RoutingSettings
    ) -> CallRefusal? {
        routing.ownBlocks[number].flatMap { refusal(of: caller, by: $0, "extension \(number)") }
    }

    private static func refusal(of caller: PhoneNumber?, by list: BlockList, _ owner: String) -> CallRefusal? {
        guard let caller else {
            guard list.rejectsAnonymous else { return nil }
            return CallRefusal(
                status: 433,
                control: nil,
                reason: "the caller withholds their number, and \(owner) takes no such calls"
            )
        }
        guard list.holds(caller) else { return nil }
        return CallRefusal(status: 404, control: nil, reason: "\(owner) has blocked \(caller)")
    }
}
