// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// Calls that leave over a trunk (RFC 3261 §13.2 as a user agent client; RFC 3263 §4.3 for the choice of another way).
extension CallTable {
    /// Calls whom a placement names outside, over the first server of the first trunk that can take the call and was not tried
    /// for it.
    ///
    /// - Returns: Why it did not; `nil` when it did.
    mutating func dial(_ placement: Placement, of serial: UInt64, _ desk: inout Desk) -> Refused? {
        if placement.isForHelp { return callForHelp(placement, of: serial, &desk) }
        guard let call = self[serial], case .ringing(let ringing) = call.phase else { return .noTrunk }
        if placement.step != nil, let refusal = DiversionRules.refusal(ofLeavingAfter: call.record.path) {
            return Refused(refusal)
        }
        var full: [TrunkName] = []
        var refused: Refused?
        while let way = way(out: placement, ringing, except: full, &desk) {
            switch admit(placement, over: way.trunk, in: serial, &desk) {
            case .allowed(let permit): return send(call, over: way, permit, &desk)
            case .refused(let refusal):
                refused = Refused(refusal)
                // Whatever else is refused is refused whichever trunk it would leave by.
                guard refusal.isOfTrunk else { return refused }
                full.append(way.trunk.name)
            }
        }
        return refused ?? (desk.isShortOfPorts ? .noPlainPort : .noTrunk)
    }

    /// - Returns: Why it did not; `nil` when it did.
    mutating func send(_ call: Call, over way: TrunkWay, _ permit: TrunkPermit, _ desk: inout Desk) -> Refused? {
        let serial = call.serial
        guard case .ringing(let ringing) = call.phase,
            let (branch, request) = branch(over: way, permit, of: call, &desk)
        else {
            settle(permit, &desk)
            return .noTrunk
        }
        updateRinging(serial) { $0.branches.append(branch) }
        enter(serial, branch.party.username)
        if branch.media.protection == .plain { watchPlainLegs(&desk) }
        self[serial]?.record.trunk = way.trunk.name
        if let record = self[serial]?.record { desk.turn.actions.append(.remember(record, nil)) }
        let purpose = InviteClient.Purpose.branch(ringing.branches.count, permit.placement, permit)
        desk.start(branch.key, request, purpose: purpose, call: serial, over: way.flow)
        schedule(serial, at: desk.now.monotonic + Limits.trunkSilence)
        return nil
    }

    /// The best trunk that is up and has room, by a server that did not fail this call before.
    private func way(
        out placement: Placement,
        _ ringing: Call.Ringing,
        except full: [TrunkName],
        _ desk: inout Desk
    ) -> TrunkWay? {
        let tried = ringing.branches.filter { $0.placement === placement && $0.party.trunk != nil }.map(\.flow.id)
        guard tried.count < Limits.trunkTries else { return nil }
        let (settings, isOpen, now) = (desk.snapshot.outside, desk.isOpen, desk.now.wall)
        for access in TrunkChoice.trunks(for: placement, in: settings, isOpen: isOpen, at: now)
        where !full.contains(access.trunk.name) {
            let name = access.trunk.name
            let room = TrunkRules.lines(of: access.trunk, for: placement.target)
            guard of(Party.key(of: name)).count < room,
                let way = desk.trunks.way(over: name, except: tried, at: desk.now)
            else { continue }
            // Our offer has the keys of the audio in it, where there are any.
            guard way.flow.transport.isEncrypted || TrunkRules.isPlain(way.trunk, at: desk.now.wall) else { continue }
            guard desk.hasPort(for: way) else { continue }
            return way
        }
        return nil
    }

