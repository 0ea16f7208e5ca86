// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// A call that a provider brings, as facts.
public struct InboundAttempt: Sendable {
    public let trunk: TrunkName
    /// The number that was called; `nil` where what the provider wrote is none.
    public let called: PhoneNumber?
    /// Who calls, by the provider's word; `nil` where they withhold it.
    public let caller: PhoneNumber?
    /// Whether the caller's number was written as one of ours inside, such as `101`.
    public let claimsExtension: Bool
    public let signallingIsSecure: Bool
    /// Whether the audio would go in the clear.
    public let isPlain: Bool
    public let media: CallAttempt.Media
    /// Whether the business is open.
    public let isOpen: Bool
    /// How often it was sent on before it came here, by the provider's word, and by whom as far as they are known.
    public var diversions = 0
    public var divertedBy: [PhoneNumber] = []
    /// Who called for help over this trunk of late, so that those who help may be calling back; `nil` where nobody did.
    public var helped: ExtensionNumber?

    public init(
        trunk: TrunkName,
        called: PhoneNumber?,
        caller: PhoneNumber?,
        claimsExtension: Bool,
        signallingIsSecure: Bool,
        isPlain: Bool = false,
        media: CallAttempt.Media,
        isOpen: Bool = true
    ) {
        (self.trunk, self.called, self.caller) = (trunk, called, caller)
        (self.claimsExtension, self.signallingIsSecure) = (claimsExtension, signallingIsSecure)
        (self.isPlain, self.media, self.isOpen) = (isPlain, media, isOpen)
    }
}

/// May a call from outside ring here? It reaches the numbers of the business and nothing else: no extension by its inside
/// number, no service but a menu or an open conference room that a number leads to, and never another number outside (row C11).
public enum InboundRules {
    public static func decide(
        _ attempt: InboundAttempt,
        in snapshot: Snapshot,
        at now: WallTime
    ) -> Verdict<Placement> {
        guard let trunk = snapshot.outside.trunks[attempt.trunk]?.trunk, trunk.isEnabled else {
            return .refused(CallRefusal(status: 403, control: nil, reason: "trunk \(attempt.trunk) is disabled"))
        }
        if let refusal = refusal(ofProtection: attempt, trunk, at: now) ?? refusal(ofCaller: attempt, in: snapshot) {
            return .refused(refusal)
        }
        let verdict = decidePlace(attempt, in: snapshot)
        guard case .refused = verdict, let placement = callback(attempt, in: snapshot) else { return verdict }
        // Where the number leads to nobody, those who help still get through.
        return .allowed(placement)
    }

    /// Rings whoever called for help, whatever is set or blocked there, beside where the call goes; `nil` where nobody did, or the
    /// extension is gone. A disabled one could call for it, so it can be called back.
    public static func callback(_ attempt: InboundAttempt, in snapshot: Snapshot) -> Placement? {
        guard let number = attempt.helped, snapshot.extensions[number] != nil else { return nil }
        return Placement(
            .callback(attempt),
            payer: .caller(attempt.trunk),
            target: .extension(number),
            protection: attempt.media
        )
    }

    private static func decidePlace(_ attempt: InboundAttempt, in snapshot: Snapshot) -> Verdict<Placement> {
        guard let called = attempt.called, let owned = snapshot.outside.numbers[called],
            owned.trunk == nil || owned.trunk == attempt.trunk,
            let destination = owned.destination(isOpen: attempt.isOpen)
        else {
            return .refused(
                CallRefusal(status: 404, control: nil, reason: "the number that was called is not one of the business")
            )
        }
        if let refusal = DiversionRules.refusal(ofDiverted: attempt.diversions, by: attempt.divertedBy, to: called) {
            return .refused(refusal)
        }
        let isDiverted = !attempt.isOpen && owned.closed != nil
        let step = isDiverted ? CallStep(from: .outside(called), .closed, to: destination.participant) : nil
        switch destination {
        case .extension(let number): return ring(number, attempt, step, in: snapshot)
        case .group(let name): return ring(name, attempt, step, in: snapshot)
        case .menu(let name): return enter(name, attempt, step, in: snapshot)
        case .room(let name): return enter(room: name, attempt, step, in: snapshot)
        }
    }

    private static func enter(
        room name: ShortName,
        _ attempt: InboundAttempt,
        _ step: CallStep?,
        in snapshot: Snapshot
    ) -> Verdict<Placement> {
        guard attempt.helped == nil else {
            // Those who help talk to people, and know no PIN: whoever called for help is rung instead.
            return .refused(CallRefusal(status: 480, control: nil, reason: "room \(name) is nobody who can be helped"))
        }
        if let refusal = RoomRules.refusal(ofEntering: name, by: .outside(attempt.caller), in: snapshot) {
            return .refused(refusal)
        }
        return .allowed(
            Placement(
                .inbound(attempt),
                payer: .caller(attempt.trunk),
                target: .service(.room(name)),
                protection: attempt.media,
                step: step
            )
        )
    }

