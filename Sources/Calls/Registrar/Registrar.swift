// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// RFC 3261 §10.3: what a REGISTER does, after its sender proved who it is.
extension Switchboard {
    mutating func register(_ request: Message, by proof: Authenticated, at now: Moment, into actions: inout [Action]) {
        do {
            try checkOwner(of: request, by: proof)
            let changes = try contactChanges(in: request, by: proof)
            let facts = RegisterFacts(
                callID: request.bytes(try request.callID()),
                sequence: try request.cseq().number,
                now: now
            )
            try checkOrder(changes, facts, by: proof)
            carryOut(changes, facts, request, by: proof)
            adoptFlow(of: proof)
            sendBindings(to: request, by: proof, at: now, into: &actions)
        } catch let refused as RegisterRefused {
            switch refused {
            case .notYours: report(.identityMismatch, .intrusionDetection, request, proof.flow, now, into: &actions)
            case .tooMany: report(.bindingLimit, .intrusionDetection, request, proof.flow, now, into: &actions)
            case .malformed, .tooBrief, .poisoned, .outOfOrder: break
            }
            respond(refused.status, to: request, on: proof.flow, at: now, into: &actions) { writer in
                if case .tooBrief = refused { writer.field(.minExpires, Int(RegistrationRules.minimumExpires)) }
            }
        } catch {
            respond(400, to: request, on: proof.flow, at: now, into: &actions)
        }
    }

    /// Both From and To have to name the device that the credential belongs to (§10.3 steps 3 and 4; row C07).
    private func checkOwner(of request: Message, by proof: Authenticated) throws {
        for address in [try request.to(), try request.from()] {
            guard let uri = address.uri, let user = uri.user, proof.owns(request.bytes(user)),
                isServed(request.bytes(uri.host), on: proof.flow)
            else { throw RegisterRefused.notYours }
        }
    }

    /// What the Contact fields ask for, checked as a whole before anything changes.
    private func contactChanges(in request: Message, by proof: Authenticated) throws -> ContactChanges {
        let header = try request.expires()
        switch try request.contacts() {
        case .wildcard:
            // §10.2.2: `*` is only for leaving.
            guard header == 0 else { throw RegisterRefused.malformed }
            return .removeAll
        case .addresses(let addresses):
            var changes: [ContactChange] = []
            for address in addresses {
                guard let uri = address.uri else { throw RegisterRefused.poisoned }
                try checkContact(uri, request, proof)
                let asked = address.expires ?? header ?? RegistrationRules.defaultExpires
                guard asked == 0 || asked >= RegistrationRules.minimumExpires else { throw RegisterRefused.tooBrief }
                changes.append(
                    ContactChange(
                        contact: request.bytes(uri.range),
                        seconds: min(asked, RegistrationRules.maximumExpires)
                    )
                )
            }
            let added = changes.filter {
                $0.seconds > 0 && bindings.find(proof.device.username, contact: $0.contact) == nil
            }
            guard bindings.countOf(proof.device.username) + added.count <= RegistrationRules.maximumContacts else {
                throw RegisterRefused.tooMany
            }
            return .each(changes)
        }
    }

    /// Row S06: nothing in a Contact may make us send anywhere but back over the flow, or say that we would.
    private func checkContact(_ uri: SIPURI, _ request: Message, _ proof: Authenticated) throws {
        guard uri.scheme == .sip || uri.scheme == .sips, !uri.hasHeaders, !uri.hasMaddr else {
            throw RegisterRefused.poisoned
        }
        if let ip = request.address(uri.host), ip.isLoopback || ip.isLinkLocal || ip.isUnspecified {
            guard ip == proof.flow.remote.ip || proof.flow.remote.ip.isLoopback else { throw RegisterRefused.poisoned }
        }
    }

    /// §10.3 step 7: a request that is older than what we know of the same Call-ID changes nothing.
    private func checkOrder(_ changes: ContactChanges, _ facts: RegisterFacts, by proof: Authenticated) throws {
        for id in bindings.ids(of: proof.device.username) {
            let isOld = bindings.look(at: id) { binding in
                facts.sequence <= binding.sequence && binding.callID.elementsEqual(facts.callID)
                    && changes.touches(binding.contact)
            }
            if isOld == true { throw RegisterRefused.outOfOrder }
        }
    }

    private mutating func carryOut(
        _ changes: ContactChanges,
        _ facts: RegisterFacts,
        _ request: Message,
        by proof: Authenticated
    ) {
        switch changes {
        case .removeAll:
            for id in bindings.ids(of: proof.device.username) { bindings.remove(id) }
        case .each(let changes):
            for change in changes {
                let known = bindings.find(proof.device.username, contact: change.contact)
                guard change.seconds > 0 else {
                    if let known { bindings.remove(known) }
                    continue
                }
                let id =
                    known ?? bindings.bind(proof, contact: change.contact, facts, userAgent: clientName(of: request))
                bindings.refresh(id, proof: proof, seconds: change.seconds, request: facts)
                if known == nil, let expires = bindings[id]?.expires { deadlines.insert(.binding(id), at: expires) }
            }
        }
    }

    private func clientName(of request: Message) -> String {
        request.first(.userAgent).map { printable(request, $0) } ?? ""
    }

    private mutating func sendBindings(
        to request: Message,
        by proof: Authenticated,
        at now: Moment,
        into actions: inout [Action]
    ) {
        let current = bindings.ids(of: proof.device.username)
        let bindings = bindings
        respond(200, to: request, on: proof.flow, at: now, into: &actions) { writer in
            for id in current {
                var value: [UInt8] = []
                value.reserveCapacity(128)
                let isThere: Void? = bindings.look(at: id) { binding in
                    let left = (binding.expires - now.monotonic).components.seconds
                    value.append(UInt8(ascii: "<"))
                    value.append(contentsOf: binding.contact)
                    value.append(contentsOf: ">;expires=".utf8)
                    value.append(contentsOf: String(max(0, left)).utf8)
                }
                guard isThere != nil else { continue }
                writer.field(.contact, value)
            }
        }
    }

    /// A deadline of a binding came: it ended, or was refreshed since and ends later.
    mutating func wakeBinding(_ id: UInt64, at now: Moment) {
        guard let binding = bindings[id] else { return }
        if binding.expires <= now.monotonic {
            bindings.remove(id)
        } else {
            deadlines.insert(.binding(id), at: binding.expires)
        }
    }
}

private struct ContactChange {
    let contact: ArraySlice<UInt8>
    /// 0 removes.
    let seconds: UInt32
}

private enum ContactChanges {
    case removeAll
    case each([ContactChange])

    func touches(_ contact: [UInt8]) -> Bool {
        switch self {
        case .removeAll: true
        case .each(let changes): changes.contains { $0.contact == contact[...] }
        }
    }
}

/// Why a REGISTER changes nothing.
private enum RegisterRefused: Error {
    case malformed, notYours, tooMany, tooBrief, poisoned, outOfOrder

    var status: Int {
        switch self {
        case .malformed, .poisoned: 400
        case .notYours, .tooMany: 403
        case .tooBrief: 423
        case .outOfOrder: 500
        }
    }
}
