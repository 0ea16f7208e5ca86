// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// What may be said about a trunk.
public enum TrunkSettingRules {
    /// Why a trunk cannot be used as it is described; `nil` when it can.
    ///
    /// - Parameter outside: What there is already, the trunk itself perhaps among it.
    public static func refusal(
        of access: TrunkAccess,
        in outside: OutsideSettings,
        at now: WallTime
    ) -> Refusal? {
        let trunk = access.trunk
        if outside.trunks[trunk.name] == nil, outside.trunks.count >= Model.Limits.trunks { return .tooManyTrunks() }
        return refusal(ofLogin: access) ?? refusal(ofPlace: trunk) ?? refusal(ofProtection: trunk, at: now)
    }

    private static func refusal(ofLogin access: TrunkAccess) -> Refusal? {
        let (trunk, secret) = (access.trunk, access.secret)
        if let username = trunk.username, !isQuotable(username, limit: Limits.trunkUsernameBytes) {
            return .badTrunk(
                trunk.name,
                "its user name has more than \(Limits.trunkUsernameBytes) bytes, or quotes or "
                    + "characters that are not shown",
                "give it as the provider wrote it: --username NAME"
            )
        }
        if let realm = trunk.realm, !isQuotable(realm, limit: Model.Limits.domainBytes) {
            return .badTrunk(
                trunk.name,
                "its realm is too long, or has quotes or characters that are not shown",
                "give it as the provider wrote it, or leave it out: --realm REALM"
            )
        }
        if let secret, secret.reveal({ !isPassword($0) }) {
            return .badTrunk(
                trunk.name,
                "its password is empty, has more than \(Limits.trunkSecretBytes) bytes, or "
                    + "characters that nobody types",
                "look at the file: one line, with nothing but the password"
            )
        }
        guard (trunk.username == nil) == (secret == nil) else {
            return .badTrunk(
                trunk.name,
                "a user name without a password proves nothing, and a password needs a user name",
                "give both, or none where the provider knows this system by its certificate or address"
            )
        }
        if trunk.registers, trunk.username == nil, !trunk.showsCertificate {
            return .badTrunk(
                trunk.name,
                "it is to register, and has nothing to log in with",
                "give what the provider gave you: --username NAME --password-file FILE, or --no-register"
            )
        }
        if trunk.registersNumbers, !trunk.registers || trunk.username == nil {
            return .badTrunk(
                trunk.name,
                "it is to register for all numbers at once, and has no pilot number to do so as",
                "give the pilot number as its user name, and let it register: --username 4930123450"
            )
        }
        return nil
    }

    private static func refusal(ofPlace trunk: Trunk) -> Refusal? {
        guard trunk.servers.count <= Limits.trunkServers else {
            return .badTrunk(
                trunk.name,
                "it has more than \(Limits.trunkServers) servers",
                "name the first ones only: they are tried in this order"
            )
        }
        let prefixes = trunk.prefixes + trunk.mediaPrefixes
        guard prefixes.count <= Limits.trunkPrefixes else {
            return .badTrunk(
                trunk.name,
                "it has more than \(Limits.trunkPrefixes) networks",
                "name the networks that the provider publishes for SIP and audio, and no others"
            )
        }
        if let wide = prefixes.first(where: isTooWide) {
            let shortest = Limits.shortestProvider
            return Refusal(
                .providerAllowlist,
                problem: "Trunk \(trunk.name) cannot be used.",
                reason:
                    "\(wide) is wider than a /\(wide.address.isIPv4 ? shortest.v4 : shortest.v6), and everybody in it "
                    + "could call as the provider",
                remedy: "name the networks that the provider publishes: --prefix 198.51.100.0/24"
            )
        }
        guard Limits.trunkCalls.contains(trunk.calls), Limits.trunkPriorities.contains(trunk.priority) else {
            return .badTrunk(
                trunk.name,
                "it has a number of calls or a priority that no trunk has",
                "choose --calls 1 to \(Limits.trunkCalls.upperBound) and --priority 0 to \(Limits.trunkPriorities.upperBound)"
            )
        }
        return nil
    }

