// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The portal of the target, and what an operator of it does for an attack.
public struct PortalTarget: Sendable {
    /// Where it is reached.
    public var place: SocketAddress
    /// An address of the attacker's machine in a network that may reach it, and one in none; `nil` where there is none.
    public var inside: IPAddress?
    public var outside: IPAddress?
    /// Invites somebody who is there for the length of the attack.
    ///
    /// - Returns: The path of their link, which works once.
    public var invite: @Sendable (_ name: String) async throws(WireError) -> String
    /// What an authenticator app shows for a secret in a time step (RFC 6238).
    public var code: @Sendable (_ secret: [UInt8], _ step: Int64) -> String

    public init(
        place: SocketAddress,
        inside: IPAddress?,
        outside: IPAddress?,
        invite: @escaping @Sendable (_ name: String) async throws(WireError) -> String,
        code: @escaping @Sendable (_ secret: [UInt8], _ step: Int64) -> String
    ) {
        (self.place, self.inside, self.outside) = (place, inside, outside)
        (self.invite, self.code) = (invite, code)
    }

    /// Over TLS, from an address that may reach it.
    var usual: Endpoint { Endpoint(.tls, port: place.port, from: inside, at: place.ip) }
    /// The same as somebody who may not.
    func stranger(_ kind: Endpoint.Kind) -> Endpoint {
        Endpoint(kind, port: place.port, from: outside, at: place.ip)
    }
}

extension Observation {
    static let noPortal = Observation.absent("the portal is reached nowhere, so nobody can sign in")
    static let notAdmitted = Observation.notRun(
        "no address of this machine is in a network that may reach the portal; say which: ringfence portal show"
    )
}
