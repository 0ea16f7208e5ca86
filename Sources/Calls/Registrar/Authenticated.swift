// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// Proof that a request was made with a device's own secret. Only ``Authenticator/authenticate(_:on:at:)`` can make one,
/// and everything that binds a phone or places a call asks for one.
struct Authenticated: Sendable {
    private let owner: Owner
    let flow: Flow

    var device: Device { owner.device }
    var subscriber: Extension { owner.subscriber }

    fileprivate init(_ owner: Owner, on flow: Flow) {
        (self.owner, self.flow) = (owner, flow)
    }

    /// Whether `user`, as it stands in From or To, is a name of this device: its user name or its extension.
    func owns(_ user: ArraySlice<UInt8>) -> Bool {
        user.elementsEqual(device.username.utf8) || user.elementsEqual(subscriber.number.text.utf8)
    }
}

/// Decides who a request is from, by digest (RFC 3261 §22, RFC 7616, RFC 8760), with the same work for names that
/// exist and names that do not.
struct Authenticator: Sendable {
    enum Outcome: Sendable {
        case authenticated(Authenticated)
        /// Ask for credentials; `stale` when they were good for a nonce that is not any more.
        case challenge(stale: Bool, Doubt)
    }

    /// What was odd about the credentials, for the event. A stranger never learns it.
    enum Doubt: Sendable {
        case none
        case wrongSecret(username: String, isKnown: Bool)
        case replayed(username: String)
    }

    private let realm: String
    private var issuer: NonceIssuer
    private var ledger: NonceLedger
    /// In order, and the accounts in the same order: whatever name is looked for, as many steps lead to a place, and the account
    /// there is what the credential is measured against. So a name that does not exist reads as much memory as one that does.
    private var names: [Username] = []
    private var accounts: [Account] = []
    /// What every name is measured against while there are no accounts.
    private let nobody: Account

    init(snapshot: Snapshot, nonceKey: [UInt8], entropy: Entropy) {
        realm = snapshot.domain.text
        issuer = NonceIssuer(key: nonceKey, realm: realm, lifetime: Limits.nonceLifetime)
        ledger = NonceLedger(capacity: Limits.nonces, lifetime: Limits.nonceLifetime)
        nobody = Account(nobodyIn: realm, password: entropy.token())
        apply(snapshot)
    }

    mutating func apply(_ snapshot: Snapshot) {
        let found = snapshot.devices.values.compactMap { device -> (Username, Account)? in
            guard let subscriber = snapshot.extensions[device.number], subscriber.isEnabled,
                let username = Username(device.username.utf8), let account = Account(device, subscriber)
            else { return nil }
            return (username, account)
        }.sorted { $0.0 < $1.0 }
        (names, accounts) = (found.map(\.0), found.map(\.1))
    }

    /// The account of that name, or the one nearest to it in order.
    private func look(for name: Username) -> (account: Account, isKnown: Bool) {
        guard !names.isEmpty else { return (nobody, false) }
        var (place, length) = (0, names.count)
        while length > 1 {
            let half = length / 2
            if !(name < names[place + half]) { place += half }
            length -= half
        }
        return (accounts[place], names[place] == name)
    }

    mutating func authenticate(_ request: Message, on flow: Flow, at now: Moment) throws(ParseError) -> Outcome {
        guard let credentials = try request.credentials() else { return .challenge(stale: false, .none) }
        let offered = Self.algorithm(for: request)
        let used = credentials.algorithm ?? (credentials.isUnknownAlgorithm ? nil : .md5)
        guard request.bytes(credentials.realm).elementsEqual(realm.utf8), used == offered,
            used != .md5 || flow.transport.isEncrypted, Self.isMeantFor(request, credentials)
        else { return .challenge(stale: false, .none) }

        let verdict = issuer.check(
            request.bytes.span.extracting(credentials.nonce.range),
            from: flow.remote.ip,
            at: now.wall
        )
        switch verdict {
        case .foreign: return .challenge(stale: false, .none)
        case .stale: return .challenge(stale: true, .none)
        case .valid: break
        }

        let name = Username(request.bytes(credentials.username)) ?? .nobody
        let (account, isKnown) = look(for: name)
        let secret = account.secret(for: offered)
        let isRight = Digest.matches(
            credentials,
            in: request,
            method: request.method ?? .options,
            // The same algorithm, or the comparison would end early for a name that exists.
            ha1: secret ?? nobody.secret(for: offered) ?? nobody.md5
        )
        guard isRight, isKnown, secret != nil, let owner = account.owner else {
            let username = printable(request, credentials.username)
            return .challenge(stale: false, .wrongSecret(username: username, isKnown: isKnown))
        }
        let nonce = request.bytes.span.extracting(credentials.nonce.range)
        switch ledger.use(nonce, nc: credentials.nc ?? 0, at: now.monotonic) {
        case .first:
            return .authenticated(Authenticated(owner, on: flow))
        case .repeated: return .challenge(stale: true, .replayed(username: owner.device.username))
        // An innocent phone whose nonce made room for others: it asks again, and nobody is accused.
        case .forgotten: return .challenge(stale: true, .none)
        }
    }

