// SPDX-License-Identifier: Apache-2.0

import Guard
import Model

/// Why something about the plan of the business cannot be done.
extension Refusal {
    static func noGroup(_ text: String) -> Self {
        Self(
            problem: "There is no ring group \(quoted(text)).",
            reason: "nobody has made it, or it was removed",
            remedy: "look which there are: ringfence group list"
        )
    }

    static func badGroupName(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is no name for a ring group.",
            reason: "a name is 1 to 32 letters, digits and hyphens",
            remedy: "give one like this: ringfence group add sales --member 101 102"
        )
    }

    static func groupExists(_ name: ShortName) -> Self {
        Self(
            problem: "Group \(name) cannot be added.",
            reason: "it is there already",
            remedy: "change it: ringfence group change \(name) --help"
        )
    }

    static let tooManyGroups = Self(
        problem: "No more ring groups can be added.",
        reason: "a business has at most \(Model.Limits.ringGroups) of them",
        remedy: "remove those that are not used any more: ringfence group list"
    )

    static let badGroupSeconds = Self(
        problem: "The ring group was not changed.",
        reason:
            "phones ring from \(Model.Limits.ringSeconds.lowerBound) to \(Model.Limits.ringSeconds.upperBound) seconds",
        remedy: "give a time in between: --seconds 20"
    )

    static func groupToItself(_ name: ShortName) -> Self {
        Self(
            problem: "Group \(name) was not changed.",
            reason: "a call that nobody of it takes cannot go back to it",
            remedy: "name somebody else: ringfence group change \(name) --then extension 101"
        )
    }

    static func fullGroup(_ name: ShortName) -> Self {
        Self(
            problem: "Group \(name) takes no more members.",
            reason: "a group has at most \(Model.Limits.groupMembers) of them",
            remedy: "let a second group follow on it: ringfence group change \(name) --then group NAME"
        )
    }

    static func noMember(_ number: ExtensionNumber, _ name: ShortName) -> Self {
        Self(
            problem: "Extension \(number) cannot leave or join group \(name).",
            reason: "it is no member of it",
            remedy: "make it one: ringfence group member \(name) --add \(number)"
        )
    }

    static func groupIsSo(_ name: ShortName) -> Self {
        Self(
            problem: "Group \(name) is as you want it already.",
            reason: "there is nothing to change",
            remedy: "look at it: ringfence group show \(name)"
        )
    }

    static func groupInUse(_ name: ShortName, by user: String, _ remedy: String) -> Self {
        Self(
            problem: "Group \(name) was not removed.",
            reason: "calls of \(user) go to it",
            remedy: "send them elsewhere first: \(remedy)"
        )
    }

    static func taken(_ number: ExtensionNumber, by owner: String) -> Self {
        Self(
            problem: "\(number) cannot be taken.",
            reason: "\(owner) has it",
            remedy: "take another number: ringfence extension list, ringfence group list"
        )
    }

    static func mayNotForward(_ number: ExtensionNumber, _ target: Forward.Target, _ policy: ForwardingPolicy) -> Self {
        Self(
            problem: "Calls of extension \(number) were not forwarded.",
            reason: "it may forward its calls to \(policy == .nobody ? "nobody" : "colleagues only")",
            remedy: "say that it may: ringfence extension forwarding \(number) --to \(target.neededPolicy.rawValue)"
        )
    }

    static func noForwardTarget(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is nobody whom calls can be forwarded to.",
            reason: "calls are forwarded to an extension, or to a telephone number with its country code",
            remedy: "name one: ringfence forward set 101 always 102, or +493012345678"
        )
    }

    static func forwardToItself(_ number: ExtensionNumber) -> Self {
        Self(
            problem: "Calls of extension \(number) were not forwarded.",
            reason: "they would come back to it",
            remedy: "name somebody else, or clear what is set: ringfence forward list"
        )
    }

    static func forwardRefused(_ number: ExtensionNumber, _ refusal: CallRefusal) -> Self {
        Self(
            refusal.control,
            problem: "Calls of extension \(number) were not forwarded.",
            reason: refusal.reason,
            remedy: "open what it takes: ringfence class allow --help, ringfence country open --help"
        )
    }

    static let badFollowMe = Self(
        problem: "The places were not set.",
        reason: "there are at most \(Model.Limits.followed) of them, each once, and they ring for 5 to 120 seconds",
        remedy: "give them like this: ringfence forward follow 101 102 +491701234567 --seconds 20"
    )

    static let badForwardSeconds = Self(
        problem: "The forward was not set.",
        reason:
            "phones ring from \(Model.Limits.ringSeconds.lowerBound) to \(Model.Limits.ringSeconds.upperBound) seconds",
        remedy: "give a time in between: --after 20"
    )

    static func forwardIsSo(_ number: ExtensionNumber) -> Self {
        Self(
            problem: "The forwards of extension \(number) are as you want them already.",
            reason: "there is nothing to change",
            remedy: "look at them: ringfence forward list"
        )
    }

    static let tooManyForwards = Self(
        problem: "Nothing was set.",
        reason: "\(Model.Limits.routedExtensions) extensions have settings of their own already",
        remedy: "clear those that are not needed any more: ringfence forward list"
    )

    static func noBlockEntry(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) cannot be blocked.",
            reason: "a number is a plus, the code of the country and the rest; a range ends with a star",
            remedy: "write it like this: +493012345678, or +4490* in quotes"
        )
    }

    static let fullBlockList = Self(
        problem: "Nothing more can be blocked.",
        reason: "a list has at most \(Model.Limits.blockedNumbers) lines",
        remedy: "block what they begin with: ringfence block add '+4490*'"
    )

    static let blockIsSo = Self(
        problem: "The block list is as you want it already.",
        reason: "there is nothing to change",
        remedy: "look at it: ringfence block list"
    )

    static func nightIsSo(_ mode: NightMode) -> Self {
        Self(
            problem: "The night switch was not changed.",
            reason: "it is as you want it already",
            remedy: "look at it: ringfence hours show"
        )
    }
}

extension Forward.Target {
    /// The least that an extension has to be allowed to forward there.
    var neededPolicy: ForwardingPolicy {
        switch self {
        case .extension: .colleagues
        case .outside: .outside
        }
    }
}
