// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// How many voice messages wait in a mailbox (RFC 3842 §5.2).
public struct MailboxCounts: Hashable, Sendable {
    public var new: Int
    public var old: Int
    /// Of the new ones.
    public var urgentNew: Int
    /// Of the old ones.
    public var urgentOld: Int

    public init(new: Int = 0, old: Int = 0, urgentNew: Int = 0, urgentOld: Int = 0) {
        (self.new, self.old, self.urgentNew, self.urgentOld) = (new, old, urgentNew, urgentOld)
    }
}

/// One call from one extension's side, as others may see it: that there is one and what it is doing, not with whom.
struct CallView: Hashable, Sendable {
    enum State: Hashable, Sendable {
        case trying, early, confirmed
    }

    let number: ExtensionNumber
    let isInitiator: Bool
    let state: State
}

/// The state of something that is watched, to be compared with what was told before.
enum WatchedContent: Equatable, Sendable {
    case calls([ShownCall])
    case presence(isReachable: Bool, isOnPhone: Bool)
    case mailbox(MailboxCounts)
    case contacts([ShownContact])
}

/// A call in a dialog document.
struct ShownCall: Equatable, Sendable {
    let call: UInt64
    let isInitiator: Bool
    let state: CallView.State

    func isSame(as other: ShownCall) -> Bool { call == other.call && isInitiator == other.isInitiator }
}

/// A contact in a registration document.
struct ShownContact: Equatable, Sendable {
    let binding: UInt64
    let uri: [UInt8]
    /// Told, but no news: a refresh changes nothing that is watched.
    let expires: MonotonicTime

    static func == (one: Self, other: Self) -> Bool { one.binding == other.binding && one.uri == other.uri }
}

extension Call {
    /// Everybody's part in this call. Empty once it has failed.
    var views: [CallView] {
        switch phase {
        case .ringing(let ringing):
            var views = [CallView(caller, isInitiator: true, ringing.isAnnounced ? .early : .trying)].compactMap(\.self)
            for branch in ringing.branches where branch.status == nil {
                guard let view = CallView(branch.party, isInitiator: false, .early), !views.contains(view) else {
                    continue
                }
                views.append(view)
            }
            return views
        case .answering(let answering):
            return [CallView(caller, isInitiator: true, .early)].compactMap(\.self)
                + [answering.callee].views(isInitiator: false)
        case .refusing: return []
        case .talking(let conversation):
            // Who transferred the call and hung up is not in it any more.
            return [conversation.caller].views(isInitiator: true) + [conversation.callee].views(isInitiator: false)
        }
    }
}

extension [Endpoint] {
    fileprivate func views(isInitiator: Bool) -> [CallView] {
        compactMap { endpoint in
            guard let leg = endpoint.leg, !leg.hasLeft else { return nil }
            return CallView(leg.party, isInitiator: isInitiator, .confirmed)
        }
    }
}

extension CallView {
    /// Nobody watches who is no extension.
    fileprivate init?(_ party: Party, isInitiator: Bool, _ state: State) {
        guard let number = party.number else { return nil }
        self.init(number: number, isInitiator: isInitiator, state: state)
    }
}
