// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Every listener, and by whose leave it is open where it is not encrypted.
public struct ListListeners: Command {
    public static let name = "listener.list"
    public static let rights: [Right] = [.seeListeners]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [ListenerReport] {
        let open = await administrator.engine.live(.listeners).listeners
        let exceptions = administrator.store.snapshot.exceptions
        let closed = exceptions.map(Listener.init).filter { !open.contains($0) }
        return (open + closed).map { listener in
            ListenerReport(
                listener: listener,
                isOpen: open.contains(listener),
                exception: exceptions.first { Listener($0) == listener }
            )
        }
    }
}

/// Opens a listener without encryption for a while. An exception for the same address is replaced.
public struct ExceptListener: Command {
    public static let name = "listener.except"
    public static let rights: [Right] = [.openListeners]

    public let transport: ListenerException.Transport
    /// `192.0.2.1:5060`, as typed.
    public let address: String
    /// Which devices need it and who decided.
    public let reason: String
    public let days: Int

    public init(transport: ListenerException.Transport, address: String, reason: String, days: Int) {
        (self.transport, self.address, self.reason, self.days) = (transport, address, reason, days)
    }

    public static func harmless(_: ExtensionNumber) -> Self {
        Self(transport: .udp, address: "-", reason: "-", days: 0)
    }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ListenerException {
        let exceptions = administrator.store.snapshot.exceptions
        let new = try ListenerPolicy.grant(
            transport,
            at: address,
            because: reason,
            days: days,
            beside: exceptions,
            at: administrator.now()
        )
        let old = exceptions.first { $0.transport == new.transport && $0.address == new.address }
        try await administrator.change(
            [.withdraw(new.transport, address: new.address), .except(new)],
            [caller.draft("listener.except", new.address, JournalDetail.of(old, became: new))],
            notice: "SIP over \(new.transport.rawValue.uppercased()) on \(new.address) opened without encryption until "
                + "\(new.until) by \(caller.name)"
        )
        return new
    }
}

/// Closes a listener without encryption before its time.
public struct WithdrawListener: Command {
    public static let name = "listener.withdraw"
    public static let rights: [Right] = [.closeListeners]

    public let transport: ListenerException.Transport
    /// As typed.
    public let address: String

    public init(_ transport: ListenerException.Transport, address: String) {
        (self.transport, self.address) = (transport, address)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(.udp, address: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ListenerException {
        let address = SocketAddress(parsing: address)?.description ?? address
        let exceptions = administrator.store.snapshot.exceptions
        guard let old = exceptions.first(where: { $0.transport == transport && $0.address == address }) else {
            throw .noException(self.address)
        }
        try await administrator.change(
            [.withdraw(transport, address: address)],
            [caller.draft("listener.withdraw", address, JournalDetail.of(old, became: nil))],
            notice: "SIP over \(transport.rawValue.uppercased()) on \(address) closed by \(caller.name)"
        )
        return old
    }
}

extension Administrator {
    /// Takes exceptions that have ended out of the settings, with a line of the journal for each. Their listeners are closed before,
    /// whether this can be written or not.
    public nonisolated var withdrawal: Job {
        Job("exception.withdraw", .every(seconds: Limits.exceptionReview)) { [self] _ in try await withdrawEnded() }
    }

    private func withdrawEnded() async throws(Refusal) {
        let time = now()
        for exception in store.snapshot.exceptions where exception.until <= time {
            let (transport, address) = (exception.transport, exception.address)
            let draft = JournalDraft(
                actor: JournalDraft.system,
                action: WithdrawListener.name,
                subject: address,
                detail: JournalDetail.of(exception, became: nil)
            )
            let name = "SIP over \(transport.rawValue.uppercased()) on \(address)"
            let notice = "\(name) is closed: the exception for it ended, \(exception.until)"
            try await change([.withdraw(transport, address: address)], [draft], notice: notice)
        }
    }
}

extension Listener {
    /// What an exception lets open.
    fileprivate init(_ exception: ListenerException) {
        switch exception.transport {
        case .udp: self.init(purpose: .sipUDP, address: exception.address)
        case .tcp: self.init(purpose: .sipTCP, address: exception.address)
        }
    }
}
