// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// What calls and watchers ask of everything around them: transactions, the registrar, and answers that take both. It
/// knows no call and no subscription, so what is asked of it never comes back.
struct Desk: Sendable {
    let settings: SwitchboardSettings
    var snapshot: Snapshot
    var entropy: Entropy
    var transactions: TransactionTable
    var registrar: Registrar
    var trunks: TrunkTable
    /// Where the audio of legs without encryption comes to.
    var plainPorts: PlainPortPool
    /// For audio whose keys are agreed on over the media path; `nil` before the first call.
    var identity: (madeAt: WallTime, value: DTLSIdentity)?
    /// How numbers outside are read under these settings.
    var dialPlan: DialPlan
    /// The money and the patterns of calls that leave; `nil` while there is no trunk, because it is large.
    var gate: PaidCallGate?
    /// Whether the business is open by its hours and holidays. Somebody with a calendar says so.
    var isOpenByHours = true
    /// The same, with what somebody switched: where calls go.
    var isOpen: Bool { snapshot.outside.routing.isOpen(by: isOpenByHours) }
    /// Whether the limits of the day hold.
    var isDay: Bool { snapshot.outside.routing.isDay(by: isOpenByHours) }
    /// What each phone may still ask of the others.
    var accounts = AccountGate()
    var counters = SwitchboardFigures()
    /// What the input at hand sets off.
    var turn = Turn(at: Moment(monotonic: MonotonicTime(nanoseconds: 0), wall: WallTime(milliseconds: 0)))

    var now: Moment { turn.now }

    init(settings: SwitchboardSettings, snapshot: Snapshot, entropy: Entropy, logins: [PhoneLogin]) {
        (self.settings, self.snapshot, self.entropy) = (settings, snapshot, entropy)
        transactions = TransactionTable(settings: settings)
        registrar = Registrar(settings: settings, snapshot: snapshot, entropy: entropy, logins: logins)
        trunks = TrunkTable(settings: settings, entropy: entropy)
        plainPorts = PlainPortPool(settings.plainMedia)
        dialPlan = DialPlan(snapshot.outside.dialing)
    }

    // MARK: Whom a URI means

    func isServed(_ host: ArraySlice<UInt8>, on flow: Flow) -> Bool { registrar.isServed(host, on: flow) }
    func address(of dialog: Dialog, over flow: Flow) -> [UInt8]? { registrar.address(of: dialog, over: flow) }
    func contact(over flow: Flow) -> String { registrar.contact(over: flow) }
    func writeContact(over flow: Flow, into writer: inout MessageWriter) {
        writer.field(.contact, registrar.contact(over: flow))
    }

    // MARK: Requests of ours, and answers to INVITEs

    mutating func start(
        _ key: BranchKey,
        _ request: Message,
        purpose: InviteClient.Purpose,
        call: UInt64,
        over flow: Flow
    ) {
        transactions.start(key, request, purpose: purpose, call: call, over: flow, &turn)
    }

    /// Sends a request other than INVITE.
    mutating func start(
        _ key: BranchKey,
        _ method: Method,
        _ bytes: [UInt8],
        purpose: RequestClient.Purpose,
        over flow: Flow
    ) {
        transactions.start(key, method, bytes, purpose: purpose, over: flow, &turn)
    }

    mutating func answer(_ id: UInt64, _ status: Int, _ bytes: [UInt8]) {
        transactions.answer(id, Answer(status: status, bytes: bytes), &turn)
    }

    /// Takes an INVITE of ours back.
    mutating func cancel(_ key: BranchKey, because reason: StaticString? = nil) {
        transactions.cancel(key, because: reason, &turn)
    }

    /// Our own Via.
    func writeVia(_ key: BranchKey, over flow: Flow, into writer: inout MessageWriter) {
        settings.writeVia(key, over: flow, into: &writer)
    }

    /// A request inside a dialog, complete.
    mutating func request(
        _ method: Method,
        in dialog: inout Dialog,
        over flow: Flow,
        because reason: Reason? = nil
    ) -> (BranchKey, [UInt8]) {
        let key = BranchKey(using: entropy)
        var writer = MessageWriter()
        dialog.writeRequest(method, cseq: nil, at: address(of: dialog, over: flow), into: &writer)
        writeVia(key, over: flow, into: &writer)
        if let reason { writer.field(.reason, reason.text) }
        writer.finish()
        return (key, writer.bytes)
    }

    /// The ACK of a 2xx: a request of its own, with a branch of its own (§13.2.2.4).
    mutating func acknowledge(_ dialog: inout Dialog, cseq: UInt32, over flow: Flow, body: [UInt8] = []) -> [UInt8] {
        var writer = MessageWriter()
        dialog.writeRequest(.ack, cseq: cseq, at: address(of: dialog, over: flow), into: &writer)
        writeVia(BranchKey(using: entropy), over: flow, into: &writer)
        if body.isEmpty { writer.finish() } else { writer.finish(contentType: "application/sdp", body: body) }
        return writer.bytes
    }

    /// Whether a phone does not begin more calls than people do (row D15). If it does, it is told so, and somebody who looks
    /// after the system is.
    mutating func mayCall(_ device: Device, _ request: Message, on flow: Flow, forHelp: Bool) -> Bool {
        if accounts.admits(forHelp ? .help : .call, of: device.id, at: turn.now.monotonic) { return true }
        turn.report(.accountLimit, request, flow, subject: EventSubject(device))
        respond(503, to: request, on: flow) { $0.field(.retryAfter, 10) }
        return false
    }
}