    private static func enter(
        _ name: ShortName,
        _ attempt: InboundAttempt,
        _ step: CallStep?,
        in snapshot: Snapshot
    ) -> Verdict<Placement> {
        if attempt.helped != nil {
            // Those who help talk to people, and press no keys.
            switch snapshot.outside.routing.menus[name]?.people {
            case .extension(let number): return ring(number, attempt, step, in: snapshot)
            case .group(let name): return ring(name, attempt, step, in: snapshot)
            case .menu, .room, nil: break
            }
        }
        if let refusal = MenuRules.refusal(ofEntering: name, in: snapshot) { return .refused(refusal) }
        return .allowed(
            Placement(
                .inbound(attempt),
                payer: .caller(attempt.trunk),
                target: .service(.menu(name)),
                protection: attempt.media,
                step: step
            )
        )
    }

    private static func ring(
        _ number: ExtensionNumber,
        _ attempt: InboundAttempt,
        _ step: CallStep?,
        in snapshot: Snapshot
    ) -> Verdict<Placement> {
        if attempt.helped == nil,
            let refusal = BlockRules.refusal(of: attempt.caller, at: number, in: snapshot.outside.routing)
        {
            return .refused(refusal)
        }
        guard snapshot.extensions[number]?.isEnabled == true else {
            return .refused(
                CallRefusal(status: 480, control: nil, reason: "extension \(number) is disabled, or does not exist")
            )
        }
        return .allowed(
            Placement(
                .inbound(attempt),
                payer: .caller(attempt.trunk),
                target: .extension(number),
                protection: attempt.media,
                step: step
            )
        )
    }

    private static func ring(
        _ name: ShortName,
        _ attempt: InboundAttempt,
        _ step: CallStep?,
        in snapshot: Snapshot
    ) -> Verdict<Placement> {
        guard snapshot.outside.routing.groups[name] != nil else {
            return .refused(CallRefusal(status: 480, control: nil, reason: "group \(name) does not exist"))
        }
        return .allowed(
            Placement(
                .inbound(attempt),
                payer: .caller(attempt.trunk),
                target: .group(name),
                protection: attempt.media,
                step: step
            )
        )
    }

    /// Row Z01: nobody outside is somebody inside, or has a number of the business. Who is blocked by the business hears the same
    /// whatever they call.
    private static func refusal(ofCaller attempt: InboundAttempt, in snapshot: Snapshot) -> CallRefusal? {
        if attempt.claimsExtension {
            return CallRefusal(
                status: 603,
                control: .callerTrust,
                reason: "a caller outside gave an extension as their number"
            )
        }
        guard let caller = attempt.caller, snapshot.outside.numbers[caller] != nil else {
            // Those who help often withhold their number, and nobody is to keep them out.
            guard attempt.helped == nil else { return nil }
            return BlockRules.refusal(of: attempt.caller, in: snapshot.outside.routing)
        }
        return CallRefusal(
            status: 603,
            control: .callerTrust,
            reason: "a caller outside gave a number of this business as their own"
        )
    }

    private static func refusal(
        ofProtection attempt: InboundAttempt,
        _ trunk: Trunk,
        at now: WallTime
    ) -> CallRefusal? {
        if attempt.isPlain { return refusal(ofPlain: attempt, trunk, at: now) }
        guard attempt.signallingIsSecure else {
            return CallRefusal(
                status: 403,
                control: .trunkEncryption,
                reason: "trunk \(trunk.name) was not signalled over TLS, so the keys of the audio would travel readable"
            )
        }
        return attempt.media.refusal.map { _ in .noAcceptedKeys(trunk.name) }
    }

    private static func refusal(
        ofPlain attempt: InboundAttempt,
        _ trunk: Trunk,
        at now: WallTime
    ) -> CallRefusal? {
        guard TrunkRules.isPlain(trunk, at: now) else {
            return CallRefusal(
                status: 403,
                control: .trunkEncryption,
                reason: "the exception of trunk \(trunk.name) to go without encryption has ended"
            )
        }
        switch attempt.media {
        case .plain, .optional, .lateOffer: return nil
        case .encrypted, .dtls, .noKey, .otherSuites, .otherParameters:
            guard !attempt.signallingIsSecure else { return .noAcceptedKeys(trunk.name) }
            return CallRefusal(
                status: 488,
                control: .trunkEncryption,
                reason: "trunk \(trunk.name) asks for keys of the audio over signalling that others can read"
            )
        }
    }
}

extension CallRefusal {
    fileprivate static func noAcceptedKeys(_ trunk: TrunkName) -> Self {
        Self(
            status: 488,
            control: .trunkEncryption,
            reason:
                "trunk \(trunk) brought audio without SRTP that is accepted here; ask the provider for SRTP with SDES"
        )
    }
}
