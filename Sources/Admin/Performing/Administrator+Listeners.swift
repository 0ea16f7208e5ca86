// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Store

extension Administrator {
    func perform(_ command: ListenerCommand, by actor: Actor) async throws(Refusal) -> Answer {
        switch command {
        case .list: .listeners(await listListeners())
        case .except(let request): .listenerExcepted(try await except(request, by: actor))
        case .withdraw(let transport, let address):
            .listenerWithdrawn(try await withdraw(transport, address, by: actor))
        }
    }

    private func listListeners() async -> [ListenerReport] {
        let open = await engine.listeners()
        let exceptions = store.snapshot.exceptions
        let closed = exceptions.map(Listener.init).filter { !open.contains($0) }
        return (open + closed).map { listener in
            ListenerReport(
                listener: listener,
                isOpen: open.contains(listener),
                exception: exceptions.first { Listener($0) == listener }
            )
        }
    }

    private func except(_ request: ExceptionRequest, by actor: Actor) async throws(Refusal) -> ListenerException {
        let exceptions = store.snapshot.exceptions
        let new = try ListenerPolicy.grant(
            request.transport,
            at: request.address,
            because: request.reason,
            days: request.days,
            beside: exceptions,
            at: now()
        )
        let old = exceptions.first { $0.transport == new.transport && $0.address == new.address }
        try await change(
            [.withdraw(new.transport, address: new.address), .except(new)],
            [draft("listener.except", new.address, JournalDetail.of(old, became: new), actor)],
            notice: "SIP over \(new.transport.rawValue.uppercased()) on \(new.address) opened without encryption until "
                + "\(new.until) by \(actor.name)"
        )
        return new
    }

    private func withdraw(
        _ transport: ListenerException.Transport,
        _ typed: String,
        by actor: Actor
    ) async throws(Refusal) -> ListenerException {
        let address = SocketAddress(parsing: typed)?.description ?? typed
        let exceptions = store.snapshot.exceptions
        guard let old = exceptions.first(where: { $0.transport == transport && $0.address == address }) else {
            throw .noException(typed)
        }
        try await change(
            [.withdraw(transport, address: address)],
            [draft("listener.withdraw", address, JournalDetail.of(old, became: nil), actor)],
            notice: "SIP over \(transport.rawValue.uppercased()) on \(address) closed by \(actor.name)"
        )
        return old
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
