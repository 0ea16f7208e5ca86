// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Primitives

/// What the installation tells the switchboard about itself.
public struct SwitchboardSettings: Sendable {
    /// The names in the certificate. The first one is what phones are told to come back to: some open a second
    /// connection to the host in Contact and verify that name.
    public var hostNames: [String]
    public var sipPort: UInt16
    /// Where all phones send their media; RTCP goes to the next port.
    public var mediaAddress: IPAddress
    public var mediaPort: UInt16
    /// 32 random bytes that nonces are made with.
    public var nonceKey: [UInt8]
    /// Networks that phones sit in: an account that is under attack stays good there.
    public var sites: [IPPrefix]
    /// How many phones may register anew.
    public var registrationRate = Guard::Limits.registrationRate

    public init(
        hostNames: [String],
        sipPort: UInt16,
        mediaAddress: IPAddress,
        mediaPort: UInt16,
        nonceKey: [UInt8],
        sites: [IPPrefix] = []
    ) {
        self.hostNames = hostNames
        self.sipPort = sipPort
        self.mediaAddress = mediaAddress
        self.mediaPort = mediaPort
        self.nonceKey = nonceKey
        self.sites = sites
    }
}
