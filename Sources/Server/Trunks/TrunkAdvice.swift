// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives

/// What was found of a trunk, and what to do about it, for somebody who runs a business and has never read an RFC.
enum TrunkAdvice {
    static func found(_ servers: [TrunkServer], of trunk: Trunk) -> Finding {
        let list = servers.map(\.description).joined(separator: ", ")
        return Finding(.trunkName, .good, "The provider of trunk \(trunk.name) is found: \(list).")
    }

    static func reached(_ server: TrunkServer, of trunk: Trunk, _ reach: TrunkReach?) -> Finding {
        guard let reach else {
            return Finding(.trunkServer, .good, "Datagrams can be sent to \(server).", evidence: clear(trunk))
        }
        let time = Int(reach.took / .milliseconds(1))
        guard let version = reach.version else {
            return Finding(.trunkServer, .good, "\(server) takes a connection, in \(time) ms.", evidence: clear(trunk))
        }
        return Finding(
            .trunkServer,
            .good,
            "\(server) is \(trunk.domain), in \(time) ms.",
            evidence: [version, reach.cipher].compactMap(\.self).joined(separator: ", ")
        )
    }

    private static func clear(_ trunk: Trunk) -> String {
        "Everybody on the way can read who calls whom: this trunk is an exception"
            + (trunk.exception.map { " until \($0.until)." } ?? " that has ended.")
    }

    /// - Parameter server: `nil` where none was found.
    static func finding(_ failure: TrunkFailure, of trunk: Trunk, at server: TrunkServer?) -> Finding {
        let place = server.map { "\($0)" } ?? trunk.domain.text
        return Finding(
            server == nil ? .trunkName : .trunkServer,
            .critical,
            "\(place) cannot be used: \(failure).",
            control: .signallingEncryption,
            remedy: remedy(failure, of: trunk)
        )
    }

    static func login(_ summary: TrunkSummary, of trunk: Trunk) -> Finding {
        switch summary.state {
        case .ready where trunk.registers:
            let until = summary.registeredUntil.map { " until \($0)" } ?? ""
            return Finding(.trunkLogin, .good, "The provider takes our login, and knows where we are\(until).")
        case .ready:
            return Finding(
                .trunkLogin,
                .good,
                "The provider answers.",
                evidence:
                    "Trunk \(trunk.name) does not register: whether a password is right shows with the first call."
            )
        case .off: return off(trunk)
        case .trying, .unreachable, .refused:
            let failure = summary.lastFailure?.failure ?? .silent
            return Finding(
                .trunkLogin,
                .critical,
                "No call can go over trunk \(trunk.name): \(failure).",
                remedy: remedy(failure, of: trunk)
            )
        }
    }

    static func off(_ trunk: Trunk) -> Finding {
        let isClear = trunk.transport != .tls
        return Finding(
            .trunkLogin,
            .notice,
            "Trunk \(trunk.name) is not used.",
            evidence: isClear && trunk.isEnabled
                ? "It is not encrypted, and its exception has ended." : "It is disabled, so our login was not tried.",
            remedy: isClear && trunk.isEnabled
                ? "ask the provider for TLS, or grant a new exception with a reason and an end"
                : "ringfence trunk enable \(trunk.name)"
        )
    }

