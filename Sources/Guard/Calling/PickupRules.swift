// SPDX-License-Identifier: Apache-2.0

public import Model

/// May this phone take a call that rings, or stands, at somebody's phone?
public enum PickupRules {
    /// A call that rings: at one's own extension, or at one of the same pick-up group.
    ///
    /// - Parameter number: The extension whose phone rings.
    public static func decide(
        _ phone: Device,
        ringingAt number: ExtensionNumber,
        signallingIsSecure: Bool,
        in snapshot: Snapshot
    ) -> Verdict<PickupPermit> {
        decide(
            PickupPermit(phone: phone, place: .ringing(number), signallingIsSecure: signallingIsSecure),
            in: snapshot
        )
    }

    /// A call that stands: only at one's own extension. Who could take it from a colleague could also listen.
    public static func decide(
        _ phone: Device,
        talkingAt number: ExtensionNumber,
        signallingIsSecure: Bool,
        in snapshot: Snapshot
    ) -> Verdict<PickupPermit> {
        decide(
            PickupPermit(phone: phone, place: .talking(number), signallingIsSecure: signallingIsSecure),
            in: snapshot
        )
    }

    /// A call that is parked: by whoever the settings let, and always at the extension that parked it.
    public static func decide(
        _ phone: Device,
        parkedBy number: ExtensionNumber,
        signallingIsSecure: Bool,
        in snapshot: Snapshot
    ) -> Verdict<PickupPermit> {
        decide(
            PickupPermit(phone: phone, place: .parked(number), signallingIsSecure: signallingIsSecure),
            in: snapshot
        )
    }

    private static func decide(_ permit: PickupPermit, in snapshot: Snapshot) -> Verdict<PickupPermit> {
        permit.refusal(in: snapshot).map { .refused($0) } ?? .allowed(permit)
    }

    static func refusal(
        of phone: Device,
        at place: PickupPermit.Place,
        _ signallingIsSecure: Bool,
        in snapshot: Snapshot
    ) -> CallRefusal? {
        if let refusal = refusal(of: phone, signallingIsSecure, in: snapshot) { return refusal }
        switch place {
        case .parked(let number):
            guard snapshot.outside.routing.parking.reach == .everybody || isNear(phone, number, in: snapshot) else {
                return CallRefusal(
                    status: 403,
                    control: nil,
                    reason: "the call was parked outside of the phone's pick-up group"
                )
            }
        case .ringing(let number):
            guard isNear(phone, number, in: snapshot) else {
                return CallRefusal(
                    status: 403,
                    control: nil,
                    reason: "the call rings outside of the phone's pick-up group"
                )
            }
        case .talking(let number):
            guard number == phone.number else {
                return CallRefusal(status: 403, control: nil, reason: "the call is another extension's")
            }
        }
        return nil
    }

    /// Whether a phone is of this extension, or of its pick-up group.
    private static func isNear(_ phone: Device, _ number: ExtensionNumber, in snapshot: Snapshot) -> Bool {
        guard let own = snapshot.extensions[phone.number], let other = snapshot.extensions[number] else { return false }
        return number == phone.number || (own.pickupGroup != nil && own.pickupGroup == other.pickupGroup)
    }

    private static func refusal(of phone: Device, _ signallingIsSecure: Bool, in snapshot: Snapshot) -> CallRefusal? {
        guard snapshot.devices[phone.username]?.id == phone.id, snapshot.extensions[phone.number]?.isEnabled == true
        else {
            return CallRefusal(status: 403, control: .sipPasswords, reason: "the phone is no longer enrolled")
        }
        guard signallingIsSecure else {
            return CallRefusal(
                status: 403,
                control: .signallingEncryption,
                reason: "the call was not signalled over TLS, so its keys would travel readable"
            )
        }
        return nil
    }
}
