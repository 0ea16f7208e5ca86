// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// RFC 3261 §10.3: what a REGISTER does, after its sender proved who it is.
extension Switchboard {
    mutating func register(_ request: Message, by proof: Authenticated, _ turn: inout Turn) {
        do {
            try checkOwner(try request.to(), of: request, by: proof)
            try checkOwner(try request.from(), of: request, by: proof)
            guard !refuseWay(of: request, by: proof, &turn) else { return }
            let facts = RegisterFacts(
                callID: request.bytes(try request.callID()),
                sequence: try request.cseq().number,
                now: turn.now
            )
            // Taken out while it is filled, so that its storage serves every REGISTER.
            var changes: [ContactChange] = []
            swap(&changes, &contactChanges)
            defer { swap(&changes, &contactChanges) }
            try read(&changes, in: request, by: proof)
            try checkOrder(changes, facts)
            let isNew = changes.contains { $0.seconds > 0 && $0.known == nil }
            guard !isNew || mayReturn(request, by: proof, &turn) else { return }
            let former = formerFlows(changes, request, by: proof)
            carryOut(changes, facts, request, by: proof)
            if isNew { letGo(ofSurplus: proof, request, &turn) }
            noteLogin(changes, isNew: isNew, request, by: proof, &turn)
            takeCalls(of: proof, from: former, &turn)
            let isOutbound = changes.contains { $0.outbound.number != nil }
            sendBindings(to: request, isOutbound: isOutbound, by: proof, &turn)
        } catch let refused as RegisterRefused {
            refuse(request, refused, by: proof, &turn)
        } catch {
            respond(400, to: request, on: proof.flow, &turn)
        }
    }

    private mutating func refuse(
        _ request: Message,
        _ refused: RegisterRefused,
        by proof: Authenticated,
        _ turn: inout Turn
    ) {
        switch refused {
        case .notYours: report(.identityMismatch, .intrusionDetection, request, proof.flow, &turn)
        case .tooMany:
            report(
                .bindingLimit,
                .intrusionDetection,
                request,
                proof.flow,
                subject: proof.device.title,
                detail: "more than \(RegistrationRules.maximumContacts) contacts in one registration",
                &turn
            )
        case .malformed, .tooBrief, .poisoned, .named, .outOfOrder: break
        }
        respond(refused.status, to: request, on: proof.flow, &turn) { writer in
            if case .tooBrief(let minimum) = refused { writer.field(.minExpires, Int(minimum)) }
        }
    }

    /// Both From and To have to name the device that the credential belongs to (§10.3 steps 3 and 4; row C07).
    private func checkOwner(_ address: NameAddress, of request: Message, by proof: Authenticated) throws {
        guard let uri = address.uri, let user = uri.user, proof.owns(request.bytes(user)),
            isServed(request.bytes(uri.host), on: proof.flow)
        else { throw RegisterRefused.notYours }
    }

    /// What the Contact fields ask for, checked as a whole before anything changes.
    private func read(_ changes: inout [ContactChange], in request: Message, by proof: Authenticated) throws {
        changes.removeAll(keepingCapacity: true)
        let header = try request.expires()
        if try request.isWildcardContact() {
            // §10.2.2: `*` is only for leaving.
            guard header == 0 else { throw RegisterRefused.malformed }
            for id in bindings.ids(of: proof.device.username) {
                changes.append(ContactChange(contact: ByteRange(0..<0), outbound: .none, known: id, seconds: 0))
            }
            return
        }
        let isOutbound = request.hasOption(.supported, "outbound") || request.hasOption(.require, "outbound")
        var reader = AddressReader(.contact)
        var count = 0
        while let address = try reader.next(in: request) {
            guard let uri = address.uri else { throw RegisterRefused.poisoned }
            try checkContact(uri, request, proof)
            let outbound = OutboundContact(address, in: request, isOutbound: isOutbound)
            // RFC 5626 §6: a REGISTER is about one connection.
            guard outbound.number == nil || !changes.contains(where: { $0.outbound.number != nil }) else {
                throw RegisterRefused.malformed
            }
            let known = binding(of: outbound, uri, request, proof)
            let noticesLoss = outbound.number != nil
            let seconds = try duration(address.expires ?? header, others: count, noticesLoss: noticesLoss)
            if seconds > 0 { count += 1 }
            changes.append(ContactChange(contact: uri.range, outbound: outbound, known: known, seconds: seconds))
        }
    }

    /// How many seconds a contact is bound for; 0 removes it.
    ///
    /// - Parameter others: How many contacts the same request binds before this one.
    /// - Parameter noticesLoss: Whether the phone keeps its connection alive and so notices when it is gone.
    private func duration(_ requested: UInt32?, others: Int, noticesLoss: Bool) throws -> UInt32 {
        switch RegistrationRules.decide(requested: requested, others: others, noticesLoss: noticesLoss) {
        case .bind(let seconds): return seconds
        case .remove: return 0
        case .tooBrief(let minimum): throw RegisterRefused.tooBrief(minimum: minimum)
        case .tooMany: throw RegisterRefused.tooMany
        }
    }

