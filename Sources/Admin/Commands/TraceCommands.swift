// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Notes for a while, in memory, what phones, providers and the server say to each other. Secrets are covered before.
public struct StartTrace: Command {
    public static let name = "trace.start"
    public static let rights: [Right] = [.traceSignalling]

    /// When it ends, as typed: `30m`, `2h`; a day at most.
    public let until: String
    /// `127.0.0.1:9060`, as typed.
    public let collector: String?

    public init(until: String, collector: String? = nil) { (self.until, self.collector) = (until, collector) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(until: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> TraceReport {
        let now = administrator.now()
        let end = try administrator.end(until)
        guard end - now <= Limits.longestTrace else { throw .tooLongTrace(until) }
        let order = TraceOrder(since: now, until: end, collector: try collector.map(Self.place))
        let entry = caller.draft(Self.name, "signalling", JournalDetail.of(nil, became: order))
        try administrator.writing { try $0.append(entry, at: now) }
        guard let report = await administrator.engine.startTrace(order) else { throw .nobodySignals() }
        administrator.tell(entry, "What is signalled is noted until \(end), by \(caller.name)")
        return report
    }

    /// HEP is not encrypted, so it does not leave for the world.
    private static func place(_ text: String) throws(Refusal) -> SocketAddress {
        guard let address = SocketAddress(parsing: text), address.port > 0 else { throw .noCollector(text) }
        guard case .inside = DeliveryReach.obstacle(to: address.ip, allowingPrivate: false) else {
            throw .collectorOutside(text)
        }
        return address
    }
}

/// Notes no more. What was noted is forgotten.
public struct StopTrace: Command {
    public static let name = "trace.stop"
    public static let rights: [Right] = [.traceSignalling]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> TraceReport {
        guard let report = await administrator.engine.stopTrace() else { throw .noTrace() }
        let entry = caller.draft(Self.name, "signalling", JournalDetail.of(report.order, became: nil))
        try administrator.writing { try $0.append(entry, at: administrator.now()) }
        administrator.tell(entry, "What is signalled is noted no more, by \(caller.name)")
        return report
    }
}

/// What was noted, of one call or of all.
public struct ShowTrace: Command {
    public static let name = "trace.show"
    public static let rights: [Right] = [.traceSignalling]

    /// The id of a record, or a Call-ID; `nil` for everything.
    public let call: String?
    /// The newest so many.
    public let limit: Int

    public init(call: String? = nil, limit: Int = Limits.tracedMessages) { (self.call, self.limit) = (call, limit) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(limit: 0) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> TraceReport {
        let wanted = min(max(limit, 0), Limits.tracedMessages)
        guard let report = await administrator.engine.trace(of: call, limit: wanted) else { throw .noTrace() }
        guard let first = report.messages.first else { return report }
        // Whoever reads who called whom leaves a trace of that.
        let subject = call == nil ? "all" : first.call ?? first.callID
        let entry = caller.draft(Self.name, String(subject.prefix(Limits.tracedName)), "{}")
        try administrator.writing { try $0.append(entry, at: administrator.now()) }
        return report
    }
}

extension Refusal {
    fileprivate static func tooLongTrace(_ text: String) -> Self {
        Self(
            problem: "Signalling cannot be noted until \(quoted(text)).",
            reason: "who called whom is noted for a day at most",
            remedy: "say when it ends: ringfence trace start --until 2h"
        )
    }

    fileprivate static func noCollector(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is not where a collector listens.",
            reason: "it takes an address and a port",
            remedy: "write it like this: ringfence trace start --until 2h --hep 127.0.0.1:9060"
        )
    }

    fileprivate static func collectorOutside(_ text: String) -> Self {
        Self(
            problem: "Nothing is sent to \(quoted(text)).",
            reason: "packets of HEP are not encrypted, so they go to this machine and to private networks only",
            remedy: "let the collector listen there, or reach it by a VPN"
        )
    }

    fileprivate static func nobodySignals() -> Self {
        Self(
            problem: "Nothing is noted of what is signalled.",
            reason: "the server is not running",
            remedy: "start it: ringfence serve"
        )
    }

    fileprivate static func noTrace() -> Self {
        Self(
            problem: "Nothing was noted of what is signalled.",
            reason: "nobody asked for it, or it was a day ago, or the server was started since",
            remedy: "start it, then make the call: ringfence trace start --until 30m"
        )
    }
}
