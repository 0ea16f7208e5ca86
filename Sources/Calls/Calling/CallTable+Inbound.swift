// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// Calls that a provider brings (RFC 3261 §13.3). Its connection is its credential, and good for calls to numbers of the business
/// and for nothing else (row C11).
extension CallTable {
    mutating func invite(_ request: Message, from name: TrunkName, on flow: Flow, _ desk: inout Desk) {
        guard let trunk = desk.snapshot.outside.trunks[name]?.trunk else {
            desk.respond(486, to: request, on: flow)
            return
        }
        let numbers = TrunkNumbers(trunk.numbers, desk.snapshot.outside.dialing)
        let called = request.called(numbers, registeredAs: trunk.username)
        let helped = helpCallbacks.caller(over: name, called: called.number, at: desk.now.monotonic)
        guard hasRoom(for: trunk, more: helped == nil ? 0 : Limits.helpCallsPerDevice, &desk) else {
            desk.respond(486, to: request, on: flow)
            return
        }
        guard !desk.refuseSession(of: request, on: flow) else { return }
        guard request.first(.replaces) == nil else {
            desk.respond(DialInRules.refusal(of: .replacement).status, to: request, on: flow)
            return
        }
        let tag = desk.entropy.tag()
        guard let key = ServerKey(request, on: flow),
            let dialog = try? Dialog(asServerFrom: request, localTag: tag)
        else {
            desk.respond(400, to: request, on: flow)
            return
        }
        let serial = nextSerial()
        let transaction = desk.transactions.openInvite(key, on: flow, call: serial, at: desk.now)
        desk.answer(transaction, 100, Desk.response(100, to: request, on: flow, tag: nil))
        let caller = request.outsideCaller(numbers, over: trunk, in: desk.snapshot)
        let diverted = ToldDiversions(request, numbers)
        let (attempt, verdict) = judge(request, called.number, caller, diverted, helped, over: trunk, on: flow, &desk)
        var decision = verdict
        if case .connect = decision, request.hasSpentHops { decision = .refuse(.tooManyHops) }
        var draft = Call.Draft(request: request, transaction: transaction, flow: flow, tag: tag, dialog: dialog)
        if case .connect(let placement, let offer) = decision, placement.isPlain {
            draft.plain = desk.plainNegotiation(towards: offer?.audio?.address ?? flow.remote.ip)
            if draft.plain == nil { decision = .refuse(.noPlainPort) }
            watchPlainLegs(&desk)
        }
        if case .refuse(var refused) = decision {
            // What the business refuses, and why, is nobody's matter outside.
            refused.isToldToCaller = false
            decision = .refuse(refused)
        }
        open(
            serial,
            draft,
            from: caller.party,
            dialled: called.number?.text ?? called.text,
            after: diverted.steps(to: called.number),
            decision,
            &desk
        )
        if case .connect(let planned, _) = decision, let attempt,
            let callback = InboundRules.callback(attempt, in: desk.snapshot)
        {
            return ring(callback, beside: planned, serial, &desk)
        }
        begin(serial, decision, only: nil, &desk)
    }

    /// Rings whoever called for help beside where the call goes, so that those who help get through.
    private mutating func ring(_ callback: Placement, beside planned: Placement, _ serial: UInt64, _ desk: inout Desk) {
        let isRinging = ring(serial, callback, only: nil, &desk)
        // Their own phones ring already, past what is set there.
        if isRinging, planned.target == callback.target { return }
        if let refused = place(serial, planned, only: nil, &desk), !isRinging { refuse(serial, refused, &desk) }
    }

    /// - Parameter more: Lines beyond those of the trunk.
    private func hasRoom(for trunk: Trunk, more: Int, _ desk: inout Desk) -> Bool {
        !desk.transactions.isFull && count < desk.settings.calls + more
            && of(Party.key(of: trunk.name)).count < trunk.calls + more
    }

    /// - Returns: The facts, where there is an offer that can be read, and what is decided by them.
    private func judge(
        _ request: Message,
        _ called: PhoneNumber?,
        _ caller: OutsideCaller,
        _ diverted: ToldDiversions,
        _ helped: ExtensionNumber?,
        over trunk: Trunk,
        on flow: Flow,
        _ desk: inout Desk
    ) -> (InboundAttempt?, Decision) {
        let offer: SessionDescription?
        let (isSecure, now) = (flow.transport.isEncrypted, desk.now.wall)
        let isPlain: Bool
        do throws(Refused) {
            let promise = try request.description()?.promise
            isPlain = TrunkRules.isPlain(trunk, offering: promise, signallingIsSecure: isSecure, at: now)
            offer = try request.offer(for: isPlain ? .plain : .srtp)
        } catch { return (nil, .refuse(error)) }
        var attempt = InboundAttempt(
            trunk: trunk.name,
            called: called,
            caller: caller.number,
            claimsExtension: caller.claimsExtension,
            signallingIsSecure: isSecure,
            isPlain: isPlain,
            media: offer.map(\.promise) ?? .lateOffer,
            isOpen: desk.isOpen
        )
        (attempt.diversions, attempt.divertedBy) = (diverted.times, diverted.senders.compactMap(\.self))
        attempt.helped = helped
        return (attempt, Decision(InboundRules.decide(attempt, in: desk.snapshot, at: now), offer))
    }
}

/// Who calls from outside, as far as the provider says it.
struct OutsideCaller {
    let party: Party
    let number: PhoneNumber?
    /// Whether they gave the number of an extension as theirs (row Z01).
    let claimsExtension: Bool
}

extension Message {
    /// The number that a provider calls: in the Request-URI, or in To where it calls the account that we registered (RFC 3261
    /// §10, as most providers do).
    fileprivate func called(
        _ numbers: TrunkNumbers,
        registeredAs username: String?
    ) -> (number: PhoneNumber?, text: String) {
        let target = (try? SIPURI.parse(self, requestURI)).flatMap { user(of: $0) } ?? ""
        if let number = numbers.read(target) { return (number, target) }
        let addressee = (try? to().uri).flatMap { $0 }.flatMap { user(of: $0) } ?? ""
        return (target == username || target.isEmpty || numbers.read(addressee) != nil)
            ? (numbers.read(addressee), addressee) : (nil, target)
    }

    /// P-Asserted-Identity where the provider gives one (RFC 3325 §9.1), else From.
    fileprivate func outsideCaller(
        _ numbers: TrunkNumbers,
        over trunk: Trunk,
        in snapshot: Snapshot
    ) -> OutsideCaller {
        let asserted = (try? addresses(.pAssertedIdentity))?.first
        let address = asserted ?? (try? from())
        let text = address.flatMap(\.uri).flatMap { user(of: $0) } ?? ""
        let isHidden = hidesCaller
        let number = isHidden ? nil : numbers.read(text)
        let name = address.flatMap(\.displayName).map { CallerName.clean(string($0)) } ?? ""
        return OutsideCaller(
            party: Party(
                .outside(number),
                over: trunk,
                name: isHidden ? "" : name,
                isPrivate: isHidden || (number == nil && name.isEmpty)
            ),
            number: number,
            claimsExtension: ExtensionNumber(parsing: text).map { snapshot.extensions[$0] != nil } ?? false
        )
    }

    private func user(of uri: SIPURI) -> String? {
        if let number = uri.telephoneNumber(in: bytes.span) { return number.context == nil ? number.digits : nil }
        return uri.decodedUser(in: bytes.span)
    }
}
