// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// Keeping our registration (RFC 3261 §10.2), over the server that calls leave by.
extension TrunkState {
    /// Registers where there is no registration, or it is to be renewed, or calls leave by another server now.
    mutating func register(_ effects: inout TrunkEffects, _ turn: inout Turn) {
        guard trunk.registers else { return }
        let now = turn.now.monotonic
        switch registration.phase {
        case .asking(let asking):
            guard asking.at + Limits.trunkSilence <= now else { return }
            if let index = index(of: asking.flow) { doubt(index, &effects, &turn) }
            let hasOther = lines.contains { $0.isUp && $0.open?.flow.id != asking.flow }
            registration.wasSilent(hasOther: hasOther, at: now, using: effects.entropy)
            return register(&effects, &turn)
        case .resting(let until): guard until <= now else { return }
        case .idle: break
        }
        guard let index = lines.firstIndex(where: \.isUp) ?? lines.firstIndex(where: \.isChecking),
            let open = lines[index].open, open.asked == nil
        else { return }
        if let held = registration.held, held.flow == open.flow.id, now < held.refresh { return }
        send(over: open.flow, rounds: 0, nil, &effects, at: now)
    }

    private mutating func send(
        over flow: Flow,
        rounds: UInt32,
        _ credentials: TrunkCredentials?,
        _ effects: inout TrunkEffects,
        at now: MonotonicTime
    ) {
        let (serial, key) = (effects.serial(), BranchKey(using: effects.entropy))
        registration.cseq += 1
        let bytes = identity.register(
            registration,
            seconds: registration.expires,
            credentials: credentials,
            key: key,
            over: flow,
            effects.settings
        )
        effects.requests.append(
            TrunkRequest(key: key, method: .register, bytes: bytes, purpose: .registration(serial), flow: flow)
        )
        registration.phase = .asking(
            TrunkRegistration.Asking(
                serial: serial,
                flow: flow.id,
                at: now,
                rounds: rounds,
                nonce: credentials?.nonce
            )
        )
    }

    /// Says that calls need not come here any more (§10.2.2). Nobody waits for the answer.
    func unregister(_ effects: TrunkEffects, _ turn: inout Turn) {
        guard let held = registration.held, let index = index(of: held.flow), let flow = lines[index].open?.flow else {
            return
        }
        var (registration, login) = (registration, login)
        registration.cseq += 1
        let bytes = identity.register(
            registration,
            seconds: 0,
            credentials: login.answerAgain(method: .register, uri: identity.registrar, using: effects.entropy),
            key: BranchKey(using: effects.entropy),
            over: flow,
            effects.settings
        )
        turn.actions.append(.send(bytes, flow.id))
    }

    /// The answer to a REGISTER.
    ///
    /// - Returns: Whether it is one of this trunk.
    mutating func registered(
        _ serial: UInt64,
        _ response: Message?,
        _ effects: inout TrunkEffects,
        at now: Moment
    ) -> Bool {
        guard case .asking(let asking) = registration.phase, asking.serial == serial else { return false }
        guard let response, let status = response.status, let index = index(of: asking.flow),
            let flow = lines[index].open?.flow
        else { return true }
        lines[index].latency = now.monotonic - asking.at
        registration.phase = .idle
        if Self.isBroken(status) {
            let failure = TrunkFailure.status(status, reason(of: response))
            block(index, failure, retryAfter(response), at: now, using: effects.entropy)
            return true
        }
        lines[index].spoke(at: now.monotonic)
        switch status {
        case 200...299: accept(response, on: flow, at: now, using: effects.entropy)
        case 401, 407: login(response, asking, over: flow, &effects, at: now)
        case 423: lengthen(response, asking, over: flow, &effects, at: now)
        case 403: refuse(.login(status, reason(of: response)), response, index, at: now, using: effects.entropy)
        default: refuse(.status(status, reason(of: response)), response, index, at: now, using: effects.entropy)
        }
        return true
    }

    private mutating func accept(_ response: Message, on flow: Flow, at now: Moment, using entropy: Entropy) {
        registration.hold(on: flow.id, seconds: granted(by: response), at: now, using: entropy)
        registration.serviceRoute = response.serviceRoute
    }

    /// How long the provider keeps us: what it says of our contact, else of all (RFC 3261 §10.2.4).
    private func granted(by response: Message) -> UInt32 {
        var reader = AddressReader(.contact)
        while let contact = try? reader.next(in: response) {
            guard let uri = contact.uri, let seconds = contact.expires, identity.isOurs(uri, in: response) else {
                continue
            }
            return seconds
        }
        return ((try? response.expires()) ?? nil) ?? registration.expires
    }

    private mutating func login(
        _ response: Message,
        _ asking: TrunkRegistration.Asking,
        over flow: Flow,
        _ effects: inout TrunkEffects,
        at now: Moment
    ) {
        let index = index(of: flow.id)
        let status = response.status ?? 401
        do throws(TrunkFailure.Challenge) {
            guard asking.rounds < Limits.trunkLoginRounds, asking.rounds == 0 || response.hasStaleChallenge else {
                let failure = TrunkFailure.login(status, reason(of: response))
                return refuse(failure, response, index, at: now, using: effects.entropy)
            }
            let credentials = try login.answer(
                response,
                method: .register,
                uri: identity.registrar,
                before: asking.nonce,
                over: flow,
                using: effects.entropy
            )
            send(over: flow, rounds: asking.rounds + 1, credentials, &effects, at: now.monotonic)
        } catch {
            refuse(.challenge(error), response, index, at: now, using: effects.entropy)
        }
    }

    /// §10.2.8: the provider wants to hear of us less often.
    private mutating func lengthen(
        _ response: Message,
        _ asking: TrunkRegistration.Asking,
        over flow: Flow,
        _ effects: inout TrunkEffects,
        at now: Moment
    ) {
        let least = ((try? response.seconds(.minExpires)) ?? nil) ?? 0
        guard registration.expires == Limits.trunkExpires, least > registration.expires,
            Limits.trunkExpiresRange.contains(least)
        else {
            let failure = TrunkFailure.status(423, reason(of: response))
            return refuse(failure, response, index(of: flow.id), at: now, using: effects.entropy)
        }
        registration.expires = least
        send(over: flow, rounds: 0, nil, &effects, at: now.monotonic)
    }

    /// The provider does not let us in: nothing is tried at its other servers either, which know the same.
    private mutating func refuse(
        _ failure: TrunkFailure,
        _ response: Message,
        _ index: Int?,
        at now: Moment,
        using entropy: Entropy
    ) {
        registration.refuse(retryAfter: retryAfter(response), at: now.monotonic, using: entropy)
        note(failure, index.map { lines[$0].server }, now)
    }
}

extension Message {
    var hasStaleChallenge: Bool {
        (challenges(.wwwAuthenticate) + challenges(.proxyAuthenticate)).contains(where: \.stale)
    }

    /// RFC 3608 §5: the values of Service-Route, as many and as long as is worth repeating.
    fileprivate var serviceRoute: [String] {
        guard let value = first(named: "Service-Route") else { return [] }
        let routes = string(value).split(separator: ",").map { $0.trimmed }
        guard routes.count <= Limits.trunkRoutes,
            routes.allSatisfy({ $0.utf8.count <= Limits.trunkRouteBytes && $0.hasPrefix("<sip") && $0.hasSuffix(">") })
        else { return [] }
        return routes.map(String.init)
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var rest = self
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
