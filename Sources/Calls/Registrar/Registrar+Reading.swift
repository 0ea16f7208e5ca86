// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// What a REGISTER asks for, read and judged as a whole before anything changes (RFC 3261 §10.3).
extension Registrar {
    /// Both From and To have to name the device that the credential belongs to (§10.3 steps 3 and 4; row C07).
    func checkOwner(_ address: NameAddress, of request: Message, by proof: Authenticated) throws {
        guard let uri = address.uri, let user = uri.user, proof.owns(request.bytes(user)),
            isServed(request.bytes(uri.host), on: proof.flow)
        else { throw RegisterRefused.notYours }
    }

    /// Whether a REGISTER asks for something that the registrar does not do, or that the way it came does not allow.
    ///
    /// A Path names a host that calls would be sent to; phones are reached over their own connections only, so there is
    /// none to store (RFC 3327 §5.3). A `sips` contact promises encryption on every hop (RFC 5630 §5.1.1), and a phone
    /// behind another hop has no connection of its own that could be kept (RFC 5626 §6).
    func checkWay(of request: Message) throws {
        if request.first(.path) != nil { throw RegisterRefused.path }
        if request.count(.via) > 1, request.hasOption(.supported, "outbound") { throw RegisterRefused.hop }
    }

    /// What the Contact fields ask for, checked as a whole before anything changes.
    func read(_ changes: inout [ContactChange], in request: Message, by proof: Authenticated) throws {
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
        var (count, others) = (0, 0)
        while let address = try reader.next(in: request) {
            // §10.2.1: a number or a mail address beside a phone is not bound, because no call could go there.
            guard let uri = address.uri, uri.scheme != .tel else {
                others += 1
                continue
            }
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
        if changes.isEmpty, others > 0 { throw RegisterRefused.poisoned }
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
    func checkOrder(_ changes: [ContactChange], _ facts: RegisterFacts) throws {
        for change in changes {
            guard let known = change.known else { continue }
            let isOld = bindings.look(at: known) { binding in
                facts.sequence <= binding.sequence && binding.callID.elementsEqual(facts.callID)
            }
            if isOld == true { throw RegisterRefused.outOfOrder }
        }
    }

    /// The connections that a phone leaves with a REGISTER: those of the contacts that it renews or replaces, and of
    /// contacts that it had under the same instance, unless it says that it keeps several.
    func formerFlows(_ changes: [ContactChange], _ request: Message, by proof: Authenticated) -> [FlowID] {
        guard changes.contains(where: { $0.seconds > 0 }) else { return [] }
        let known = bindings.of(proof.device.username).filter { binding in
            changes.contains { change in
                if change.known == binding.id { return true }
                guard let instance = change.outbound.instance, change.outbound.number == nil else { return false }
                return binding.flowNumber == nil && binding.instance?.elementsEqual(request.bytes(instance)) == true
            }
        }
        return known.map(\.flow.id).filter { $0 != proof.flow.id }
    }
}
