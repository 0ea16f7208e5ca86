// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// A call of the system itself that tries the way to help over one trunk, by a number that answers in its place and sends nobody. It
/// has no caller: who answers is hung up on at once. No budget pays for it, so it has a record as every call does.
struct HelpTrial: Sendable {
    let trunk: TrunkName
    let number: DigitString
    let flow: Flow
    var media: Negotiation
    var key: BranchKey
    var record: CallRecord
    let giveUp: MonotonicTime
    /// The last provisional status above 100.
    var rang: Int?
    /// What came of it; `nil` while it goes on.
    var result: (passed: Bool, words: String)?
}

extension CallTable {
    /// Begins to try the way to help over a trunk.
    ///
    /// - Parameter permit: Made at this moment, so that a country that was set since is heard.
    /// - Returns: What to ask for the outcome by; `nil` when no call can go over the trunk, or too many are tried.
    mutating func tryHelp(over name: TrunkName, _ permit: HelpTestPermit, _ desk: inout Desk) -> UInt64? {
        // What came of one is kept until its tester has asked.
        helpTrials = helpTrials.filter {
            $0.value.result == nil || desk.now.monotonic < $0.value.giveUp + Limits.helpTrialKept
        }
        guard helpTrials.values.count(where: { $0.result == nil }) < Limits.helpTrials,
            let way = desk.trunks.way(over: name, at: desk.now),
            way.flow.transport.isEncrypted || TrunkRules.isPlain(way.trunk, at: desk.now.wall),
            var media = desk.negotiation(over: way)
        else { return nil }
        let (key, serial) = (BranchKey(using: desk.entropy), nextSerial())
        let body = media.offer(AudioFormat.usual, packetTime: 20, direction: .sendReceive, using: &desk.entropy)
        let address = "sip:\(permit.number)@\(way.host);user=phone"
        var writer = MessageWriter()
        writer.request(.invite, uri: address.utf8)
        desk.writeVia(key, over: way.flow, into: &writer)
        writer.field(.maxForwards, 70)
        for route in way.serviceRoute { writer.field(.route, route) }
        let numbers = TrunkNumbers(way.trunk.numbers, desk.snapshot.outside.dialing)
        let outside = desk.snapshot.outside
        let shown = (outside.emergency.usual.callback ?? outside.callerNumbers.usual).flatMap {
            outside.numbers[$0] == nil ? nil : numbers.written($0)
        }
        desk.writeCaller(shown, isPrivate: false, over: way, into: &writer)
        writer.field(.to, "<\(address)>")
        writer.field(.callID, desk.entropy.token())
        writer.field(.cseq, "1 INVITE")
        writer.field(.contact, way.contact)
        writer.field(.allow, Desk.allowed)
        writer.field(.supported, Desk.supported)
        writer.finish(contentType: "application/sdp", body: body)
        guard let request = try? Message(parsing: writer.bytes.span) else { return nil }
        let giveUp = desk.now.monotonic + Limits.helpTrial
        let record = CallRecord(
            id: desk.entropy.token(),
            startedAt: desk.now.wall,
            caller: .system,
            callerDevice: nil,
            dialled: permit.number.text,
            callee: .outside(nil),
            reason: "the way to help is tried",
            trunk: name
        )
        desk.turn.actions.append(.remember(record, nil))
        helpTrials[serial] = HelpTrial(
            trunk: name,
            number: permit.number,
            flow: way.flow,
            media: media,
            key: key,
            record: record,
            giveUp: giveUp
        )
        if media.protection == .plain { watchPlainLegs(&desk) }
        desk.start(key, request, purpose: .helpTrial, call: serial, over: way.flow)
        schedule(helpTrial: serial, at: giveUp)
        return serial
    }

    /// - Returns: What came of it, which is forgotten with that; `nil` while it goes on, and for one that is not known.
    mutating func takeHelpTrial(_ serial: UInt64) -> (passed: Bool, words: String)? {
        guard let result = helpTrials[serial]?.result else { return nil }
        helpTrials[serial] = nil
        return result
    }

    func isTryingHelp(_ serial: UInt64) -> Bool { helpTrials[serial] != nil }