    /// The INVITE for a provider. Nothing of the caller's is copied into it but the media formats.
    private mutating func branch(
        over way: TrunkWay,
        _ permit: TrunkPermit,
        of call: Call,
        _ desk: inout Desk
    ) -> (Branch, Message)? {
        let placement = permit.placement
        let numbers = TrunkNumbers(way.trunk.numbers, desk.snapshot.outside.dialing)
        guard let outside = placement.outside, let target = numbers.written(placement.target),
            var media = desk.negotiation(over: way, forHelp: placement.isForHelp)
        else { return nil }
        let key = BranchKey(using: desk.entropy)
        let audio = call.audio
        let body = media.offer(
            settledFormats(call.serial) ?? audio?.formats ?? AudioFormat.usual,
            packetTime: audio?.packetTime,
            direction: audio?.direction ?? .sendReceive,
            using: &desk.entropy
        )
        var writer = MessageWriter()
        let address = "sip:\(target)@\(way.host);user=phone"
        writer.request(.invite, uri: address.utf8)
        desk.writeVia(key, over: way.flow, into: &writer)
        let hops = call.incoming.flatMap { try? $0.request.maxForwards() } ?? 70
        writer.field(.maxForwards, max(1, hops - 1))
        for route in way.serviceRoute { writer.field(.route, route) }
        let shown = outside.shownNumber.map { numbers.written($0) }
        // Those who help must be able to call back.
        let isPrivate = (call.caller.isPrivate || outside.isWithheld) && !placement.isForHelp
        desk.writeCaller(shown, isPrivate: isPrivate, over: way, into: &writer)
        if placement.step != nil, way.trunk.forwardField != .nothing {
            let steps = call.steps(to: placement)
            desk.writeForwards(
                DiversionRules.told(steps, in: desk.snapshot.outside),
                to: address,
                over: way,
                into: &writer
            )
        }
        writer.field(.to, "<\(address)>")
        writer.field(.callID, desk.entropy.token())
        writer.field(.cseq, "1 INVITE")
        writer.field(.contact, way.contact)
        writer.field(.allow, Desk.allowed)
        writer.field(.supported, "\(Desk.supported), 100rel")
        writer.field(.sessionExpires, Int(SessionRules.bounds.upperBound))
        let location = desk.location(for: placement, over: way, shown: shown, of: call)
        if let location {
            location.finish(&writer, token: desk.entropy.token(), description: body)
        } else {
            writer.finish(contentType: "application/sdp", body: body)
        }
        guard let request = try? Message(parsing: writer.bytes.span) else { return nil }
        let party = Party(placement.target, over: way.trunk, name: target)
        let branch = Branch(
            key: key,
            placement: placement,
            permit: permit,
            party: party,
            flow: way.flow,
            media: media,
            hasLocation: location != nil
        )
        return (branch, request)
    }

    // MARK: Challenges

    /// A provider asks who we are: the INVITE goes out once more, with the answer, in the same call and dialog to be
    /// (RFC 3261 §22.2, §8.1.3.5).
    ///
    /// - Returns: Whether it did.
    mutating func answerChallenge(
        _ response: Message,
        _ index: Int,
        of client: InviteClient,
        _ desk: inout Desk
    ) -> Bool {
        guard case .ringing(let ringing)? = self[client.call]?.phase, ringing.branches[index].status == nil,
            ringing.branches[index].party.trunk != nil,
            let field = desk.trunks.credentials(
                for: response,
                to: client.request,
                over: client.flow,
                at: desk.now
            ),
            let (key, request) = repeated(client, with: field, &desk)
        else { return false }
        updateRinging(client.call) {
            $0.branches[index].key = key
        }
        desk.start(key, request, purpose: client.purpose, call: client.call, over: client.flow)
        schedule(client.call, at: desk.now.monotonic + Limits.trunkSilence)
        return true
    }

    func repeated(
        _ client: InviteClient,
        with field: (name: HeaderName, value: String),
        _ desk: inout Desk
    ) -> (BranchKey, Message)? {
        let (key, request) = (BranchKey(using: desk.entropy), client.request)
        guard let sequence = try? request.cseq().number else { return nil }
        var writer = MessageWriter()
        writer.request(.invite, uri: request.bytes(request.requestURI))
        desk.writeVia(key, over: client.flow, into: &writer)
        for name in [HeaderName.maxForwards, .route, .from, .to, .callID] { writer.copy(name, from: request) }
        writer.field(.cseq, "\(sequence + 1) INVITE")
        for name in [
            HeaderName.contact, .allow, .supported, .sessionExpires, .pAssertedIdentity, .privacy, .diversion,
            .historyInfo,
        ] { writer.copy(name, from: request) }
        if let preferred = request.first(named: "P-Preferred-Identity") {
            writer.field(named: "P-Preferred-Identity", request.bytes(preferred))
        }
        // A proxy and the server behind it may both ask.
        let other: HeaderName = field.name == .authorization ? .proxyAuthorization : .authorization
        writer.copy(other, from: request)
        writer.field(field.name, field.value)
        let hasLocation = CallLocation.copyFields(of: request, into: &writer)
        writer.finish(
            contentType: hasLocation ? CallLocation.contentType : "application/sdp",
            body: Array(request.bytes(request.body))
        )
        return (try? Message(parsing: writer.bytes.span)).map { (key, $0) }
    }

