// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives
import Server

/// Where a phone system is reached at first. Later: `ringfence listener`, `media`, `site`, `origin`, `client-ca`.
struct NetworkOptions: ParsableArguments {
    @Option(
        name: .customLong("sip-tls"),
        help: ArgumentHelp(
            "Where SIP over TLS is accepted. Repeatable; phones are told the port of the first one. Default: the address, "
                + "port 5061.",
            valueName: "ip:port"
        )
    )
    var sipTLS: [ListenerArgument] = []

    @Option(
        name: .customLong("sip-wss"),
        help: ArgumentHelp(
            "Where SIP over secure WebSockets is accepted, for browsers. Repeatable.",
            valueName: "ip:port"
        )
    )
    var sipWSS: [ListenerArgument] = []

    @Option(
        name: .customLong("origin"),
        help: ArgumentHelp(
            "A site whose pages may open a WebSocket, beside those under the names of this system. Repeatable.",
            valueName: "https://host"
        )
    )
    var origins: [WebOrigin] = []

    @Option(
        help: ArgumentHelp(
            "Where media arrives; the first port, an even one, is shared by all calls. Once for IPv4 and once for IPv6 where "
                + "there are both. Default: the address, ports 40000-40001.",
            valueName: "ip:first-last"
        )
    )
    var rtp: [MediaPorts] = []

    @Option(
        name: .customLong("site"),
        help: ArgumentHelp("A network that phones sit in, which may register faster. Repeatable.", valueName: "prefix")
    )
    var sites: [IPPrefix] = []

    @Option(
        name: .customLong("client-ca"),
        help: ArgumentHelp(
            "The roots that sign the certificates of who connects, where a listener asks for one with ',clients=request' "
                + "or ',clients=require' behind its address. Default: the root of this system.",
            valueName: "file"
        )
    )
    var clientCA: String?

    func settings() throws(Refusal) -> NetworkSettings {
        guard rtp.isEmpty || [MediaPorts](checking: rtp) != nil else { throw .twoOfAKind }
        let authority: String? = if let clientCA { try PrivateFiles.read(clientCA) } else { nil }
        return NetworkSettings(
            listeners: sipTLS.map { $0.listener(.tls) } + sipWSS.map { $0.listener(.wss) },
            media: rtp,
            sites: sites,
            origins: origins,
            clientAuthority: authority
        )
    }
}
