// SPDX-License-Identifier: Apache-2.0

import Admin
public import Audit
import Guard
import Model
import NIOPosix
public import Primitives

extension PortalTarget {
    /// The portal of the server that works in an installation, with people whom its control socket invites.
    ///
    /// - Parameters:
    ///   - place: Where it is open.
    ///   - networks: That may reach it.
    ///   - address: Where the server is reached, for a portal that is open everywhere.
    public static func onSocket(
        of installation: Installation,
        open place: SocketAddress,
        to networks: [IPPrefix],
        beside address: IPAddress
    ) -> PortalTarget {
        let (ip, directory) = (place.ip.isUnspecified ? address : place.ip, installation.directory)
        let sources = PortalSources(to: ip, in: NetworkSettings(admins: networks))
        return PortalTarget(
            place: SocketAddress(ip: ip, port: place.port),
            inside: sources.inside,
            outside: sources.outside,
            invite: { (name) async throws(WireError) in
                let invited = try? await NIOThreadPool.singleton.runIfActive {
                    Result { () throws(Refusal) in
                        try ControlClient(directory: directory).perform(InviteOperator(name: name, role: .auditor)).link
                    }
                }
                switch invited {
                case .success(let link): return "/" + link.split(separator: "/").dropFirst(2).joined(separator: "/")
                case .failure(let refusal): throw WireError(.local, "nobody can be invited: \(refusal.reason)")
                case nil: throw WireError(.local, "nobody can be invited")
                }
            },
            code: { OneTimeCode.code(of: Redacted($0), step: $1) }
        )
    }

    /// Removes those that an attack invited, or that one that was interrupted left behind.
    public static func removePeople(from server: ControlClient) {
        for person in (try? server.perform(ListOperators())) ?? [] {
            guard let name = person.name, OperatorRules.isOfAttack(name, as: person.role) else { continue }
            _ = try? server.perform(RemoveOperator(account: name))
        }
    }
}
