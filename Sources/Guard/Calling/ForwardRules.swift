// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Where a phone sends a call that rings there, as facts.
public struct ForwardAttempt: Sendable {
    /// What a Contact of the phone's 3xx names.
    public enum Target: Hashable, Sendable {
        /// The user part of a `sip` URI, decoded once. The host is not part of it: nobody asks for it.
        case user(String)
        /// Another kind of URI, something that cannot be read, or nothing.
        case unusable
    }

    /// The phone that rang. The forward is a call of its owner's, whoever called them.
    public let phone: Device
    public let target: Target
    /// Whether the phone is connected over TLS.
    public let signallingIsSecure: Bool
    /// Where it is; `nil` where nobody knows.
    public let address: IPAddress?
    /// Who gets the call's answer; `nil` for who is no extension.
    public let caller: ExtensionNumber?
    /// The same of who calls from outside.
    public let outsideCaller: PhoneNumber?
    /// Where the call has rung so far, the number that was dialled first.
    public let places: [ExtensionNumber]
    /// Whether keys that a caller pressed in a menu led it here.
    public var isFromMenu = false

    public init(
        phone: Device,
        target: Target,
        signallingIsSecure: Bool,
        address: IPAddress? = nil,
        caller: ExtensionNumber?,
        outsideCaller: PhoneNumber? = nil,
        places: [ExtensionNumber]
    ) {
        (self.phone, self.target, self.signallingIsSecure) = (phone, target, signallingIsSecure)
        self.address = address
        (self.caller, self.outsideCaller, self.places) = (caller, outsideCaller, places)
    }
}

/// May this call ring where a phone sends it (rows T03, T07, S20)? Asked each time, at the moment of use.
public enum ForwardRules {
    /// - Parameters: As for ``CallRules/decide(_:_:in:by:at:)``.
    public static func decide(
        _ attempt: ForwardAttempt,
        in snapshot: Snapshot,
        by plan: DialPlan? = nil,
        at now: WallTime = WallTime(milliseconds: .max)
    ) -> Verdict<Placement> {
        let owner = attempt.phone.number
        guard case .user(let user) = attempt.target else { return .refused(.outside(owner, "an unusable address")) }
        let isOutsideFree = snapshot.extensions[owner]?.forwarding == .outside
        // As if the owner dialled it. The audio is encrypted, because the offer is ours.
        let call = CallAttempt(
            caller: attempt.phone,
            dialled: user,
            signallingIsSecure: attempt.signallingIsSecure,
            media: .encrypted,
            address: attempt.address
        )
        switch CallRules.decide(call, .redirected, in: snapshot, by: plan, at: now) {
        case .refused(let refusal) where refusal.status == 404 && !isOutsideFree:
            return .refused(.outside(owner, shown(user)))
        case .refused(let refusal): return .refused(refusal.about(owner))
        case .allowed(let placement):
            if attempt.isFromMenu, placement.outside != nil { return .refused(MenuRules.refusal(ofLeavingFrom: owner)) }
            if let target = placement.target.number {
                if let refusal = refusal(of: attempt, to: target, in: snapshot) { return .refused(refusal) }
            } else if !isOutsideFree {
                return .refused(.outside(owner, shown(user)))
            } else if case .emergency = placement.target {
                return .refused(CallRefusal.helpIsNoPlace.about(owner))
            } else if let refusal = refusalOfReturn(attempt, to: placement.target, in: snapshot)
                ?? refusalOfLength(attempt)
            {
                return .refused(refusal)
            }
            return .allowed(
                Placement(
                    .forwarded(attempt),
                    payer: .phone(attempt.phone),
                    target: placement.target,
                    protection: placement.protection,
                    outside: placement.outside,
                    step: CallStep(from: .extension(owner), .phone, to: placement.target)
                )
            )
        }
    }

    private static func refusalOfReturn(
        _ attempt: ForwardAttempt,
        to target: Participant,
        in snapshot: Snapshot
    ) -> CallRefusal? {
        guard case .outside(let number?) = target else { return nil }
        let places = (attempt.places + [attempt.phone.number]).map(Participant.extension)
        let owner = attempt.phone.number
        return refusal(ofReturnTo: number, from: owner, at: attempt.outsideCaller, after: places, in: snapshot.outside)
    }

    /// Why a call may not leave for a number outside that brings it back: to who calls, or over a number of the business to where it has
    /// been. It would be paid for and get nowhere.
    ///
    /// - Parameter owner: Whose forward it is.
    static func refusal(
        ofReturnTo number: PhoneNumber,
        from owner: ExtensionNumber,
        at caller: PhoneNumber?,
        after places: [Participant],
        in settings: OutsideSettings
    ) -> CallRefusal? {
        if number == caller { return .returning(owner, "\(number), who calls") }
        guard let owned = settings.numbers[number] else { return nil }
        let ways = [owned.destination, owned.closed].compactMap { $0?.participant }
        guard let place = ways.first(where: places.contains) else { return nil }
        return .returning(owner, "\(number), a number of the business that leads to \(place), where it has been")
    }

    private static func refusalOfLength(_ attempt: ForwardAttempt) -> CallRefusal? {
        guard attempt.places.count > Limits.forwards else { return nil }
        return CallRefusal(
            status: 482,
            control: .forwardingRules,
            reason:
                "the phone of extension \(attempt.phone.number) sent the call on, after \(Limits.forwards) others had"
        )
    }

    private static func refusal(
        of attempt: ForwardAttempt,
        to target: ExtensionNumber,
        in snapshot: Snapshot
    ) -> CallRefusal? {
        let owner = attempt.phone.number
        switch snapshot.extensions[owner]?.forwarding {
        case .colleagues, .outside: break
        case .nobody, nil:
            return CallRefusal(
                status: 403,
                control: .forwardingRules,
                reason: "extension \(owner) may not forward its calls, and its phone sent this one to \(target)"
            )
        }
        guard target != attempt.caller, !attempt.places.contains(target) else {
            return CallRefusal(
                status: 482,
                control: .forwardingRules,
                reason: "the phone of extension \(owner) sent the call back to \(target), where it has been"
            )
        }
        return refusalOfLength(attempt)
    }

    /// What a phone named, for people: short, and nothing that could be more than a number or a name.
    private static func shown(_ user: String) -> String {
        let plain = user.unicodeScalars.prefix(Limits.shownTarget).map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789+*#-._".unicodeScalars.contains(scalar))
                ? Character(scalar) : "·"
        }
        return String(plain)
    }
}

extension CallRefusal {
    fileprivate static func returning(_ owner: ExtensionNumber, _ where: String) -> Self {
        Self(
            status: 482,
            control: .forwardingRules,
            reason: "extension \(owner) forwards the call back to \(`where`)"
        )
    }

    /// Calls that leave the business cost money, and who pays is not who forwarded.
    fileprivate static func outside(_ owner: ExtensionNumber, _ target: String) -> Self {
        Self(
            status: 403,
            control: .forwardingRules,
            reason: "the phone of extension \(owner) sent the call to \(target), which is outside of the company"
        )
    }

    fileprivate func about(_ owner: ExtensionNumber) -> Self {
        Self(
            status: status,
            control: control,
            reason: "the phone of extension \(owner) sent the call on, but \(reason)",
            number: number
        )
    }
}
