// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What one side says about its audio. Only this crosses from one leg to the other; the text of a description never
/// does.
public struct AudioDescription: Sendable {
    /// Where this side wants packets. `nil` without `c=`, for a name, which nobody resolves for a stranger, and for an
    /// address that is none of one host: unspecified (hold as RFC 3264 §8.4 has it), multicast, broadcast.
    public var address: IPAddress?
    /// Never 0.
    public var port: UInt16
    /// Of `a=rtcp` (RFC 3605), or the port above (RFC 3550 §11). The same as `port` when that is 65535.
    public var rtcpPort: UInt16
    /// RTCP may share the port (RFC 5761).
    public var rtcpMux: Bool
    public var profile: MediaProfile
    /// As this side sees it. An answer may only say what is in `direction.reversed`.
    public var direction: MediaDirection
    /// The formats that pass through, in this side's order, none twice.
    public var formats: [AudioFormat]
    /// Milliseconds of audio that this side wants in a packet, within ``DescriptionLimits/packetTime``.
    public var packetTime: Int?
    /// The acceptable lines in this side's order, no tag twice. Empty for DTLS and for profiles without protection.
    public var crypto: [CryptoAttribute]
    /// What keeps us from protecting it, where `crypto` is empty: for the person who has to set something.
    public var shortcoming: ProtectionShortcoming
    /// Keys over the media path; `nil` where there is nothing of it that we take.
    public var dtls: DTLSDescription?
    /// `nil` without ICE. It counts beside `dtls` only.
    public var ice: ICEDescription?
    /// The name of the section (RFC 8843 §7), which an answer repeats.
    var name: String?

    public init(
        address: IPAddress?,
        port: UInt16,
        rtcpPort: UInt16,
        rtcpMux: Bool,
        profile: MediaProfile,
        direction: MediaDirection,
        formats: [AudioFormat],
        packetTime: Int?,
        crypto: [CryptoAttribute],
        shortcoming: ProtectionShortcoming = .plain
    ) {
        self.address = address
        self.port = port
        self.rtcpPort = rtcpPort
        self.rtcpMux = rtcpMux
        self.profile = profile
        self.direction = direction
        self.formats = formats
        self.packetTime = packetTime
        self.crypto = crypto
        self.shortcoming = shortcoming
    }
}