    /// Depends on the client's name and the source, never on the account.
    mutating func challenge(for request: Message, on flow: Flow, isStale: Bool, at now: Moment) -> DigestChallenge {
        DigestChallenge(
            realm: realm,
            nonce: issuer.issue(to: flow.remote.ip, at: now.wall),
            algorithm: Self.algorithm(for: request),
            isStale: isStale
        )
    }

    private static func algorithm(for request: Message) -> DigestAlgorithm {
        let client = request.first(.userAgent).map { request.bytes($0) } ?? []
        return switch ClientAlgorithm.challenge(userAgent: client) {
        case .md5: .md5
        case .sha256: .sha256
        case .sha512256: .sha512256
        }
    }

    /// RFC 8760 §2.6: the digest-uri names what the request is for, so that captured credentials cannot be moved to
    /// another target. Phones may leave out parameters, so user, host and port are compared.
    private static func isMeantFor(_ request: Message, _ credentials: Credentials) -> Bool {
        if request.bytes(credentials.uri).elementsEqual(request.bytes(request.requestURI)) { return true }
        guard let named = try? SIPURI.parse(request, credentials.uri),
            let target = try? SIPURI.parse(request, request.requestURI)
        else { return false }
        let users = (named.user.map { request.bytes($0) } ?? [], target.user.map { request.bytes($0) } ?? [])
        return named.scheme == target.scheme && users.0.elementsEqual(users.1) && named.port == target.port
            && request.bytes(named.host).elementsEqual(request.bytes(target.host))
    }
}

/// The value of `WWW-Authenticate` (RFC 7616 §3.3).
struct DigestChallenge {
    let realm: String
    let nonce: Nonce
    let algorithm: DigestAlgorithm
    let isStale: Bool

    func write(into value: inout ValueWriter) {
        value.append("Digest realm=\"")
        value.append(realm)
        value.append("\", nonce=\"")
        value.append(nonce)
        value.append("\", algorithm=")
        value.append(algorithm.rawValue)
        value.append(", qop=\"auth\"")
        if isStale { value.append(", stale=true") }
    }
}

/// A user name as Ringfence generates them: exactly 16 ASCII characters, so that a look-up needs no string.
struct Username: Equatable, Sendable {
    private let first: UInt64
    private let second: UInt64

    init?(_ bytes: some Sequence<UInt8>) {
        var words: (UInt64, UInt64) = (0, 0)
        var count = 0
        for byte in bytes {
            guard count < 16 else { return nil }
            if count < 8 { words.0 = words.0 << 8 | UInt64(byte) } else { words.1 = words.1 << 8 | UInt64(byte) }
            count += 1
        }
        guard count == 16 else { return nil }
        (first, second) = words
    }

    /// Of no phone: it is no text.
    static let nobody = Username(first: 0, second: 0)

    private init(first: UInt64, second: UInt64) {
        (self.first, self.second) = (first, second)
    }
}

extension Username: Comparable {
    static func < (one: Self, other: Self) -> Bool {
        one.first == other.first ? one.second < other.second : one.first < other.first
    }
}

/// Whose credential it is. A class, so that a proof is handed around without copying what it is about.
private final class Owner: Sendable {
    let device: Device
    let subscriber: Extension

    init(_ device: Device, _ subscriber: Extension) {
        (self.device, self.subscriber) = (device, subscriber)
    }
}

/// A device's secrets, ready to verify with.
private final class Account: Sendable {
    /// `nil` for the account of every name that does not exist.
    let owner: Owner?
    /// Beside the owner, so that it takes the same time to read where there is none.
    private let minimum: DigestStrength
    let md5: HA1
    private let sha256: HA1
    private let sha512256: HA1

    init?(_ device: Device, _ subscriber: Extension) {
        guard let md5 = device.hashes.md5.reveal({ HA1(algorithm: .md5, hex: $0) }),
            let sha256 = device.hashes.sha256.reveal({ HA1(algorithm: .sha256, hex: $0) }),
            let sha512256 = device.hashes.sha512256.reveal({ HA1(algorithm: .sha512256, hex: $0) })
        else { return nil }
        (owner, minimum) = (Owner(device, subscriber), device.minimum)
        (self.md5, self.sha256, self.sha512256) = (md5, sha256, sha512256)
    }

    /// The account of every name that does not exist.
    init(nobodyIn realm: String, password: String) {
        (owner, minimum) = (nil, .md5)
        md5 = HA1(algorithm: .md5, username: "", realm: realm, password: password)
        sha256 = HA1(algorithm: .sha256, username: "", realm: realm, password: password)
        sha512256 = HA1(algorithm: .sha512256, username: "", realm: realm, password: password)
    }

    /// The secret for an algorithm; `nil` when the credential was narrowed to stronger ones.
    func secret(for algorithm: DigestAlgorithm) -> HA1? {
        switch algorithm {
        case .md5: minimum == .md5 ? md5 : nil
        case .sha256: minimum == .sha512256 ? nil : sha256
        case .sha512256: sha512256
        }
    }
}