    /// Encrypted, or a dated exception for its own addresses.
    private static func refusal(ofProtection trunk: Trunk, at now: WallTime) -> Refusal? {
        guard let exception = trunk.exception else {
            guard trunk.transport == .tls else { return .plainTrunk(trunk.name, trunk.transport) }
            return trunk.domain.isAddress ? .noNameToVerify(trunk.name) : nil
        }
        guard DisplayName.parse(exception.reason, limit: Model.Limits.reasonBytes) == exception.reason else {
            return .noReasonForPlain(trunk.name)
        }
        guard now < exception.until, exception.until - now <= .seconds(Limits.longestExceptionDays * 86_400) else {
            return .badEndOfPlain(trunk.name)
        }
        return trunk.prefixes.isEmpty || trunk.mediaPrefixes.isEmpty ? .noAddresses(trunk.name) : nil
    }

    private static func isTooWide(_ prefix: IPPrefix) -> Bool {
        prefix.length < (prefix.address.isIPv4 ? Limits.shortestProvider.v4 : Limits.shortestProvider.v6)
    }

    /// Goes between the quotes of a header as it is.
    private static func isQuotable(_ text: String, limit: Int) -> Bool {
        DisplayName.parse(text, limit: limit) == text && !text.utf8.contains { $0 == 0x22 || $0 == 0x5C }
    }

    /// Spaces and quotes count: it is hashed and never sent.
    private static func isPassword(_ text: borrowing String) -> Bool {
        (1...Limits.trunkSecretBytes).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}

extension DomainName {
    /// Whether it is an IP address and no name.
    fileprivate var isAddress: Bool {
        text.hasPrefix("[") || text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || 0x30...0x39 ~= $0 }
    }
}

extension Refusal {
    fileprivate static func badTrunk(_ name: TrunkName, _ reason: String, _ remedy: String) -> Self {
        Self(problem: "Trunk \(name) cannot be used.", reason: reason, remedy: remedy)
    }

    fileprivate static func tooManyTrunks() -> Self {
        Self(
            problem: "No more trunks can be added.",
            reason:
                "there are \(Model.Limits.trunks) already, and each keeps a connection and is a way out that costs money",
            remedy: "remove one that nobody uses: ringfence trunk list"
        )
    }

    fileprivate static func plainTrunk(_ name: TrunkName, _ transport: Trunk.Transport) -> Self {
        Self(
            .trunkEncryption,
            problem: "Trunk \(name) is not used over \(transport.rawValue.uppercased()).",
            reason: "whoever is on the way reads who calls whom, hears every word and can place calls at your cost",
            remedy: "ask the provider for TLS and SRTP; where it has neither, open an exception with an end: "
                + "--allow-plain --reason TEXT --until DATE"
        )
    }

    fileprivate static func noNameToVerify(_ name: TrunkName) -> Self {
        Self(
            .trunkEncryption,
            problem: "Trunk \(name) cannot be verified.",
            reason: "certificates of providers name a domain, and what you gave is an address",
            remedy: "give the provider's domain, and the address as its server: "
                + "--domain sip.provider.example --server 198.51.100.7:5061"
        )
    }

    fileprivate static func noReasonForPlain(_ name: TrunkName) -> Self {
        Self(
            .trunkEncryption,
            problem: "Trunk \(name) is not used without encryption.",
            reason: "an exception without a reason is never closed, because nobody knows what it was for",
            remedy:
                "say why this provider, and who decided, in 1 to \(Model.Limits.reasonBytes) characters: --reason TEXT"
        )
    }

    fileprivate static func badEndOfPlain(_ name: TrunkName) -> Self {
        Self(
            .trunkEncryption,
            problem: "Trunk \(name) is not used without encryption.",
            reason:
                "an exception ends within \(Limits.longestExceptionDays) days, so that somebody decides anew every quarter",
            remedy: "choose an end in that time: --until 30d"
        )
    }

    fileprivate static func noAddresses(_ name: TrunkName) -> Self {
        Self(
            .providerAllowlist,
            problem: "Trunk \(name) is not used without encryption.",
            reason: "without it only the provider's addresses tell its calls and its audio from those of anybody else",
            remedy:
                "name the networks that the provider publishes: --prefix 198.51.100.0/24 --media-prefix 198.51.100.0/24"
        )
    }
}