    /// The binding that a contact means: the phone's connection of that number where it names one, or else the same URI.
    private func binding(
        of outbound: OutboundContact,
        _ uri: SIPURI,
        _ request: Message,
        _ proof: Authenticated
    ) -> UInt64? {
        if let instance = outbound.instance, let number = outbound.number {
            let named = bindings.find(
                proof.device.username,
                instance: request.bytes(instance),
                flowNumber: number
            )
            if let named { return named }
        }
        return bindings.find(
            proof.device.username,
            contact: request.bytes(uri.range),
            isNumbered: outbound.number != nil
        )
    }

    /// Row S06: nothing in a Contact may make us send anywhere but back over the flow, or say that we would.
    private func checkContact(_ uri: SIPURI, _ request: Message, _ proof: Authenticated) throws {
        guard uri.scheme == .sip || uri.scheme == .sips, !uri.hasHeaders, !uri.hasMaddr,
            uri.range.count <= SIP.Limits.targetBytes
        else { throw RegisterRefused.poisoned }
        // RFC 5627 §5.1: it would stand for itself.
        guard uri.gr == nil || !isServed(request.bytes(uri.host), on: proof.flow) else { throw RegisterRefused.named }
        // RFC 5630 §5.1.1: it promises encryption, and its only way would be in the clear (row S06).
        guard uri.scheme != .sips || proof.flow.transport.isEncrypted else { throw RegisterRefused.poisoned }
        if let ip = request.address(uri.host), ip.isLoopback || ip.isLinkLocal || ip.isUnspecified {
            let source = proof.flow.remote.ip
            guard ip == source || (ip.isLoopback && source.isLoopback) else { throw RegisterRefused.poisoned }
        }
    }

    /// §10.3 step 7: a request that is older than what we know of the same Call-ID changes nothing.
    private func checkOrder(_ changes: [ContactChange], _ facts: RegisterFacts) throws {
        for change in changes {
            guard let known = change.known else { continue }
            let isOld = bindings.look(at: known) { binding in
                facts.sequence <= binding.sequence && binding.callID.elementsEqual(facts.callID)
            }
            if isOld == true { throw RegisterRefused.outOfOrder }
        }
    }

    private mutating func carryOut(
        _ changes: [ContactChange],
        _ facts: RegisterFacts,
        _ request: Message,
        by proof: Authenticated
    ) {
        for change in changes {
            guard change.seconds > 0 else {
                if let known = change.known { bindings.remove(known) }
                continue
            }
            let id: UInt64
            if let known = change.known {
                id = known
                bindings.refresh(known, proof: proof, seconds: change.seconds, request: facts)
            } else {
                id = bind(change, facts, request, by: proof)
            }
            guard let instance = change.outbound.instance else { continue }
            bindings.name(
                id,
                contact: request.bytes(change.contact),
                instance: request.bytes(instance),
                flowNumber: change.outbound.number
            )
        }
    }

    private mutating func bind(
        _ change: ContactChange,
        _ facts: RegisterFacts,
        _ request: Message,
        by proof: Authenticated
    ) -> UInt64 {
        let contact = request.bytes(change.contact)
        // The same contact twice in one request is one binding.
        let id =
            bindings.find(proof.device.username, contact: contact, isNumbered: change.outbound.number != nil)
            ?? bindings.bind(proof, contact: contact, facts, userAgent: clientName(of: request))
        let seconds = RegistrationRules.spread(change.seconds, entropy.next())
        bindings.refresh(id, proof: proof, seconds: seconds, request: facts)
        if let expires = bindings.look(at: id, { $0.expires }) { deadlines.insert(.binding(id), at: expires) }
        return id
    }

    private func clientName(of request: Message) -> String {
        request.first(.userAgent).map { printable(request, $0) } ?? ""
    }

    private mutating func sendBindings(
        to request: Message,
        isOutbound: Bool,
        by proof: Authenticated,
        _ turn: inout Turn
    ) {
        let current = bindings.ids(of: proof.device.username)
        let bindings = bindings
        let gruus = grantsGRUUs(request)
        let now = turn.now.monotonic
        respond(200, to: request, on: proof.flow, &turn) { writer in
            for id in current {
                bindings.look(at: id) { binding in
                    writer.field(.contact) { value in
                        binding.write(at: now, into: &value)
                        gruus?.write(of: binding, into: &value)
                    }
                }
            }
            if isOutbound { Self.writeOutbound(into: &writer) }
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

/// What a REGISTER asks of one contact.
struct ContactChange: Sendable {
    /// Where its URI stands in the request.
    let contact: ByteRange
    let outbound: OutboundContact
    /// The binding it has.
    let known: UInt64?
    /// 0 removes.
    let seconds: UInt32
}

/// Why a REGISTER changes nothing.
private enum RegisterRefused: Error {
    case malformed, notYours, tooMany, poisoned, outOfOrder
    /// A GRUU instead of an address.
    case named
    /// Shorter than this many seconds.
    case tooBrief(minimum: UInt32)

    var status: Int {
        switch self {
        case .malformed, .poisoned: 400
        case .notYours, .tooMany, .named: 403
        case .tooBrief: 423
        case .outOfOrder: 500
        }
    }
}
