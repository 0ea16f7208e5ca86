// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// SIP over one link: cuts what arrives into messages.
actor Conversation {
    enum Heard: Sendable {
        case message(HeardMessage, at: MonotonicTime)
        case closed
        case silence
    }

    nonisolated let local: SocketAddress
    private let link: Link
    private let clock: @Sendable () -> MonotonicTime
    private var buffered: [UInt8] = []
    private var arrivedAt: MonotonicTime
    private(set) var isClosed = false

    init(_ link: Link, clock: @escaping @Sendable () -> MonotonicTime) {
        (self.link, self.clock, local) = (link, clock, link.local)
        arrivedAt = clock()
    }

    @discardableResult
    func say(_ bytes: [UInt8]) async throws(WireError) -> MonotonicTime {
        try await link.send(bytes)
    }

    /// The next message, within the time given.
    func next(within patience: Duration) async -> Heard {
        let deadline = clock() + patience
        while true {
            if let length = HeardMessage.length(of: buffered) {
                let message = HeardMessage(Array(buffered[..<length]))
                buffered.removeFirst(length)
                return .message(message, at: arrivedAt)
            }
            let left = deadline - clock()
            guard !isClosed, left > .zero, buffered.count < Limits.heard else { return isClosed ? .closed : .silence }
            await listen(left)
        }
    }

    private func listen(_ patience: Duration) async {
        switch await link.receive(patience) {
        case .bytes(let bytes, let moment): (buffered, arrivedAt) = (buffered + bytes, moment)
        case .closed: isClosed = true
        case .silence: break
        }
    }

    /// Whatever arrives within the time given, framed or not; stops early when the other side closes.
    func everything(within patience: Duration) async -> (bytes: [UInt8], isClosed: Bool) {
        let deadline = clock() + patience
        while !isClosed, buffered.count < Limits.heard {
            let left = deadline - clock()
            guard left > .zero else { break }
            await listen(left)
        }
        defer { buffered = [] }
        return (buffered, isClosed)
    }

    /// Sends a request and waits for its final answer. Provisional answers and everything else are passed over.
    ///
    /// - Returns: `nil` when nothing comes in time or the other side closes.
    func ask(_ request: RequestDraft, within patience: Duration = Limits.reply) async throws(WireError) -> HeardMessage?
    {
        try await say(request.bytes)
        let deadline = clock() + patience
        while case .message(let message, _) = await next(within: deadline - clock()) {
            if message.isFinalAnswer(to: request) { return message }
        }
        return nil
    }

    func close() async {
        isClosed = true
        await link.close()
    }
}

extension HeardMessage {
    func isAnswer(to request: RequestDraft) -> Bool {
        status != nil && value("call-id") == request.ids.callID
            && value("cseq") == "\(request.sequence) \(request.method)"
    }

    func isFinalAnswer(to request: RequestDraft) -> Bool { isAnswer(to: request) && (status ?? 0) >= 200 }
}

extension Wire {
    /// Makes sure that the target is there, for attacks that expect silence: silence of nobody proves nothing.
    func expectAlive(_ target: Target) async throws(WireError) {
        try await converse(Endpoint(.tls, port: target.tlsPort)).close()
    }

    /// Says one request over a link of its own, as a stranger: what comes back first; `nil` for nothing.
    func probe(_ method: String, _ endpoint: Endpoint, _ target: Target) async -> [UInt8]? {
        guard let link = try? await connect(endpoint) else { return nil }
        let draft = RequestDraft.probe(
            method,
            name: "100",
            domain: target.domain.text,
            transport: endpoint.kind.name,
            using: entropy
        )
        _ = try? await link.send(draft.bytes)
        let arrival = await link.receive(Limits.silence)
        await link.close()
        if case .bytes(let bytes, _) = arrival { return bytes }
        return nil
    }

    /// Opens a conversation. A target that has had enough of strangers for now is asked again a little later.
    func converse(_ endpoint: Endpoint) async throws(WireError) -> Conversation {
        var last = WireError(.refused, "refused")
        for attempt in 0...Limits.backOffs {
            do {
                return Conversation(try await connect(endpoint), clock: clock)
            } catch {
                last = error
            }
            if attempt < Limits.backOffs { await pause(Limits.backOff) }
        }
        throw last
    }
}

extension Endpoint.Kind {
    /// As it stands in Via.
    var name: String {
        switch self {
        case .tls: "TLS"
        case .tcp: "TCP"
        case .udp: "UDP"
        }
    }
}

/// A stranger who calls again when nobody answers, so that a full bucket is not taken for an answer.
actor Line {
    private let wire: Wire
    private let endpoint: Endpoint
    private var conversation: Conversation?

    init(_ wire: Wire, _ endpoint: Endpoint) {
        (self.wire, self.endpoint) = (wire, endpoint)
    }

    /// The final answer to a request, however long the target makes strangers wait.
    func ask(_ request: RequestDraft) async throws(WireError) -> HeardMessage {
        for _ in 0...Limits.backOffs {
            let conversation = try await open()
            if let answer = try? await conversation.ask(request) { return answer }
            await hangUp()
            await wire.pause(Limits.backOff)
        }
        throw WireError(.timedOut, "no answer to \(request.method)")
    }

    /// What comes after an answer and should not.
    func more(within patience: Duration) async -> HeardMessage? {
        guard let conversation, case .message(let message, _) = await conversation.next(within: patience) else {
            return nil
        }
        return message
    }

    func open() async throws(WireError) -> Conversation {
        if let conversation, await !conversation.isClosed { return conversation }
        let conversation = try await wire.converse(endpoint)
        self.conversation = conversation
        return conversation
    }

    func hangUp() async {
        await conversation?.close()
        conversation = nil
    }
}
