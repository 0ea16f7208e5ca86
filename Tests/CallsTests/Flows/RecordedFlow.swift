// SPDX-License-Identifier: Apache-2.0

import SIP
import TestKit

/// A call flow that others wrote down, without what proxies add: what the caller's and the callee's phones do, in order.
struct RecordedFlow {
    enum Step: Equatable, CustomStringConvertible {
        /// With or without an offer.
        case call(offer: String)
        /// The callee's phone answers, with a description where one is printed.
        case answer(Int, hasDescription: Bool)
        case acknowledge
        /// The callee changes the call.
        case change
        case cancel
        case hangUp(byCaller: Bool)

        var description: String {
            switch self {
            case .call(let offer): offer.isEmpty ? "call" : "call+offer"
            case .answer(let status, let hasDescription):
                status < 200 && hasDescription ? "\(status)+answer" : "\(status)"
            case .acknowledge: "ack"
            case .change: "change"
            case .cancel: "cancel"
            case .hangUp(let byCaller): byCaller ? "bye>" : "<bye"
            }
        }
    }

    private(set) var steps: [Step] = []
    private var seen: Set<String> = []

    /// Those of RFC 3665 as php-sip wrote them down.
    static func messages(_ name: String) throws -> [Message] {
        let path = Corpus.files("php-sip/tests/fixtures/misc/rfc3665", withSuffix: ".yaml").first {
            $0.contains("/\(name)_")
        }
        guard let path else { return [] }
        return try Corpus.messages(ofYAML: path).map { try Message(parsing: $0.span) }
    }

    init(steps: [Step]) { self.steps = steps }

    init(_ name: String) throws {
        for message in try Self.messages(name) {
            read(message, isCaller: message.string(try message.from().uriRange).contains("alice@"))
        }
    }

    /// Some of the messages that an RFC prints one after the other. Who sends the first one of a call is its caller.
    init(_ rfc: String, _ numbers: ClosedRange<Int>) throws {
        var caller: [UInt8]?
        for number in numbers {
            let digits = String(repeating: "0", count: 3 - "\(number)".count) + "\(number)"
            let bytes = try Corpus.example("\(rfc)_\(digits)")
            let message = try Message(parsing: bytes.span)
            // What is misprinted is printed once more for the next hop.
            guard let tag = try? message.from().tag else { continue }
            let sender = Array(message.bytes(tag))
            caller = caller ?? sender
            read(message, isCaller: caller == sender)
        }
    }

    private mutating func read(_ message: Message, isCaller: Bool) {
        guard let cseq = try? message.cseq() else { return }
        if let status = message.status {
            // What proxies say is not what the callee's phone says; 487 follows a CANCEL by itself.
            guard cseq.method == .invite, isCaller, ![100, 302, 401, 407, 487, 503].contains(status) else { return }
            add(.answer(status, hasDescription: !message.body.isEmpty), once: "\(status)")
            return
        }
        let isInDialog = (try? message.to().tag) != nil
        switch message.method {
        case .invite where !isInDialog: add(.call(offer: message.string(message.body)), once: "call")
        case .invite: add(.change, once: "change")
        case .ack where seen.contains("200") && isCaller: add(.acknowledge, once: "ack")
        case .cancel: add(.cancel, once: "cancel")
        case .bye: add(.hangUp(byCaller: isCaller), once: "bye")
        default: break
        }
    }

    /// Each step is taken once, however many hops repeat it.
    private mutating func add(_ step: Step, once key: String) {
        if seen.insert(key).inserted { steps.append(step) }
    }
}
