// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// What phones have changed by codes.
extension Administrator {
    /// What the journal calls it.
    public static let dialledCode = "code.dial"

    /// Does what a phone asked for, with its line in the journal.
    ///
    /// - Returns: Why not; `nil` when it is stored, or was so already.
    public func carryOut(
        _ request: FeatureRequest,
        by phone: Device,
        from source: EventSource
    ) async -> CallRefusal? {
        let name = "extension \(phone.number) by phone \(phone.id)"
        let origin = SettingOrigin(by: name, at: now(), from: source)
        let snapshot = store.snapshot
        switch FeatureRules.decide(request, by: phone, in: snapshot, as: origin) {
        case .refused(let refusal): return refusal
        case .allowed(let changes):
            guard !changes.isEmpty else { return nil }
            codes.keep { snapshot.extensions[$0] != nil }
            if let refusal = codes.refusal(ofChangeBy: phone.number, at: now()) { return refusal }
            let drafts = changes.map { draft(of: $0, by: name, in: snapshot.outside.routing) }
            do throws(Refusal) {
                try await change(
                    changes.map { .outside(.route($0)) },
                    drafts,
                    notice: "\(request.words), by \(name) from \(source)"
                )
            } catch {
                return CallRefusal(status: 503, control: nil, reason: "it could not be stored: \(error.reason)")
            }
            tell(request, of: phone.number, origin)
            return nil
        }
    }

    private func draft(of change: RoutingChange, by name: String, in routing: RoutingSettings) -> JournalDraft {
        let (subject, detail): (String, String)
        switch change {
        case .putGroup(let new):
            (subject, detail) = (new.name.text, JournalDetail.of(routing.groups[new.name], became: new))
        case .forward(let number, let new):
            (subject, detail) = (
                number.text, JournalDetail.of(routing.forwards[number] ?? ForwardSettings.none, became: new)
            )
        case .switchNight(let mode):
            (subject, detail) = (SwitchNight.subject, JournalDetail.of(routing.night, became: mode))
        case .block(let new, let number?):
            (subject, detail) = (
                number.text, JournalDetail.of(routing.ownBlocks[number] ?? BlockList.none, became: new)
            )
        case .speedDial(let new, let number?):
            (subject, detail) = (
                number.text, JournalDetail.of(routing.ownSpeedDials[number] ?? SpeedDials.none, became: new)
            )
        case .removeGroup, .block, .letSwitchNight, .park, .speedDial, .openIntercom, .keepMessages, .putMenu,
            .removeMenu, .putRoom, .removeRoom, .playMusic:
            // No code asks for these.
            (subject, detail) = ("code", "{}")
        }
        return JournalDraft(actor: name, action: Self.dialledCode, subject: subject, detail: detail)
    }

    private func tell(_ request: FeatureRequest, of number: ExtensionNumber, _ origin: SettingOrigin) {
        guard case .forward(let occasion, let target?) = request else { return }
        tellForward(
            number,
            "calls of extension \(number) go to \(Refusal.quoted(target)) \(occasion.words)",
            origin,
            undo: "ringfence forward clear \(number) \(occasion.rawValue)"
        )
    }
}

extension FeatureRequest {
    /// For people.
    fileprivate var words: String {
        switch self {
        case .quiet(let isQuiet): isQuiet ? "An extension takes no calls" : "An extension takes calls again"
        case .oneCall(let isSo): "An extension takes \(isSo ? "one call at a time" : "calls while it is in one")"
        case .anonymous(let isRejected):
            "An extension takes calls of who withholds their number\(isRejected ? " no more" : " again")"
        case .speedDial(let key, let target):
            "\(key.dialled) stands for \(target.map { Refusal.quoted($0) } ?? "nothing") at an extension"
        case .forward(let occasion, let target):
            "Calls go \(target.map { "to \(Refusal.quoted($0))" } ?? "nowhere else") \(occasion.words)"
        case .group(_, let isAway): isAway ? "A member left its ring groups" : "A member is back in its ring groups"
        case .night(let mode): "The business is \(mode.words)"
        }
    }
}
