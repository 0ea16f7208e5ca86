// SPDX-License-Identifier: Apache-2.0

public import Model

/// What a phone parks, and where it goes when nobody takes it. A parked call rests on what let it be: whoever pays for a leg to the
/// outside pays on. Who may take it is for ``PickupRules``.
public enum ParkRules {
    /// Why a phone may not park a call that it is in; `nil` when it may.
    ///
    /// - Parameter standing: What the call rests on.
    public static func refusal(
        of phone: Device,
        parking standing: Placement?,
        signallingIsSecure: Bool,
        in snapshot: Snapshot
    ) -> CallRefusal? {
        let attempt = CallAttempt(
            caller: phone,
            dialled: ParkingPlace.code,
            signallingIsSecure: signallingIsSecure,
            media: .encrypted
        )
        if let refusal = CallRules.refusalOfCaller(attempt, in: snapshot) ?? CallRules.refusalOfProtection(attempt) {
            return refusal
        }
        guard let standing, !standing.isForHelp else { return CallRefusal(403, "a call for help is not parked") }
        if let refusal = IntercomRules.refusal(ofSendingOn: standing) { return refusal }
        guard snapshot.outside.routing.parking.places > 0 else {
            return CallRefusal(404, "the business parks no calls")
        }
        return nil
    }

    /// May a parked call ring where it was parked? It rings at the phones there and nowhere else, whatever they forward.
    public static func decide(
        _ standing: Placement,
        backTo number: ExtensionNumber,
        in snapshot: Snapshot
    ) -> Verdict<Placement> {
        if let refusal = refusal(ofReturnTo: number, in: snapshot) { return .refused(refusal) }
        return .allowed(
            Placement(
                .cameBack(standing, number),
                payer: standing.payer,
                target: .extension(number),
                // The offer is ours.
                protection: .encrypted,
                step: CallStep(from: .extension(number), .parked, to: .extension(number))
            )
        )
    }

    static func refusal(ofReturnTo number: ExtensionNumber, in snapshot: Snapshot) -> CallRefusal? {
        guard snapshot.extensions[number]?.isEnabled == true else {
            return CallRefusal(480, "extension \(number), which parked the call, is disabled or does not exist")
        }
        return nil
    }

    // MARK: What people are told

    public static func full(_ places: Int) -> CallRefusal {
        CallRefusal(486, "all \(places) places for parked calls are taken")
    }
    public static func taken(_ place: ParkingPlace) -> CallRefusal {
        CallRefusal(486, "a call is parked at \(place) already")
    }
    public static func noPlace(_ place: ParkingPlace) -> CallRefusal { CallRefusal(404, "there is no place \(place)") }
    /// Where nothing is.
    public static func refusal(ofTaking place: ParkingPlace, in snapshot: Snapshot) -> CallRefusal {
        guard snapshot.outside.routing.parking.has(place) else { return noPlace(place) }
        return CallRefusal(404, "no call is parked at \(place)")
    }
    public static let nothingHeld = CallRefusal(404, "the phone has no call on hold that could be parked")
    public static let notNow = CallRefusal(491, "the call is just being changed; try again")
}
