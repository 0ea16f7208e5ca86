// SPDX-License-Identifier: Apache-2.0

import SIP
import TestKit

/// A call flow of RFC 3665 as php-sip wrote it down, without what proxies add: what Alice's and Bob's phones do, in order.
struct RecordedFlow {
    enum Step: Equatable, CustomStringConvertible {
        /// Alice calls, with or without an offer.
        case call(offer: String)
        /// Bob's phone answers.
        case answer(Int)
        case acknowledge
        /// Bob changes the call.
        case change
        case cancel
        case hangUp(byCaller: Bool)

        var description: String {
            switch self {
            case .call(let offer): offer.isEmpty ? "call" : "call+offer"
            case .answer(let status): "\(status)"
            case .acknowledge: "ack"
            case .change: "change"
            case .cancel: "cancel"
            case .hangUp(let byCaller): byCaller ? "bye>" : "<bye"
            }
        }
    }

    private(set) var steps: [Step] = []
    private var seen: Set<String> = []

    static func messages(_ name: String) throws -> [Message] {
        let path = Corpus.files("php-sip/tests/fixtures/misc/rfc3665", withSuffix: ".yaml").first {
            $0.contains("/\(name)_")
        }
        guard let path else { return [] }
        return try Corpus.messages(ofYAML: path).map { try Message(parsing: $0.span) }
    }

    init(steps: [Step]) { self.steps = steps }

    init(_ name: String) throws {
        for message in try Self.messages(name) { try read(message) }
    }

    private mutating func read(_ message: Message) throws {
        let isAlice = message.string(try message.from().uriRange).contains("alice@")
        let cseq = try message.cseq()
        if let status = message.status {
            // What proxies say is not what Bob's phone says; 487 follows a CANCEL by itself.
            guard cseq.method == .invite, isAlice, ![100, 302, 401, 407, 487, 503].contains(status) else { return }
            add(.answer(status), once: "\(status)")
            return
        }
        let isInDialog = try message.to().tag != nil
        switch message.method {
        case .invite where !isInDialog: add(.call(offer: message.string(message.body)), once: "call")
        case .invite: add(.change, once: "change")
        case .ack where seen.contains("200") && isAlice: add(.acknowledge, once: "ack")
        case .cancel: add(.cancel, once: "cancel")
        case .bye: add(.hangUp(byCaller: isAlice), once: "bye")
        default: break
        }
    }

    /// Each step is taken once, however many hops repeat it.
    private mutating func add(_ step: Step, once key: String) {
        if seen.insert(key).inserted { steps.append(step) }
    }
}
