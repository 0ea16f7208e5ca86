// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// One registered contact of a phone.
public struct RegistrationReport: Hashable, Sendable, Codable {
    public let `extension`: ExtensionNumber
    public let phone: DeviceID
    /// `192.0.2.7:41022`: where its connection comes from.
    public let source: String
    /// What the phone calls itself; from outside, so shown as text only.
    public let userAgent: String?
    public let transport: String
    public let tlsVersion: String?
    public let cipher: String?
    public let registeredAt: WallTime
    public let expiresAt: WallTime

    public init(
        extension: ExtensionNumber,
        phone: DeviceID,
        source: String,
        userAgent: String?,
        transport: String,
        tlsVersion: String?,
        cipher: String?,
        registeredAt: WallTime,
        expiresAt: WallTime
    ) {
        (self.extension, self.phone, self.source) = (`extension`, phone, source)
        (self.userAgent, self.transport) = (userAgent, transport)
        (self.tlsVersion, self.cipher) = (tlsVersion, cipher)
        (self.registeredAt, self.expiresAt) = (registeredAt, expiresAt)
    }
}