    mutating func helpTrialAnswered(
        _ response: Message,
        _ status: Int,
        of client: InviteClient,
        _ key: BranchKey,
        _ desk: inout Desk
    ) {
        guard let trial = helpTrials[client.call], trial.result == nil else {
            // It was given up: who answers all the same is hung up on.
            if 200..<300 ~= status { _ = hangUpTrial(response, of: client, key, &desk) }
            return
        }
        switch status {
        case ...100: break
        case ..<200: helpTrials[client.call]?.rang = status
        case ..<300:
            let audio = Self.audio(agreedBy: response, to: trial)
            let isClear = hangUpTrial(response, of: client, key, &desk)
            let words = "answered with \(status), \(audio.map(Self.words) ?? "no audio that fits")"
            let outcome = CallOutcome.answered
            helpTrials[client.call]?.record.calleeProtection = LegProtection(client.flow, audio)
            conclude(client.call, audio != nil && isClear, outcome, status, words, &desk)
        case 401 where repeatTrial(response, of: client, &desk), 407 where repeatTrial(response, of: client, &desk):
            break
        default:
            let words = "the provider said \(status) \(StatusPhrase.of(status))"
            conclude(client.call, false, .failed, status, words, &desk)
        }
    }

    /// How the audio of an answer is protected; `nil` where none fits the offer. A function of its own: within the one that asks,
    /// swiftc 6.3.1 ends in its optimizer.
    @inline(never)
    private static func audio(agreedBy response: Message, to trial: HelpTrial) -> String? {
        var media = trial.media
        guard media.accept(response.answer) else { return nil }
        return media.audioProtection
    }

    private static func words(_ protection: String) -> String {
        protection == LegProtection.readableAudio ? "audio in the clear" : "audio \(protection)"
    }

    private mutating func repeatTrial(_ response: Message, of client: InviteClient, _ desk: inout Desk) -> Bool {
        guard
            let field = desk.trunks.credentials(for: response, to: client.request, over: client.flow, at: desk.now),
            let (key, request) = repeated(client, with: field, &desk)
        else { return false }
        helpTrials[client.call]?.key = key
        desk.start(key, request, purpose: client.purpose, call: client.call, over: client.flow)
        return true
    }

    /// ACK, and BYE at once.
    ///
    /// - Returns: Whether the answer said where to.
    private mutating func hangUpTrial(
        _ response: Message,
        of client: InviteClient,
        _ key: BranchKey,
        _ desk: inout Desk
    ) -> Bool {
        let tag = (try? response.to().tag).flatMap { $0.map { Array(response.bytes($0)) } } ?? []
        if let known = client.acknowledged, known.tag == tag {
            desk.turn.actions.append(.send(known.bytes, client.flow.id))
            return true
        }
        let clear = try? Dialog(asClientFrom: response, request: client.request)
        guard client.answers < Limits.answersPerInvite,
            var dialog = clear ?? Dialog(unclear: response, to: client.request)
        else { return false }
        desk.transactions.countAnswer(key)
        let acknowledgement = desk.acknowledge(&dialog, cseq: client.sequence, over: client.flow)
        desk.turn.actions.append(.send(acknowledgement, client.flow.id))
        if client.acknowledged == nil { desk.transactions.acknowledged(key, tag, by: acknowledgement) }
        sayBye(&dialog, over: client.flow, &desk)
        return clear != nil
    }

    /// No answer comes any more.
    mutating func helpTrialFailed(_ serial: UInt64, _ desk: inout Desk) {
        conclude(serial, false, .failed, nil, "the provider is silent", &desk)
    }

    /// It has had its time.
    mutating func wakeHelpTrial(_ serial: UInt64, _ desk: inout Desk) {
        guard let trial = helpTrials[serial], trial.result == nil, trial.giveUp <= desk.now.monotonic else { return }
        desk.cancel(trial.key)
        let words = trial.rang.map { "it rang (\($0)) and nobody answered" } ?? "the provider is silent"
        conclude(serial, false, trial.rang == nil ? .failed : .noAnswer, nil, words, &desk)
    }

    private mutating func conclude(
        _ serial: UInt64,
        _ passed: Bool,
        _ outcome: CallOutcome,
        _ status: Int?,
        _ words: String,
        _ desk: inout Desk
    ) {
        guard var trial = helpTrials[serial], trial.result == nil else { return }
        trial.result = (passed, words)
        trial.record.outcome = outcome
        trial.record.status = status
        trial.record.endedAt = desk.now.wall
        if outcome == .answered { trial.record.answeredAt = desk.now.wall }
        trial.record.reason = "the way to help was tried: \(words)"
        helpTrials[serial] = trial
        desk.turn.actions.append(.remember(trial.record, nil))
    }
}
