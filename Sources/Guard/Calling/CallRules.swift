// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// A call somebody wants to place, as facts. Who it comes from is the credential's word, never From's.
public struct CallAttempt: Sendable {
    /// What the offer promises about the audio.
    public enum Media: Hashable, Sendable {
        /// SRTP with a suite that is accepted.
        case encrypted
        /// No offer in the INVITE (RFC 3264 §5): ours will demand SRTP, so the answer cannot be anything else.
        case lateOffer
        /// RTP/AVP without a word of SRTP.
        case plain
        /// RTP/AVP with keys: SRTP is only preferred (RFC 4568 §3).
        case optional
        /// Keys over the media path (RFC 5763), without a fingerprint that is good enough.
        case dtls
        /// SRTP without a key.
        case noKey
        /// Keys of no suite that is accepted.
        case otherSuites
        /// Keys with parameters that nobody here honours.
        case otherParameters

        /// Why a call with it is refused: what the phone offered, and what to set there.
        public var refusal: CallRefusal? {
            let reason: String
            switch self {
            case .encrypted, .lateOffer: return nil
            case .plain: reason = "the phone offered audio without SRTP; switch SRTP to mandatory in the phone"
            case .optional:
                reason = "the phone offered SRTP as an option; switch it from optional to mandatory in the phone"
            case .dtls:
                reason =
                    "the phone offered DTLS-SRTP without a fingerprint of SHA-256 or better; switch the key exchange of SRTP to SDES in the phone, or renew its software"
            case .noKey:
                reason = "the phone offered SRTP without a key; switch the key exchange of SRTP to SDES in the phone"
            case .otherSuites:
                reason =
                    "the phone offered no cipher of SRTP that is accepted; switch on AES_CM_128_HMAC_SHA1_80 in the phone"
            case .otherParameters:
                reason =
                    "the phone offered SRTP keys with an MKI, a short lifetime or other options; switch those off in the phone"
            }
            return CallRefusal(status: 488, control: .mediaEncryption, reason: reason)
        }
    }

    public let caller: Device
    /// The user part that was dialled, decoded once.
    public let dialled: String
    /// Whether the request came over TLS.
    public let signallingIsSecure: Bool
    public let media: Media
    /// Where the phone is; `nil` where nobody knows.
    public let address: IPAddress?

    public init(
        caller: Device,
        dialled: String,
        signallingIsSecure: Bool,
        media: Media,
        address: IPAddress? = nil
    ) {
        (self.caller, self.dialled) = (caller, dialled)
        (self.signallingIsSecure, self.media, self.address) = (signallingIsSecure, media, address)
    }
}

/// May this call be placed? The first rule that says no decides.
public enum CallRules {
    /// - Parameters:
    ///   - way: How a call comes about that leaves the business.
    ///   - plan: How numbers outside are read under these settings; `nil` to make it when it is needed.
    ///   - now: The time of day; without one, whatever has an end is over.
    public static func decide(
        _ attempt: CallAttempt,
        _ way: DialingWay = .dialled,
        in snapshot: Snapshot,
        by plan: DialPlan? = nil,
        at now: WallTime = WallTime(milliseconds: .max)
    ) -> Verdict<Placement> {
        let plan = plan ?? DialPlan(snapshot.outside.dialing)
        if let help = plan.help(attempt.dialled) { return HelpRules.decide(help, way, for: attempt, in: snapshot) }
        return decideOrdinary(attempt, way, in: snapshot, by: plan, at: now)
    }

    /// The same for what is known to be no call for help.
    static func decideOrdinary(
        _ attempt: CallAttempt,
        _ way: DialingWay = .dialled,
        in snapshot: Snapshot,
        by plan: DialPlan? = nil,
        at now: WallTime
    ) -> Verdict<Placement> {
        if let refusal = refusalOfCaller(attempt, in: snapshot) ?? refusalOfProtection(attempt) {
            return .refused(refusal)
        }
        let dialled = ExtensionNumber(parsing: attempt.dialled)
        guard let number = dialled, let callee = snapshot.extensions[number] else {
            if let group = dialled.flatMap({ snapshot.outside.routing.group(numbered: $0) }) {
                return .allowed(placement(attempt, target: .group(group.name)))
            }
            if let menu = dialled.flatMap({ snapshot.outside.routing.menu(numbered: $0) }) {
                guard way == .dialled else {
                    let reason = "menu \(menu.name) is for who dials it, and nobody is sent there"
                    return .refused(CallRefusal(status: 403, control: nil, reason: reason))
                }
                return .allowed(placement(attempt, target: .service(.menu(menu.name))))
            }
            if let room = dialled.flatMap({ snapshot.outside.routing.room(numbered: $0) }) {
                guard way == .dialled else {
                    let reason = "room \(room.name) is for people who dial it, and no call is sent there"
                    return .refused(CallRefusal(status: 403, control: nil, reason: reason))
                }
                return .allowed(placement(attempt, target: .service(.room(room.name))))
            }
            let plan = plan ?? DialPlan(snapshot.outside.dialing)
            return PaidCallRules.decide(plan.read(attempt.dialled), way, for: attempt, in: snapshot, at: now)
        }
        guard number != attempt.caller.number else {
            return .refused(CallRefusal(status: 403, control: nil, reason: "an extension cannot call itself"))
        }
        guard callee.isEnabled else {
            return .refused(CallRefusal(status: 480, control: nil, reason: "extension \(number) is disabled"))
        }
        return .allowed(placement(attempt, target: .extension(number)))
    }

    private static func placement(_ attempt: CallAttempt, target: Participant) -> Placement {
        Placement(.dialled(attempt), payer: .phone(attempt.caller), target: target, protection: attempt.media)
    }

    /// May a phone have the server itself answer? Whoever may call may, and as in any call the audio is encrypted. Nobody is
    /// transferred or forwarded there: a call that somebody waits in is with people.
    public static func decide(
        _ attempt: CallAttempt,
        to service: CallService,
        in snapshot: Snapshot
    ) -> Verdict<Placement> {
        if let refusal = refusalOfCaller(attempt, in: snapshot) ?? refusalOfProtection(attempt) {
            return .refused(refusal)
        }
        if let refusal = MailboxRules.refusal(of: service, to: attempt.caller, in: snapshot) {
            return .refused(refusal)
        }
        let target = Participant.service(service)
        return .allowed(
            Placement(
                .service(attempt, service),
                payer: .phone(attempt.caller),
                target: target,
                protection: attempt.media
            )
        )
    }

    static func refusalOfCaller(_ attempt: CallAttempt, in snapshot: Snapshot) -> CallRefusal? {
        let caller = attempt.caller
        guard snapshot.devices[caller.username]?.id == caller.id else {
            return CallRefusal(status: 403, control: .sipPasswords, reason: "the phone is no longer enrolled")
        }
        guard snapshot.extensions[caller.number]?.isEnabled == true else {
            return CallRefusal(status: 403, control: nil, reason: "extension \(caller.number) is disabled")
        }
        return nil
    }

    static func refusalOfProtection(_ attempt: CallAttempt) -> CallRefusal? {
        guard attempt.signallingIsSecure else {
            return CallRefusal(
                status: 403,
                control: .signallingEncryption,
                reason: "the call was not signalled over TLS, so its keys would travel readable"
            )
        }
        return attempt.media.refusal
    }
}