    // MARK: When a trunk fails

    /// A trunk did not take a call: another one does, where the trouble was the trunk's and not the number's. What a provider
    /// refuses, whatever for, is not tried elsewhere: it may be refused for fraud.
    ///
    /// - Returns: Whether another one was tried.
    mutating func overflow(_ status: Int, _ index: Int, of serial: UInt64, _ desk: inout Desk) -> Bool {
        guard case .ringing(let ringing)? = self[serial]?.phase, ringing.branches[index].party.trunk != nil else {
            return false
        }
        let branch = ringing.branches[index]
        // What is said of a call for help, which a provider may not take at all, shuts no server for others.
        if !branch.placement.isForHelp { desk.trunks.answered(status, on: branch.flow.id, at: desk.now) }
        if branch.hasLocation, CallLocation.mayBeRefused(by: status), let trunk = branch.party.trunk {
            updateRinging(serial) { $0.withoutLocation.insert(trunk) }
        }
        guard
            TrunkRules.overflows(status, hasRung: ringing.isAnnounced, isForHelp: branch.placement.isForHelp)
        else { return false }
        guard let refused = dial(branch.placement, of: serial, &desk) else { return true }
        // The next trunk is dearer than may be, or has no money left: that is why the call ends.
        if refused.control != nil { updateRinging(serial) { $0.refusedTry = refused } }
        return false
    }

    /// Gives up trunks that have not said a word in time.
    mutating func leaveSilentTrunks(_ serial: UInt64, _ ringing: Call.Ringing, _ desk: inout Desk) {
        for (index, branch) in ringing.branches.enumerated() where branch.party.trunk != nil && branch.status == nil {
            guard let since = desk.transactions.silence(of: branch.key) else { continue }
            let end = since + Limits.trunkSilence
            guard end <= desk.now.monotonic else {
                schedule(serial, at: end)
                continue
            }
            desk.cancel(branch.key)
            desk.trunks.answered(nil, on: branch.flow.id, at: desk.now)
            branchFailed(408, index, of: serial, &desk)
        }
    }
}

extension TrunkNumbers {
    /// `nil` for whom no trunk leads to.
    fileprivate func written(_ target: Participant) -> String? {
        switch target {
        case .outside(let number): number.map { written($0) }
        case .emergency(let number): number.text
        case .extension, .group, .service, .system: nil
        }
    }
}

extension Desk {
    /// Who calls, as the provider is told: a number of the business, never what a phone or somebody outside wrote (RFC 3325
    /// §9.1). Who wants to stay unknown (RFC 3323 §4.1) is told to a provider that keeps it to itself, and to no other (RFC 3325
    /// §7).
    func writeCaller(
        _ shown: String?,
        isPrivate: Bool,
        over way: TrunkWay,
        into writer: inout MessageWriter
    ) {
        let address = "sip:\(shown ?? way.trunk.username ?? "anonymous")@\(way.host)"
        let from = isPrivate ? "\"Anonymous\" <sip:anonymous@anonymous.invalid>" : "<\(address)>"
        writer.field(.from, "\(from);tag=\(entropy.tag())")
        if isPrivate {
            writer.field(.privacy, "id")
            guard way.trunk.keepsWithheld else { return }
        }
        switch way.trunk.callerField {
        case .asserted: writer.field(.pAssertedIdentity, "<\(address)>")
        case .preferred: writer.field(named: "P-Preferred-Identity", "<\(address)>".utf8)
        case .from: break
        }
    }
}
