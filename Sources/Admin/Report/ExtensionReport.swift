// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// An extension somebody wants, as typed.
public struct NewExtension: Hashable, Sendable, Codable {
    public let number: String
    /// What people call it; `nil` for "Extension 204".
    public let name: String?
    /// Its pick-up group; `nil` for none.
    public let group: String?

    public init(number: String, name: String? = nil, group: String? = nil) {
        (self.number, self.name, self.group) = (number, name, group)
    }
}

/// One extension in a list.
public struct ExtensionReport: Hashable, Sendable, Codable {
    public let number: ExtensionNumber
    public let name: String
    public let isEnabled: Bool
    public let pickupGroup: PickupGroup?
    public let forwarding: ForwardingPolicy
    public let createdAt: WallTime
    /// Phones enrolled.
    public let phones: Int
    /// When a phone of it last registered, or it last took part in a call, to a day; `nil` for never.
    public let lastUse: WallTime?
    /// Why it is kept although nobody uses it; `nil` for most.
    public let reservation: Reservation?

    public init(
        number: ExtensionNumber,
        name: String,
        isEnabled: Bool,
        pickupGroup: PickupGroup? = nil,
        forwarding: ForwardingPolicy = .nobody,
        createdAt: WallTime,
        phones: Int,
        lastUse: WallTime? = nil,
        reservation: Reservation? = nil
    ) {
        (self.number, self.name, self.isEnabled) = (number, name, isEnabled)
        (self.pickupGroup, self.forwarding) = (pickupGroup, forwarding)
        (self.createdAt, self.phones) = (createdAt, phones)
        (self.lastUse, self.reservation) = (lastUse, reservation)
    }
}

extension ExtensionReport {
    init(_ value: Extension, in snapshot: Snapshot, lastUse: WallTime? = nil) {
        self.init(
            number: value.number,
            name: value.name,
            isEnabled: value.isEnabled,
            pickupGroup: value.pickupGroup,
            forwarding: value.forwarding,
            createdAt: value.createdAt,
            phones: snapshot.deviceCount(of: value.number),
            lastUse: lastUse,
            reservation: value.reservation
        )
    }
}

/// One extension with what belongs to it.
public struct ExtensionDetail: Hashable, Sendable, Codable {
    public let summary: ExtensionReport
    public let phones: [PhoneReport]
    public let registrations: [RegistrationReport]
    public let calls: [CallReport]

    public init(
        summary: ExtensionReport,
        phones: [PhoneReport],
        registrations: [RegistrationReport],
        calls: [CallReport]
    ) {
        (self.summary, self.phones) = (summary, phones)
        (self.registrations, self.calls) = (registrations, calls)
    }
}

/// What a change of an extension did.
public struct ExtensionChange: Hashable, Sendable, Codable {
    public enum Change: String, Hashable, Sendable, Codable, CaseIterable {
        case disabled
        case enabled
        case grouped
        case forwardingSet
        case reserved
        case unreserved
        case removed
    }

    public let number: ExtensionNumber
    public let change: Change
    public let endedCalls: Int
    public let removedRegistrations: Int
    public let revokedPhones: Int

    public init(
        number: ExtensionNumber,
        change: Change,
        endedCalls: Int,
        removedRegistrations: Int,
        revokedPhones: Int
    ) {
        (self.number, self.change, self.endedCalls) = (number, change, endedCalls)
        (self.removedRegistrations, self.revokedPhones) = (removedRegistrations, revokedPhones)
    }
}

extension ExtensionChange {
    init(
        number: ExtensionNumber,
        change: Change,
        _ ended: (calls: Int, registrations: Int) = (0, 0),
        revokedPhones: Int = 0
    ) {
        self.init(
            number: number,
            change: change,
            endedCalls: ended.calls,
            removedRegistrations: ended.registrations,
            revokedPhones: revokedPhones
        )
    }
}
