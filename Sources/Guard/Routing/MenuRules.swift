// SPDX-License-Identifier: Apache-2.0

public import Model

/// Where a caller in a menu wants to go: facts that do not change.
public struct MenuChoice: Sendable {
    public let menu: ShortName
    /// An extension or a group.
    public let to: Destination
    /// Whether the caller dialled the extension, and pressed no key that the menu has.
    public let isDialled: Bool
    /// Who is in the menu.
    public let caller: Participant

    public init(menu: ShortName, to: Destination, isDialled: Bool, caller: Participant) {
        (self.menu, self.to, self.isDialled, self.caller) = (menu, to, isDialled, caller)
    }
}

/// May a call go where its caller chose in a menu? It rings at people of the business and nowhere else: keys are pressed by anybody,
/// so what they bring about costs nobody anything. No forward of whom it reaches takes it outside either (rows T06, C11).
public enum MenuRules {
    /// - Parameter standing: What let the call into the menu.
    public static func decide(
        _ choice: MenuChoice,
        of standing: Placement,
        in snapshot: Snapshot
    ) -> Verdict<Placement> {
        if let refusal = refusal(ofWay: choice, in: snapshot) ?? refusal(of: choice, in: snapshot) {
            return .refused(refusal)
        }
        return .allowed(
            Placement(
                .chosen(standing, choice),
                payer: standing.payer,
                target: choice.to.participant,
                // The offer is ours.
                protection: .encrypted,
                step: CallStep(from: .service(.menu(choice.menu)), .chosen, to: choice.to.participant)
            )
        )
    }

    /// Why the menu does not lead there.
    private static func refusal(ofWay choice: MenuChoice, in snapshot: Snapshot) -> CallRefusal? {
        guard let menu = snapshot.outside.routing.menus[choice.menu] else { return .gone(choice.menu) }
        guard choice.isDialled ? menu.dialsExtensions : menu.targets.contains(.to(choice.to)) else {
            return .not(menu.name, "does not lead to \(choice.to)")
        }
        return nil
    }

    /// Why nobody may be reached there, whichever way leads to them: a menu that changes ends no talk. The caller hears the same words
    /// whichever it is.
    static func refusal(of choice: MenuChoice, in snapshot: Snapshot) -> CallRefusal? {
        let (routing, menu) = (snapshot.outside.routing, choice.menu)
        switch choice.to {
        case .extension(let number):
            guard snapshot.extensions[number]?.isEnabled == true else {
                return .not(menu, "leads to extension \(number), which is disabled or does not exist")
            }
            guard choice.caller != .extension(number) else { return .not(menu, "leads the caller to themselves") }
            guard case .outside(let caller) = choice.caller else { return nil }
            return BlockRules.refusal(of: caller, at: number, in: routing)
        case .group(let name):
            guard routing.groups[name] != nil else { return .not(menu, "leads to group \(name), which is gone") }
            return nil
        case .menu, .room: return .not(menu, "leads to \(choice.to), which rings nowhere")
        }
    }

    /// What a number, or a group that nobody took a call of, leads to a menu by; `nil` where it is gone.
    static func refusal(ofEntering name: ShortName, in snapshot: Snapshot) -> CallRefusal? {
        snapshot.outside.routing.menus[name] == nil ? .gone(name) : nil
    }

    /// Nobody sends a call out of the business that came by keys which anybody may press.
    static func refusal(ofLeavingFrom owner: ExtensionNumber) -> CallRefusal {
        CallRefusal(
            status: 403,
            control: .forwardingRules,
            reason: "extension \(owner) sends the call outside, and it came by a menu, which leads to nobody outside"
        )
    }
}

extension CallRefusal {
    fileprivate static func gone(_ name: ShortName) -> Self {
        Self(status: 480, control: nil, reason: "menu \(name) does not exist")
    }

    fileprivate static func not(_ name: ShortName, _ reason: String) -> Self {
        Self(status: 404, control: nil, reason: "menu \(name) \(reason)")
    }
}
