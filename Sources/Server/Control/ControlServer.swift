// SPDX-License-Identifier: Apache-2.0

public import Admin
public import Guard
public import Logging
public import Model
import NIOCore
public import ServiceLifecycle

/// Does what is asked over the control socket.
public protocol ControlHandler: Sendable {
    /// - Parameters:
    ///   - identity: Who is at the other end.
    ///   - narrowed: The role that they asked to act in.
    func perform<Asked: Command>(
        _ command: Asked,
        for identity: Identity,
        as narrowed: Role?
    ) async throws(Refusal) -> Asked.Reply
    /// Hears of somebody who is not let in, and says what they are told.
    func turnAway(_ identity: Identity) async -> Refusal
}

extension Administrator: ControlHandler {}

/// The listening end of the control socket; ``ControlRequest`` describes what is spoken.
public struct ControlServer: Service {
    /// Gives what it accepts as plain channels: a wrapped one that nobody takes any more, because the listener ends meanwhile,
    /// stops the process.
    typealias Listener = NIOAsyncChannel<any Channel, Never>

    private let path: String
    private let listener: Listener
    private let door: ControlDoor
    private let handler: any ControlHandler
    private let logger: Logger

    /// Binds the socket. One that an earlier process left behind is replaced: the store's lock says that nobody uses it.
    ///
    /// - Parameter door: Says who may connect, and sets the socket's mode.
    public init(
        path: String,
        door: ControlDoor,
        handler: any ControlHandler,
        logger: Logger
    ) async throws(Refusal) {
        (self.path, self.door, self.handler, self.logger) = (path, door, handler, logger)
        listener = try await door.listen(at: path)
    }

    /// Serves until the service is told to stop; then every idle connection is closed and the socket is gone. Commands that are
    /// carried out have ``ControlLimits/farewell`` to be answered: nobody keeps the server from stopping.
    ///
    /// A socket that somebody removes meanwhile is made again.
    public func run() async throws {
        defer { door.unbind() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await serveAll() }
            group.addTask {
                try? await gracefulShutdown()
                try? await Task.sleep(for: ControlLimits.farewell)
            }
            _ = await group.next()
            group.cancelAll()
        }
    }

    /// Connections of a socket that is gone go on beside those of the next one.
    private func serveAll() async {
        await withTaskGroup(of: Void.self) { group in
            var present = listener
            group.addTask { [present] in await serve(present) }
            while let next = await successor(of: present) {
                group.addTask { await serve(next) }
                present = next
            }
        }
    }

    /// The socket in the place of one that cannot be reached any more; `nil` when the server is to stop.
    ///
    /// The former one is closed first, for whatever has its name then goes with it.
    private func successor(of listener: Listener) async -> Listener? {
        var trouble: Refusal?
        while true {
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: ControlLimits.look) }
            } catch {
                return nil
            }
            guard !listener.channel.isActive || !door.isInPlace else { continue }
            try? await listener.channel.close()
            do throws(Refusal) {
                let next = try await door.listen(at: path)
                logger.warning("the control socket was gone, and was made again", metadata: ["path": "\(path)"])
                return next
            } catch {
                if trouble != error { logger.error("the control socket is gone, and cannot be made again: \(error)") }
                trouble = error
            }
        }
    }

    private func serve(_ listener: Listener) async {
        do {
            try await listener.executeThenClose { connections in await serveAll(connections) }
        } catch {
            // Closed already: somebody had removed its file.
            logger.debug("a control socket ended", metadata: ["error": "\(error)"])
        }
    }

    private func serveAll(_ connections: NIOAsyncChannelInboundStream<any Channel>) async {
        await withTaskGroup(of: Void.self) { group in
            var served = 0
            do {
                for try await connection in connections.cancelOnGracefulShutdown() {
                    if served == ControlLimits.served { _ = await group.next() } else { served += 1 }
                    group.addTask { await serve(connection) }
                }
            } catch {
                logger.warning("the control socket stopped", metadata: ["error": "\(error)"])
            }
        }
    }

    private func serve(_ connection: any Channel) async {
        do {
            try await ControlDoor.opened(connection).executeThenClose { inbound, outbound in
                let account = try await ControlPeer.account(of: connection)
                switch door.enter(account, hangUp: { try? await connection.close() }) {
                case .stranger: try await outbound.write(.init(refusing: await handler.turnAway(.account(account))))
                case .crowded: try await outbound.write(.init(refusing: .tooManyConnections))
                case .letIn(let ticket):
                    defer { door.leave(ticket) }
                    try await converse(inbound, outbound, with: account, ticket)
                }
            }
        } catch {
            // The client went away; whatever it asked for is done or undone by now.
            logger.debug("a control connection ended", metadata: ["error": "\(error)"])
        }
    }

    private func converse(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        with account: LocalAccount,
        _ ticket: UInt64
    ) async throws {
        var lines = LineBuffer(limit: ControlLimits.request)
        for try await chunk in inbound.cancelOnGracefulShutdown() {
            lines.append(chunk.readableBytesView)
            while true {
                let line: [UInt8]?
                do { line = try lines.next() } catch {
                    return try await outbound.write(.init(refusing: .requestTooLong))
                }
                guard let line else { break }
                guard let request = try? ControlCoding.decode(ControlRequest.self, from: line) else {
                    return try await outbound.write(.init(refusing: .notARequest))
                }
                let response = await ControlDoor.$asking.withValue(ticket) { await respond(to: request, of: account) }
                try await outbound.write(response)
                guard !door.isLeaving(ticket) else { return }
            }
        }
    }

    private func respond(to request: ControlRequest, of account: LocalAccount) async -> ByteBuffer {
        let (responses, promise) = AsyncStream<ByteBuffer>.makeStream()
        let work = Task {
            do throws(Refusal) {
                let command = try request.command.get()
                promise.yield(await answer(to: command, request.id, for: account, as: request.role))
            } catch {
                promise.yield(ByteBuffer(refusing: error, request.id))
            }
        }
        let deadline = Task {
            try await Task.sleep(for: ControlLimits.command)
            promise.yield(ByteBuffer(refusing: .tookTooLong, request.id))
        }
        defer {
            work.cancel()
            deadline.cancel()
        }
        for await response in responses { return response }
        return ByteBuffer(refusing: .tookTooLong, request.id)
    }

    private func answer(
        to command: some Command,
        _ id: Int64,
        for account: LocalAccount,
        as role: Role?
    ) async -> ByteBuffer {
        do throws(Refusal) {
            let reply = try await handler.perform(command, for: .account(account), as: role)
            return ByteBuffer(ControlResponse(id: id, answer: reply))
        } catch {
            return ByteBuffer(refusing: error, id)
        }
    }
}

