// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// How we are called at a provider, and the requests that say so.
struct TrunkIdentity: Sendable {
    /// `sip:user@provider.example`, the name that is registered (RFC 3261 §10.2).
    let record: String
    /// `sip:provider.example`.
    let registrar: String
    private let user: String
    /// Whether one contact stands for all numbers (RFC 6140).
    private let isForAllNumbers: Bool

    init(_ trunk: Trunk) {
        isForAllNumbers = trunk.registersNumbers
        user = Self.escaped(trunk.username ?? trunk.name.text)
        registrar = "sip:\(trunk.domain.text)"
        record = "sip:\(user)@\(trunk.domain.text)"
    }

    /// Where the provider finds us, as the value of a Contact: always over the connection that it came on.
    func contact(over flow: Flow, _ settings: SwitchboardSettings) -> String {
        "<sip:\(user)@\(place(of: flow, settings))>"
    }

    /// What is registered: the same, or for all numbers at once a contact without user (RFC 6140 §5.2, `bnc`), before which the
    /// provider writes the number that is called.
    private func registered(over flow: Flow, _ settings: SwitchboardSettings) -> String {
        isForAllNumbers ? "<sip:\(place(of: flow, settings));bnc>" : contact(over: flow, settings)
    }

    private func place(of flow: Flow, _ settings: SwitchboardSettings) -> String {
        let (host, port) = (settings.written(settings.firstHost), settings.port(on: flow))
        return "\(host):\(port);transport=\(flow.transport.uriName)"
    }

    /// Whether a contact in the answer to a REGISTER is ours.
    func isOurs(_ uri: SIPURI, in message: Message) -> Bool {
        guard let user = uri.user else { return isForAllNumbers && uri.param(named: "bnc", in: message) != nil }
        return !isForAllNumbers && message.string(user) == self.user
    }

    /// As the user of a URI (RFC 3261 §25.1 `unreserved`): all else as an escape.
    private static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "+"), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                Hex.append(byte, to: &bytes)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// - Parameter credentials: The name and the value of an Authorization.
    func register(
        _ registration: TrunkRegistration,
        seconds: UInt32,
        credentials: TrunkCredentials?,
        key: BranchKey,
        over flow: Flow,
        _ settings: SwitchboardSettings
    ) -> [UInt8] {
        var writer = MessageWriter()
        writer.request(.register, uri: registrar.utf8)
        settings.writeVia(key, over: flow, into: &writer)
        writer.field(.maxForwards, 70)
        writer.field(.from, "<\(record)>;tag=\(registration.tag)")
        writer.field(.to, "<\(record)>")
        writer.field(.callID, registration.callID)
        writer.field(.cseq, "\(registration.cseq) REGISTER")
        writer.field(.contact, registered(over: flow, settings))
        writer.field(.expires, Int(seconds))
        writer.field(.supported, "path")
        if isForAllNumbers {
            // RFC 6140 §5.1: whoever does not know it must not take the contact for that of one number.
            writer.field(.require, "gin")
            writer.field(named: "Proxy-Require", "gin".utf8)
        }
        if let credentials { writer.field(credentials.name, credentials.value) }
        writer.finish()
        return writer.bytes
    }

    /// Asks whether the provider is there (RFC 3261 §11).
    func options(key: BranchKey, over flow: Flow, _ settings: SwitchboardSettings, using entropy: Entropy) -> [UInt8] {
        var writer = MessageWriter()
        writer.request(.options, uri: registrar.utf8)
        settings.writeVia(key, over: flow, into: &writer)
        writer.field(.maxForwards, 70)
        writer.field(.from, "<\(record)>;tag=\(entropy.tag())")
        writer.field(.to, "<\(registrar)>")
        writer.field(.callID, entropy.token())
        writer.field(.cseq, "1 OPTIONS")
        writer.field(.contact, contact(over: flow, settings))
        writer.field(.accept, "application/sdp")
        writer.finish()
        return writer.bytes
    }
}

/// An Authorization or Proxy-Authorization.
struct TrunkCredentials: Sendable {
    let name: HeaderName
    let value: String
    let nonce: String
}
