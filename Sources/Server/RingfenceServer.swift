// SPDX-License-Identifier: Apache-2.0

import Calls
public import Guard
public import Logging
import Media
public import Model
import NIOCore
import NIOPosix
public import Primitives

/// The running phone system: one signalling loop, one media loop, one writer of records.
///
/// What is asked of it from outside hops to the signalling loop, does its work there and hops back. Nothing on the way of
/// a message or a packet does.
public final class RingfenceServer: Sendable {
    /// Where phones reach it, with the port that the system chose when the configuration said 0.
    public let sipTLS: Primitives.SocketAddress
    private let group: MultiThreadedEventLoopGroup
    private let signalling: NIOLoopBound<Signalling>
    private let media: MediaLoop
    private let records: RecordWriter
    private let logger: Logger
    init() { fatalError() }
}
