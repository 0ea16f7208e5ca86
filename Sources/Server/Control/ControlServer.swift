// SPDX-License-Identifier: Apache-2.0

public import Admin
import Glibc
public import Guard
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// The listening end of the control socket; ``ControlRequest`` describes what is spoken.
public struct ControlServer: Service {
    public typealias Handler = @Sendable (_ command: Command, _ actor: Admin.Actor) async throws(Refusal) -> Answer
    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private let listener: NIOAsyncChannel<Connection, Never>
    private let path: String
    private let owner: uid_t
    private let handler: Handler
    private let logger: Logger

    /// Binds the socket, mode 0600. A socket that an earlier process left behind is replaced: the store's lock says
    /// that nobody uses it.
    ///
    /// - Parameters:
    ///   - owner: Whose processes may speak, besides root's; default: the account of this process.
    ///   - handler: Does what a command asks. The actor is the account at the other end, as the kernel names it.
    public init(
        path: String,
        owner: UInt32? = nil,
        logger: Logger,
        handler: @escaping Handler
    ) async throws(Refusal) {
        self.path = path
        self.owner = owner ?? geteuid()
        self.logger = logger
        self.handler = handler
        do {
            listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let idle = TimeAmount(ControlLimits.idle)
                        try channel.pipeline.syncOperations.addHandler(IdleStateHandler(allTimeout: idle))
                        try channel.pipeline.syncOperations.addHandler(CloseWhenIdle())
                        return try Connection(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw .cannotListen(path, "\(error)")
        }
        guard chmod(path, 0o600) == 0 else { throw .cannotWrite(path, errno) }
    }

    /// Serves until the service is told to stop; then every idle connection is closed and the socket is gone.
    public func run() async throws {
        defer { unlink(path) }
        try await listener.executeThenClose { connections in
            await withDiscardingTaskGroup { group in
                let open = ConnectionCount(limit: ControlLimits.connections)
                do {
                    for try await connection in connections.cancelOnGracefulShutdown() {
                        group.addTask { await serve(connection, counted: open) }
                    }
                } catch {
                    logger.warning("the control socket stopped", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    private func serve(_ connection: Connection, counted open: ConnectionCount) async {
        do {
            try await connection.executeThenClose { inbound, outbound in
                guard open.enter() else { return try await outbound.write(.init(refusing: .tooManyConnections)) }
                defer { open.leave() }
                let peer = try await ControlPeer(of: connection.channel)
                guard peer.mayAdminister(as: owner) else {
                    logger.warning("refused a control connection", metadata: ["uid": "\(peer.user)"])
                    return try await outbound.write(.init(refusing: .foreignAccount(peer.name)))
                }
                try await converse(inbound, outbound, as: peer.actor)
            }
        } catch {
            // The client went away; whatever it asked for is done or undone by now.
            logger.debug("a control connection ended", metadata: ["error": "\(error)"])
        }
    }

    private func converse(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        as actor: Admin.Actor
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
                try await outbound.write(ByteBuffer(await respond(to: request, as: actor)))
            }
        }
    }

    private func respond(to request: ControlRequest, as actor: Admin.Actor) async -> ControlResponse {
        let (responses, promise) = AsyncStream<ControlResponse>.makeStream()
        let work = Task {
            do throws(Refusal) {
                promise.yield(ControlResponse(id: request.id, answer: try await handler(request.command, actor)))
            } catch {
                promise.yield(ControlResponse(id: request.id, refusal: error))
            }
        }
        let deadline = Task {
            try await Task.sleep(for: ControlLimits.command)
            promise.yield(ControlResponse(id: request.id, refusal: .tookTooLong))
        }
        defer {
            work.cancel()
            deadline.cancel()
        }
        for await response in responses { return response }
        return ControlResponse(id: request.id, refusal: .tookTooLong)
    }
}

/// How many connections are open.
private final class ConnectionCount: Sendable {
    private let limit: Int
    private let count = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    func enter() -> Bool {
        count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}

private final class CloseWhenIdle: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}

extension ByteBuffer {
    fileprivate init(refusing refusal: Refusal) {
        self.init(ControlResponse(id: 0, refusal: refusal))
    }

    /// One line. An answer beyond the limit becomes a refusal that says so.
    fileprivate init(_ response: ControlResponse) {
        if let bytes = try? ControlCoding.encode(response), bytes.count <= ControlLimits.answer {
            self.init(bytes: bytes)
        } else {
            let refusal = ControlResponse(id: response.id, refusal: .answerTooLong)
            self.init(bytes: (try? ControlCoding.encode(refusal)) ?? [])
        }
    }
}

extension Refusal {
    fileprivate static func cannotListen(_ path: String, _ error: String) -> Self {
        Self(
            problem: "The control socket \(path) cannot be opened.",
            reason: error,
            remedy: "look at the folder: ringfence doctor"
        )
    }

    fileprivate static func foreignAccount(_ user: String) -> Self {
        Self(
            problem: "The account '\(user)' may not run this phone system.",
            reason: "whoever can send commands can enrol phones and read every call record",
            remedy: "run the command as the account that runs 'ringfence serve', or as root"
        )
    }

    fileprivate static let tooManyConnections = Self(
        problem: "The server takes no more commands at the moment.",
        reason: "\(ControlLimits.connections) programs are connected to its control socket",
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
