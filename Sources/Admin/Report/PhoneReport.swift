// SPDX-License-Identifier: Apache-2.0

import Guard
public import Model
public import Primitives

/// A phone somebody wants to enrol, as typed.
public struct NewPhone: Hashable, Sendable, Codable {
    public let `extension`: String
    /// What people call it; `nil` for "Phone 1".
    public let label: String?
    /// The weakest digest algorithm its credential is good for; `nil` for any that a TLS connection allows.
    public let minimum: DigestStrength?

    public init(extension: String, label: String? = nil, minimum: DigestStrength? = nil) {
        (self.extension, self.label, self.minimum) = (`extension`, label, minimum)
    }
}

/// A phone that was enrolled, with what it is to be told.
public struct EnrolledPhone: Hashable, Sendable, Codable {
    public let id: DeviceID
    public let `extension`: ExtensionNumber
    public let enrolment: Enrolment

    public init(id: DeviceID, extension: ExtensionNumber, enrolment: Enrolment) {
        (self.id, self.extension, self.enrolment) = (id, `extension`, enrolment)
    }
}

/// One phone in a list.
public struct PhoneReport: Hashable, Sendable, Codable {
    public let id: DeviceID
    public let `extension`: ExtensionNumber
    public let label: String
    public let username: String
    public let minimum: DigestStrength
    public let enrolledAt: WallTime
    /// Bits of randomness in its password; the password itself is nowhere.
    public let passwordBits: Int
    /// Contacts that are registered with its credential now.
    public let registrations: Int

    public init(
        id: DeviceID,
        extension: ExtensionNumber,
        label: String,
        username: String,
        minimum: DigestStrength,
        enrolledAt: WallTime,
        passwordBits: Int,
        registrations: Int
    ) {
        (self.id, self.extension, self.label, self.username) = (id, `extension`, label, username)
        (self.minimum, self.enrolledAt) = (minimum, enrolledAt)
        (self.passwordBits, self.registrations) = (passwordBits, registrations)
    }
}

extension PhoneReport {
    /// - Parameter registrations: All that may be its own.
    init(_ device: DeviceSummary, _ registrations: [RegistrationReport]) {
        self.init(
            id: device.id,
            extension: device.number,
            label: device.label,
            username: device.username,
            minimum: device.minimum,
            enrolledAt: device.createdAt,
            passwordBits: SIPPassword.bits,
            registrations: registrations.count { $0.phone == device.id }
        )
    }
}

/// What revoking a phone did.
public struct PhoneRevocation: Hashable, Sendable, Codable {
    public let id: DeviceID
    public let `extension`: ExtensionNumber
    public let endedCalls: Int
    public let removedRegistrations: Int

    public init(id: DeviceID, extension: ExtensionNumber, endedCalls: Int, removedRegistrations: Int) {
        (self.id, self.extension) = (id, `extension`)
        (self.endedCalls, self.removedRegistrations) = (endedCalls, removedRegistrations)
    }
}
