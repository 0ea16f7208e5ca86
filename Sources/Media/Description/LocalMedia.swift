// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Who we say we are in a description: the same in every call, and nothing of the other leg.
public struct LocalMedia: Hashable, Sendable {
    public var address: IPAddress
    public var port: UInt16
    public var rtcpPort: UInt16
    /// Where else we can be reached, for ICE: over the other version of IP.
    public var others: [SocketAddress] = []
    /// Random for each leg; 63 bits are written, because some phones read a signed number.
    public var sessionID: UInt64
    /// One more with every change of what is said (RFC 3264 §8).
    public var version: UInt64

    public init(address: IPAddress, port: UInt16, rtcpPort: UInt16, sessionID: UInt64, version: UInt64) {
        self.address = address
        self.port = port
        self.rtcpPort = rtcpPort
        self.sessionID = sessionID
        self.version = version
    }
}
