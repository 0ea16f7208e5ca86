// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// Which phone a contact belongs to and which of its connections it is, by what the phone itself says (RFC 5626 §4.1).
struct OutboundContact: Sendable {
    /// What stands between the quotes of `+sip.instance`.
    let instance: ByteRange?
    /// `reg-id`. Only with an instance: alone it names nothing (§6).
    let number: UInt32?

    static let none = OutboundContact()

    private init() { (instance, number) = (nil, nil) }

    /// - Parameter isOutbound: Whether the phone says that it knows RFC 5626; without it, `reg-id` means nothing (§6).
    init(_ address: NameAddress, in request: Message, isOutbound: Bool) {
        guard let value = address.parameter(named: "+sip.instance", in: request),
            1...Limits.instanceBytes ~= value.count
        else {
            (instance, number) = (nil, nil)
            return
        }
        instance = value
        let digits = isOutbound ? address.parameter(named: "reg-id", in: request) : nil
        number = digits.flatMap { UInt32(request.string($0)) }.flatMap { 1...UInt32(Int32.max) ~= $0 ? $0 : nil }
    }
}

extension Switchboard {
    /// Whether a REGISTER asks for something that the registrar does not do, or that the way it came does not allow.
    ///
    /// A Path names a host that calls would be sent to; phones are reached over their own connections only, so there is
    /// none to store (RFC 3327 §5.3). A `sips` contact promises encryption on every hop (RFC 5630 §5.1.1), and a phone
    /// behind another hop has no connection of its own that could be kept (RFC 5626 §6).
    ///
    /// - Returns: Whether it was refused.
    mutating func refuseWay(of request: Message, by proof: Authenticated, _ turn: inout Turn) -> Bool {
        if request.first(.path) != nil {
            respond(420, to: request, on: proof.flow, &turn) { $0.field(.unsupported, "path") }
            return true
        }
        if request.count(.via) > 1, request.hasOption(.supported, "outbound") {
            respond(439, to: request, on: proof.flow, &turn)
            return true
        }
        return false
    }

    /// Whether a phone that is not registered may be now. If not, it is told when to come back.
    mutating func mayReturn(_ request: Message, by proof: Authenticated, _ turn: inout Turn) -> Bool {
        guard bindings.countOf(proof.device.username) == 0 else { return true }
        let isKnown = knownPhones[proof.device.username] != nil
        if registrationGate.admits(isKnown: isKnown, at: turn.now.monotonic) { return true }
        let seconds = RegistrationRules.retryAfter(entropy.next())
        shedding.note(until: turn.now.wall + .seconds(seconds), at: turn.now.wall)
        respond(503, to: request, on: proof.flow, &turn) { $0.field(.retryAfter, seconds) }
        return false
    }

    /// Whether a datagram only keeps the way through a NAT open. A phone that is registered over it is told under which
    /// address we see it (RFC 5626 §8); anybody else hears nothing, because the answer is longer than the question.
    func keepsAlive(_ datagram: Span<UInt8>, _ flow: Flow, _ turn: inout Turn) -> Bool {
        guard !flow.transport.isReliable, let keepAlive = KeepAlive(datagram) else { return false }
        if case .binding(let transaction) = keepAlive, bindings.isBound(flow.id) {
            turn.actions.append(.send(transaction.success(seenAt: flow.remote), flow.id))
        }
        return true
    }

    /// The part of a 200 to REGISTER that says flows are kept (RFC 5626 §6), and how often to prove them alive (§5.4).
    static func writeOutbound(into writer: inout MessageWriter) {
        writer.field(.require, "outbound")
        writer.field(named: "Flow-Timer", "\(Limits.flowTimer)".utf8)
    }
}
