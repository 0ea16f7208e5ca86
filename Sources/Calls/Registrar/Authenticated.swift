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
    /// What would have turned it away, had it been for anything but help.
    let excuse: Authenticator.Doubt?

    var device: Device { owner.device }
    var subscriber: Extension { owner.subscriber }

    fileprivate init(_ owner: Owner, on flow: Flow, excuse: Authenticator.Doubt? = nil) {
        (self.owner, self.flow, self.excuse) = (owner, flow, excuse)
    }

    /// The same, of an account that may be used for nothing but help from there.
    func excused(_ doubt: Authenticator.Doubt) -> Authenticated { Authenticated(owner, on: flow, excuse: doubt) }

    /// Whether `user`, as it stands in From or To, is a name of this device: its user name or its extension.
    func owns(_ user: ArraySlice<UInt8>) -> Bool {
        user.elementsEqual(device.username.utf8) || user.elementsEqual(subscriber.number.text.utf8)
    }

    /// Whether a caller names this device in From, or nobody at all (RFC 3323 §4.1.1.3).
    func isCaller(of request: Message) -> Bool { request.isFromNobody || isSender(of: request) }

    /// Whether From names this device. Who calls, writes or watches is whoever the credential says (row S07).
    func isSender(of request: Message) -> Bool {
        guard let from = try? request.from(), let user = from.uri?.user else { return false }
        return owns(request.bytes(user))
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
        /// The secret was right, and the extension is disabled.
        case disabled(username: String)
        /// The secret was right, but the account is under attack and was never used from there.
        case guarded(username: String)
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

    init(snapshot: Snapshot, nonceKey: [UInt8], nonces: Int, entropy: Entropy) {
        realm = snapshot.domain.text
        issuer = NonceIssuer(key: nonceKey, realm: realm, lifetime: Limits.nonceLifetime)
        ledger = NonceLedger(capacity: nonces, lifetime: Limits.nonceLifetime)
        nobody = Account(nobodyIn: realm, password: entropy.token())
        rebuild(from: snapshot)
    }

    /// Accounts that were made since the beginning: what changes cost.
    private(set) var accountsMade = 0

    /// Takes new settings: only the accounts that a few changes concern are made anew.
    ///
    /// - Parameters:
    ///   - changes: All that lies between `old` and the new settings; `nil` when that is not known.
    mutating func apply(_ snapshot: Snapshot, _ changes: [Model.Change]?, after old: Snapshot) {
        guard let changes, changes.count <= Self.fewChanges else { return rebuild(from: snapshot) }
        for username in changes.reduce(into: Set(), { $0.formUnion($1.usernames(in: old, snapshot)) }) {
            guard let name = Username(username.utf8) else { continue }
            let place = names.firstIndex { !($0 < name) } ?? names.endIndex
            if place < names.endIndex, names[place] == name {
                names.remove(at: place)
                accounts.remove(at: place)
            }
            guard let device = snapshot.devices[username], let account = account(of: device, in: snapshot) else {
                continue
            }
            names.insert(name, at: place)
            accounts.insert(account, at: place)
        }
    }

    /// Each moves all the accounts behind it: from here on it is cheaper to make them all.
    private static let fewChanges = 16

    private mutating func rebuild(from snapshot: Snapshot) {
        var found: [(Username, Account)] = []
        for device in snapshot.devices.values {
            guard let username = Username(device.username.utf8), let account = account(of: device, in: snapshot) else {
                continue
            }
            found.append((username, account))
        }
        found.sort { $0.0 < $1.0 }
        (names, accounts) = (found.map(\.0), found.map(\.1))
    }

    private mutating func account(of device: Device, in snapshot: Snapshot) -> Account? {
        guard let subscriber = snapshot.extensions[device.number] else { return nil }
        accountsMade += 1
        return Account(device, subscriber)
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

    /// - Parameter isForHelp: Whether a disabled extension may do what is asked for: a call for help that leaves.
    mutating func authenticate(
        _ request: Message,
        on flow: Flow,
        isForHelp: Bool,
        at now: Moment
    ) throws(ParseError) -> Outcome {
        guard let credentials = try request.credentials(realm: realm), let used = credentials.algorithm,
            Self.algorithms(for: request, on: flow).contains(used.strength),
            used != .md5 || flow.transport.isEncrypted, let meant = Digest.meant(credentials, for: request)
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
        let secret = account.secret(for: used)
        let isRight = Digest.matches(
            meant,
            in: request,
            method: request.method ?? .options,
            // The same algorithm, or the comparison would end early for a name that exists.
            ha1: secret ?? nobody.secret(for: used) ?? nobody.md5
        )
        guard isRight, isKnown, secret != nil, let owner = account.owner else {
            let username = printable(request, credentials.username)
            return .challenge(stale: false, .wrongSecret(username: username, isKnown: isKnown))
        }
        guard owner.subscriber.isEnabled || isForHelp else {
            return .challenge(stale: false, .disabled(username: owner.device.username))
        }
        let nonce = request.bytes.span.extracting(credentials.nonce.range)
        switch ledger.use(nonce, nc: credentials.nc ?? 0, at: now.monotonic) {
        case .first:
            let doubt = owner.subscriber.isEnabled ? nil : Doubt.disabled(username: owner.device.username)
            return .authenticated(Authenticated(owner, on: flow, excuse: doubt))
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
            algorithms: Self.algorithms(for: request, on: flow),
            isStale: isStale
        )
    }

    private static func algorithms(for request: Message, on flow: Flow) -> [DigestStrength] {
        let client = request.first(.userAgent).map { request.bytes($0) } ?? []
        return ClientAlgorithm.challenges(userAgent: client, isEncrypted: flow.transport.isEncrypted)
    }
}

extension DigestAlgorithm {
    var strength: DigestStrength {
        switch self {
        case .md5: .md5
        case .sha256: .sha256
        case .sha512256: .sha512256
        }
    }

    init(_ strength: DigestStrength) {
        switch strength {
        case .md5: self = .md5
        case .sha256: self = .sha256
        case .sha512256: self = .sha512256
        }
    }
}

extension Model.Change {
    /// User names of the phones that it concerns.
    fileprivate func usernames(in old: Snapshot, _ new: Snapshot) -> [String] {
        switch self {
        case .put(let value): (old.devices(of: value.number) + new.devices(of: value.number)).map(\.username)
        case .remove(let number): old.devices(of: number).map(\.username)
        case .enrol(let device): [device.username]
        case .revoke(let id): old.device(id).map { [$0.username] } ?? []
        case .except, .withdraw, .appoint, .dismiss, .addSite, .removeSite, .addOrigin, .removeOrigin, .listen,
            .stopListening, .receiveMedia, .trustClients, .servePortal, .admit, .keepHours, .keepBackups, .retain,
            .issue,
            .recall, .outside:
            []
        }
    }
}
