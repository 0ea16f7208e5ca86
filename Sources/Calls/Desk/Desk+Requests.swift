// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// What is asked of every request: who it is from, and whether we know what it needs.
extension Desk {
    /// What a phone may ask for.
    static let allowed = methods(but: nil)
    /// What we say that we can do, in INVITEs and their answers.
    static let supported = "timer, replaces, norefersub"

    /// The types of bodies that we take in calls.
    static let accepted = "application/sdp"

    /// The only door to an ``Authenticated``. Sends the challenge itself when there is no proof yet.
    mutating func authenticate(_ request: Message, on flow: Flow) -> Authenticated? {
        switch registrar.authenticate(request, on: flow, isForHelp: isHelpThatLeaves(request, on: flow), &turn) {
        case .proven(let proof): return proof
        case .challenge(let challenge, let doubt):
            counters.challenges += 1
            respond(401, to: request, on: flow) { challenge.write(into: &$0) }
            registrar.note(doubt, request, on: flow, &turn)
        case .unreadable(let error): respond(error.status, to: request, on: flow)
        }
        return nil
    }

    /// §8.2.2.3: an extension that somebody requires and we do not know is refused by name.
    mutating func refuseExtensions(_ request: Message, on flow: Flow) -> Bool {
        let required = Self.unknownExtensions(of: request)
        guard !required.isEmpty else { return false }
        respond(420, to: request, on: flow) {
            $0.field(.unsupported, required.joined(separator: ", "))
        }
        return true
    }

    static func unknownExtensions(of request: Message) -> [String] {
        guard request.count(.require) > 0 else { return [] }
        return request.options(.require).filter { !isKnown($0, for: request.method) }
    }

    private static func isKnown(_ option: String, for method: Method?) -> Bool {
        switch option.lowercased() {
        case "timer": method == .invite || method == .update
        case "outbound", "gruu": method == .register
        case "100rel", "replaces": method == .invite
        case "norefersub": method == .refer
        default: false
        }
    }

    private static func methods(but refused: Method?) -> String {
        let methods: [Method] = [
            .invite, .ack, .cancel, .bye, .options, .register, .update, .prack, .refer, .subscribe, .notify, .message,
        ]
        return methods.filter { $0 != refused }.map(\.text).joined(separator: ", ")
    }

    /// §21.4.6: what may be asked for in its place does not name what was asked for, wherever else it is good.
    mutating func refuseMethod(of request: Message, on flow: Flow) {
        respond(405, to: request, on: flow) {
            $0.field(.allow, Self.methods(but: request.method))
            Self.writeContents(into: &$0)
        }
    }

    /// §11.2.
    func writeCapabilities(_ writer: inout MessageWriter) {
        writer.field(.allow, Self.allowed)
        writer.field(.supported, "\(Self.supported), 100rel, outbound, gruu")
        Self.writeContents(into: &writer)
    }

    private static func writeContents(into writer: inout MessageWriter) {
        writer.field(.accept, Self.accepted)
        writer.field(.allowEvents, EventPackage.all)
    }
}
