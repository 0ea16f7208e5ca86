// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives

/// What decides about providers and the calls that they bring, asked in the attacker's own process under the numbers of the
/// business.
///
/// A running server is not made to connect to somebody else, and no provider is asked to call: so nothing of it leaves this
/// machine, and no call outside comes of it.
public struct ProviderRehearsal: Sendable {
    /// A server of the attacker's own that stands where the provider should be.
    public enum Pretence: String, CaseIterable, Sendable {
        /// As a provider should be: without it, refusals prove nothing.
        case proper
        case otherName = "a certificate for another name"
        case expired = "a certificate that has expired"
        case unknownIssuer = "a certificate that it has signed itself"
        case noTLS = "no TLS at all"
    }

    public enum Outcome: Hashable, Sendable {
        /// It is taken for the provider.
        case taken
        case refused(String)
        /// It was told something without encryption: the first bytes.
        case readable(String)
    }

    /// Whether what connects trunks takes a server for the provider.
    public var connect: @Sendable (Pretence) async throws(WireError) -> Outcome
    /// Why a call that a provider brings is refused; `nil` where it would ring.
    public var judge: @Sendable (InboundAttempt) -> CallRefusal?
    /// Whether somebody who opens a connection to us is taken for the provider.
    public var admit: @Sendable (IPAddress, Trunk.Transport) -> Bool
    /// A name that somebody outside gives themselves, as it is shown.
    public var show: @Sendable (String) -> String
    /// Whether a call that a provider refused with a status, or left without an answer (408), is tried over another trunk.
    public var overflows: @Sendable (Int) -> Bool
    /// The numbers that a provider is told of who sent a call on, for the way that it took.
    public var tell: @Sendable ([CallStep]) -> [PhoneNumber]
    /// Of the stand-in, which the calls are brought over.
    public let trunk: Trunk
    /// Of the business.
    public let numbers: [PhoneNumber]
    /// An extension of it.
    let callee: ExtensionNumber

    /// The decisions of this program, under the numbers and extensions of a business.
    ///
    /// - Parameter connect: What connects its trunks.
    public init?(
        _ numbers: [OwnedNumber],
        _ extensions: [ExtensionNumber],
        domain: DomainName,
        at now: WallTime,
        connect: @escaping @Sendable (Pretence) async throws(WireError) -> Outcome
    ) {
        guard let trunk = Trunk(standIn: now), let made = PhoneNumber(parsing: "+88199900100"),
            let callee = extensions.first
        else { return nil }
        // A business without a number is given one here, of a range that nobody has.
        let own = OwnedNumber(number: made, destination: .extension(callee), createdAt: now)
        let outside = OutsideSettings(trunks: [TrunkAccess(trunk, secret: nil)], numbers: numbers + [own])
        let snapshot = Snapshot(
            generation: 1,
            domain: domain,
            extensions: extensions.map { Extension(number: $0, name: "", createdAt: now) },
            devices: [],
            outside: outside
        )
        (self.trunk, self.connect) = (trunk, connect)
        self.numbers = outside.numbers.keys.sorted()
        judge = { attempt in
            switch InboundRules.decide(attempt, in: snapshot, at: now) {
            case .allowed: nil
            case .refused(let refusal): refusal
            }
        }
        admit = { ProviderRules.speaks(for: trunk, from: $0, over: $1, at: now) }
        show = { CallerName.clean($0) }
        overflows = { TrunkRules.overflows($0, hasRung: false) }
        let callers = CallerNumbers(usual: made)
        let shown = OutsideSettings(numbers: numbers + [own], callerNumbers: callers)
        tell = { DiversionRules.told($0, in: shown).map(\.number) }
        self.callee = callee
    }

    /// Why a call that is brought over the stand-in is refused; `nil` where it would ring.
    func refusal(
        ofCallTo called: PhoneNumber?,
        from caller: PhoneNumber? = nil,
        claimsExtension: Bool = false,
        signallingIsSecure: Bool = true,
        media: CallAttempt.Media = .encrypted
    ) -> CallRefusal? {
        judge(
            InboundAttempt(
                trunk: trunk.name,
                called: called,
                caller: caller,
                claimsExtension: claimsExtension,
                signallingIsSecure: signallingIsSecure,
                media: media
            )
        )
    }
}

extension Trunk {
    /// One that nobody else has, over TLS and from one network.
    fileprivate init?(standIn now: WallTime) {
        guard let name = TrunkName(parsing: "attack"), let domain = DomainName(parsing: Self.standInDomain),
            let prefix = IPPrefix(parsing: "192.0.2.0/28")
        else { return nil }
        self.init(name: name, domain: domain, registers: false, prefixes: [prefix], createdAt: now)
    }

    /// What the certificate of the stand-in should name.
    public static let standInDomain = "provider.attack.invalid"
}