extension ByteBuffer {
    /// - Parameter id: The request's; 0 where it could not be read.
    fileprivate init(refusing refusal: Refusal, _ id: Int64 = 0) {
        self.init(bytes: (try? ControlCoding.encode(ControlResponse<Bool>(id: id, refusal: refusal))) ?? [])
    }

    /// One line. An answer beyond the limit becomes a refusal that says so.
    fileprivate init(_ response: ControlResponse<some Encodable>) {
        if let bytes = try? ControlCoding.encode(response), bytes.count <= ControlLimits.answer {
            self.init(bytes: bytes)
        } else {
            self.init(refusing: .answerTooLong, response.id)
        }
    }
}

extension Refusal {
    fileprivate static let tooManyConnections = Self(
        problem: "The server takes no more commands at the moment.",
        reason: "\(ControlLimits.connections) programs may be connected to its control socket, and "
            + "\(ControlLimits.connectionsPerOperator) of one operator",
        remedy: "end one of them, and try again"
    )

    fileprivate static let requestTooLong = Self(
        problem: "The command was not read.",
        reason: "it is longer than \(ControlLimits.request) bytes",
        remedy: "send one command per line"
    )

    fileprivate static let notARequest = Self(
        problem: "The command was not understood.",
        reason: "the line is not a request of this version of Ringfence",
        remedy: "use the program that belongs to the server: ringfence --version"
    )

    fileprivate static let tookTooLong = Self(
        problem: "The command did not finish.",
        reason: "it took longer than \(ControlLimits.command.components.seconds) seconds",
        remedy: "see what the server is busy with: ringfence doctor"
    )

    fileprivate static let answerTooLong = Self(
        problem: "The answer is too long.",
        reason: "it has more than \(ControlLimits.answer) bytes",
        remedy: "ask for fewer with --limit"
    )
}
