// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Store

extension Administrator {
    /// What the plan of the business says about an extension that goes: groups forget it, and nothing is sent to it.
    func routing(of number: ExtensionNumber, _ routing: RoutingSettings, by caller: Caller) -> [Trace] {
        groups(with: number, routing, by: caller) + forwards(of: number, routing, by: caller)
            + blocks(of: number, routing, by: caller) + night(of: number, routing, by: caller)
            + speedDials(to: number, routing, by: caller) + intercoms(with: number, routing, by: caller)
            + mailboxes(of: number, routing, by: caller) + menus(to: number, routing, by: caller)
            + rooms(of: number, routing, by: caller)
    }

    /// Its own, and those of others that stand for it.
    private func speedDials(to number: ExtensionNumber, _ routing: RoutingSettings, by caller: Caller) -> [Trace] {
        let all: [(ExtensionNumber?, SpeedDials)] =
            [(nil, routing.speedDials)] + routing.ownSpeedDials.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return all.compactMap { owner, old in
            var new = owner == number ? SpeedDials.none : old
            for (key, target) in new.entries where target == .extension(number) { new[key] = nil }
            guard new != old else { return nil }
            let whose = owner.map { "extension \($0)" } ?? "the business"
            let draft = caller.draft(SetSpeedDial.name, whose, JournalDetail.of(old, became: new))
            return (.outside(.route(.speedDial(new, of: owner))), draft)
        }
    }

    /// Nobody who is gone calls by intercom, or is called.
    private func intercoms(with number: ExtensionNumber, _ routing: RoutingSettings, by caller: Caller) -> [Trace] {
        routing.intercoms.sorted { $0.key < $1.key }.compactMap { callee, old in
            guard callee == number || old.callers.contains(number) else { return nil }
            let new = callee == number ? nil : old.without(number)
            let draft = caller.draft(CloseIntercom.name, callee.text, JournalDetail.of(old, became: new))
            return (.outside(.route(.openIntercom(callee, new))), draft)
        }
    }

    private func mailboxes(of number: ExtensionNumber, _ routing: RoutingSettings, by caller: Caller) -> [Trace] {
        guard let old = routing.mailboxes[number] else { return [] }
        let draft = caller.draft(RemoveMailbox.name, number.text, JournalDetail.of(old, became: nil))
        return [(.outside(.route(.keepMessages(number, nil))), draft)]
    }

    /// No key leads to who is gone, and no phone of theirs records.
    private func menus(to number: ExtensionNumber, _ routing: RoutingSettings, by caller: Caller) -> [Trace] {
        routing.menus.values.sorted { $0.name < $1.name }.compactMap { old in
            var new = old.without { $0.isAt(number) }
            if new.voice == number { new.voice = nil }
            guard new != old else { return nil }
            let draft = caller.draft(PutMenu.name, old.name.text, JournalDetail.of(old, became: new))
            return (.outside(.route(.putMenu(new))), draft)
        }
    }

    /// A room whose moderator is gone has none: it waits for nobody who cannot come.
    private func rooms(of number: ExtensionNumber, _ routing: RoutingSettings, by caller: Caller) -> [Trace] {
        routing.rooms.values.sorted { $0.name < $1.name }.compactMap { old in
            guard old.moderator == number else { return nil }
            var new = old
            new.moderator = nil
            let draft = caller.draft(PutRoom.name, old.name.text, JournalDetail.of(old, became: new))
            return (.outside(.route(.putRoom(new))), draft)
        }
    }

    private func night(of number: ExtensionNumber, _ routing: RoutingSettings, by caller: Caller) -> [Trace] {
        let old = routing.nightPhones
        guard old.contains(number) else { return [] }
        let new = old.subtracting([number])
        let detail = JournalDetail.of(old.sorted(), became: new.sorted())
        return [
            (
                .outside(.route(.letSwitchNight(new))),
                caller.draft(SwitchNight.name, "phones of the night switch", detail)
            )
        ]
    }

    private func groups(with number: ExtensionNumber, _ routing: RoutingSettings, by caller: Caller) -> [Trace] {
        routing.groups.values.sorted { $0.name < $1.name }.compactMap { old in
            var new = old
            new.remove(number)
            if new.fallback == .extension(number) { new.fallback = nil }
            if new.queue?.overflow.isAt(number) == true { new.queue?.overflow = .hangUp }
            guard new != old else { return nil }
            let draft = caller.draft(ChangeGroupMembers.name, old.name.text, JournalDetail.of(old, became: new))
            return (.outside(.route(.putGroup(new))), draft)
        }
    }

    private func forwards(of number: ExtensionNumber, _ routing: RoutingSettings, by caller: Caller) -> [Trace] {
        routing.forwards.sorted { $0.key < $1.key }.compactMap { owner, old in
            var new = owner == number ? ForwardSettings.none : old
            new.forwards = new.forwards.filter { $0.value.target != .extension(number) }
            if let follow = new.follow, follow.targets.contains(.extension(number)) {
                let rest = follow.targets.filter { $0 != .extension(number) }
                new.follow = FollowMe(rest, seconds: follow.seconds, by: follow.origin)
            }
            guard new != old else { return nil }
            let draft = caller.draft(ClearForward.name, owner.text, JournalDetail.of(old, became: new))
            return (.outside(.route(.forward(owner, new))), draft)
        }
    }

    private func blocks(of number: ExtensionNumber, _ routing: RoutingSettings, by caller: Caller) -> [Trace] {
        guard let old = routing.ownBlocks[number] else { return [] }
        let draft = caller.draft(RemoveBlock.name, "extension \(number)", JournalDetail.of(old, became: BlockList.none))
        return [(.outside(.route(.block(.none, of: number))), draft)]
    }
}
