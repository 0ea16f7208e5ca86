// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
public import Primitives
import SIP

/// What is remembered of logins, good and bad (rows C01 and C02).
extension Switchboard {
    /// How many phones are registered from an address, counted as one source: the /64 of an IPv6 address.
    public func phones(at source: IPAddress) -> Int {
        bindings.count { $0.flow.remote.ip.accountable == source.accountable }
    }

    /// A credential was wrong. The same work for every name, or the time would tell which ones exist.
    mutating func noteWrongSecret(
        _ username: String,
        isKnown: Bool,
        _ request: Message,
        on flow: Flow,
        _ turn: inout Turn
    ) {
        counters.failedLogins += 1
        let failure = logins.failed(
            username,
            exists: isKnown,
            from: flow.remote.ip,
            client: client(of: request),
            at: turn.now.monotonic
        )
        switch failure {
        case .ordinary: report(.failedLogin, .intrusionDetection, request, flow, subject: username, &turn)
        case .stalePhone(let name):
            report(.stalePhone, .intrusionDetection, request, flow, subject: name, &turn)
        case .spentBudget:
            report(.failedLogin, .intrusionDetection, request, flow, subject: username, &turn)
            report(.accountGuarded, .intrusionDetection, request, flow, subject: username, &turn)
        }
        guard flow.transport.isReliable else { return }
        failures[flow.id, default: 0] += 1
        if failures[flow.id, default: 0] >= Limits.failuresPerFlow { turn.actions.append(.close(flow.id)) }
    }

    /// Whether the account may be used from there although its password was right.
    mutating func mayLogIn(_ proof: Authenticated, on flow: Flow, at now: Moment) -> Bool {
        logins.accepts(proof.device.username, from: flow.remote.ip, at: now.monotonic)
    }

    // MARK: Phones that are known

    /// - Parameter kept: Of earlier runs, the oldest first, so that the newest places are remembered where there are too many.
    mutating func recall(_ kept: [PhoneLogin]) {
        let devices = Dictionary(snapshot.devices.values.map { ($0.id, $0) }) { one, _ in one }
        for login in kept {
            guard let device = devices[login.device] else { continue }
            let instance = login.instance ?? knownPhones[device.username]?.instance
            knownPhones[device.username] = KnownPhone(instance: instance, keptAt: login.at)
            logins.succeeded(device.username, as: device.title, from: login.source, client: login.client[...])
        }
    }

    /// A phone was bound: from now on it is known, and where it is bound anew is one of its homes. That is written down when
    /// it is news, and once a day.
    ///
    /// - Parameter isNew: Whether any of the contacts was not bound before.
    mutating func noteLogin(
        _ changes: [ContactChange],
        isNew: Bool,
        _ request: Message,
        by proof: Authenticated,
        _ turn: inout Turn
    ) {
        guard let bound = changes.last(where: { $0.seconds > 0 }) else { return }
        let (device, source, client) = (proof.device, proof.flow.remote.ip, client(of: request))
        let (before, name) = (knownPhones[device.username], bound.outbound.instance.map { request.bytes($0) })
        if let before, before.instance != nil, !before.answersTo(name) {
            // Somebody may have copied the secret.
            let title = device.title
            report(.otherInstance, .sipPasswords, request, proof.flow, subject: title, &turn)
        }
        let isNewHome = isNew && logins.succeeded(device.username, as: device.title, from: source, client: client)
        if let before, !isNewHome, before.answersTo(name), turn.now.wall < before.keptAt + Limits.keptAgain { return }
        let instance = name.map { Array($0) } ?? before?.instance
        knownPhones[device.username] = KnownPhone(instance: instance, keptAt: turn.now.wall)
        let login = PhoneLogin(
            device: device.id,
            source: source.accountable,
            client: Array(client.prefix(Guard.Limits.userAgentBytes)),
            instance: instance,
            at: turn.now.wall
        )
        turn.actions.append(.keep(login))
    }

    private func client(of request: Message) -> ArraySlice<UInt8> {
        request.first(.userAgent).map { request.bytes($0) } ?? []
    }
}

/// What is remembered of a phone that has registered.
struct KnownPhone: Sendable {
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

extension Device {
    /// What people call it.
    var title: String { "'\(label)' of extension \(number)" }
}
