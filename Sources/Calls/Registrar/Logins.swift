// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// What is remembered of logins, good and bad (rows C01 and C02).
struct Logins: Sendable {
    /// Where each phone logs in from, and which accounts are tried in vain.
    private var history: LoginHistory
    /// Phones that have been registered before, by user name: they are let in first.
    private var known: [String: KnownPhone] = [:]

    /// - Parameter kept: Of earlier runs, the oldest first, so that the newest places are remembered where there are too many.
    init(_ kept: [PhoneLogin], of snapshot: Snapshot) {
        history = LoginHistory(phones: snapshot.devices.count, sites: snapshot.network.sites)
        let devices = Dictionary(snapshot.devices.values.map { ($0.id, $0) }) { one, _ in one }
        for login in kept {
            guard let device = devices[login.device] else { continue }
            let instance = login.instance ?? known[device.username]?.instance
            known[device.username] = KnownPhone(instance: instance, keptAt: login.at)
            history.succeeded(device.username, as: EventSubject(device), from: login.source, client: login.client[...])
        }
    }

    mutating func apply(_ snapshot: Snapshot) {
        history.resize(phones: snapshot.devices.count)
        history.sites = snapshot.network.sites
        known = known.filter { snapshot.devices[$0.key] != nil }
    }

    func knows(_ username: String) -> Bool { known[username] != nil }

    /// Whether the account may be used from there although its password was right.
    mutating func accepts(_ username: String, from source: IPAddress, at now: MonotonicTime) -> Bool {
        history.accepts(username, from: source, at: now)
    }

    /// A credential was wrong. The same work for every name, or the time would tell which ones exist.
    mutating func failed(_ username: String, isKnown: Bool, _ request: Message, on flow: Flow, _ turn: inout Turn) {
        let failure = history.failed(
            username,
            exists: isKnown,
            from: flow.remote.ip,
            client: request.client,
            at: turn.now.monotonic
        )
        switch failure {
        case .ordinary: turn.report(.failedLogin, request, flow, subject: .account(username))
        case .stalePhone(let name): turn.report(.stalePhone, request, flow, subject: name)
        case .spentBudget:
            turn.report(.failedLogin, request, flow, subject: .account(username))
            turn.report(.accountGuarded, request, flow, subject: .account(username))
        }
    }

    /// Whether a phone comes from where neither it nor another one has logged in before, and which is no site. One that never was
    /// here comes from somewhere new anyway: that tells only where sites are declared.
    /// From now on it is familiar.
    mutating func isNewNetwork(of proof: Authenticated) -> Bool {
        guard history.meets(proof.flow.remote.ip) else { return false }
        return known[proof.device.username] != nil || !history.sites.isEmpty
    }

    /// A phone was bound: from now on it is known, and where it is bound anew is one of its homes. That is written down when
    /// it is news, and once a day.
    ///
    /// - Parameter isNew: Whether any of the contacts was not bound before.
    mutating func bound(
        _ changes: [ContactChange],
        isNew: Bool,
        _ request: Message,
        by proof: Authenticated,
        _ turn: inout Turn
    ) {
        guard let bound = changes.last(where: { $0.seconds > 0 }) else { return }
        let (device, source, client) = (proof.device, proof.flow.remote.ip, request.client)
        let (before, name) = (known[device.username], bound.outbound.instance.map { request.bytes($0) })
        if let before, before.instance != nil, !before.answersTo(name) {
            // Somebody may have copied the secret.
            turn.report(.otherInstance, request, proof.flow, subject: EventSubject(device))
        }
        let isNewHome =
            isNew && history.succeeded(device.username, as: EventSubject(device), from: source, client: client)
        if let before, !isNewHome, before.answersTo(name), turn.now.wall < before.keptAt + Limits.keptAgain { return }
        let instance = name.map { Array($0) } ?? before?.instance
        known[device.username] = KnownPhone(instance: instance, keptAt: turn.now.wall)
        let login = PhoneLogin(
            device: device.id,
            source: source.accountable,
            client: Array(client.prefix(Guard.Limits.userAgentBytes)),
            instance: instance,
            at: turn.now.wall
        )
        turn.actions.append(.keep(login))
    }
}

/// What is remembered of a phone that has registered.
private struct KnownPhone: Sendable {
    /// Which phone it is, by its own word (RFC 5626 §4.1).
    let instance: [UInt8]?
    /// When its login was last handed over to be kept.
    let keptAt: WallTime

    /// Whether it is the phone that says so; one that says nothing is nobody else.
    func answersTo(_ name: ArraySlice<UInt8>?) -> Bool {
        guard let name else { return true }
        return instance?.elementsEqual(name) == true
    }
}

extension Message {
    /// What the sender says it is, as it stands there; empty for one that says nothing.
    var client: ArraySlice<UInt8> { first(.userAgent).map { bytes($0) } ?? [] }
}