    private static func remedy(_ failure: TrunkFailure, of trunk: Trunk) -> String {
        switch failure {
        case .noSuchName:
            "check the domain; or ask the provider for the host and the port of SIP over \(trunk.transport.words), and "
                + "give them: --server HOST:PORT"
        case .nameServerSilent:
            "look at this machine's connection to the internet and its name servers (/etc/resolv.conf)"
        case .refused:
            "ask the provider for the port of SIP over \(trunk.transport.words), and whether the address of this machine is let in"
        case .unreachable: "look at the connection of this machine to the internet, and at its firewall"
        case .silent:
            "a firewall may drop the packets, here or at the provider: ask whether the address of this machine is let in"
        case .closed: "ask the provider why it hangs up: often the address of this machine is not let in"
        case .certificate(let problem): remedy(problem, of: trunk)
        case .noTLS:
            "ask the provider for the port of SIP over TLS 1.2 or 1.3, often 5061; without TLS a trunk needs an exception with "
                + "a reason and an end"
        case .wantsCertificate:
            "give the provider the root that signed this server's certificate, and let the server show it: "
                + "--shows-certificate"
        case .login(403, _):
            "the provider forbids it: check the user name and the password, and whether the account is active and may register"
        case .login, .challenge(.repeated):
            "the user name or the password is wrong: copy both from the provider's page again. It is the password for SIP, "
                + "not that of the page"
        case .challenge(.realm(let realm)):
            "if the provider confirms that its realm is '\(realm)', give it: --realm"
        case .challenge(.weak):
            "ask the provider for TLS, or for SHA-256: with MD5 in the clear anybody on the way can find the password"
        case .challenge(.unknown): "ask the provider for digest authentication with qop=auth and SHA-256 or MD5"
        case .challenge(.noSecret): "give the trunk the user name and the password that the provider gave you"
        case .status(404, _), .status(480, _):
            "the provider does not know the account: check the user name and the domain"
        case .status(420, _) where trunk.registersNumbers:
            "the provider knows no registration for all numbers at once (RFC 6140): ringfence trunk set \(trunk.name) "
                + "--no-registers-numbers"
        case .status: "ask the provider what this answer means for your account"
        case .notAllowed: "ask the provider for TLS, or grant a new exception with a reason and an end"
        }
    }

    private static func remedy(_ problem: TrunkFailure.Certificate, of trunk: Trunk) -> String {
        switch problem {
        case .names(let names):
            names.first.map { name in
                "if the provider says that its domain is \(name.hasPrefix("*.") ? "a name under \(name.dropFirst(2))" : name), set "
                    + "that as the domain; a wildcard counts for no name (RFC 5922). If not, somebody stands between you"
            } ?? "ask the provider for a certificate that names \(trunk.domain)"
        case .expired, .notYetValid:
            "check the clock of this machine; if it is right, the provider has to renew its certificate"
        case .unknownIssuer:
            "if the provider has an authority of its own, get its root from the provider's page and give it: --authority FILE. "
                + "If not, somebody stands between you"
        case .other: "ask the provider whether its certificate is right"
        }
    }

    /// What no program can see from here.
    static func settings(of trunk: Trunk) -> Finding {
        Finding(
            .trunkSettings,
            .notice,
            "Ask the provider for these settings; a test call shows whether they are so.",
            evidence:
                "Audio by SRTP with keys in SDP (SDES, AES_CM_128_HMAC_SHA1_80), Opus, G.722 or G.711; numbers as "
                + "\(trunk.numbers.words); the caller's number in \(trunk.callerField.words); DTMF by RFC 4733; and limits of the "
                + "provider's own: no calls to premium and satellite numbers, a ceiling for each day, \(trunk.calls) calls at once.",
            remedy: "ringfence trunk show \(trunk.name)"
        )
    }
}

extension Finding.Code {
    static let trunkName: Self = "trunk-name"
    static let trunkServer: Self = "trunk-server"
    static let trunkLogin: Self = "trunk-login"
    static let trunkSettings: Self = "trunk-settings"
}

extension Trunk.Transport {
    fileprivate var words: String {
        switch self {
        case .tls: "TLS"
        case .tcp: "TCP"
        case .udp: "UDP"
        }
    }
}

extension Trunk.NumberFormat {
    fileprivate var words: String {
        switch self {
        case .plus: "+493012345"
        case .digits: "493012345"
        case .national: "03012345"
        }
    }
}

extension Trunk.CallerField {
    fileprivate var words: String {
        switch self {
        case .asserted: "P-Asserted-Identity"
        case .preferred: "P-Preferred-Identity"
        case .from: "From"
        }
    }
}
