// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

extension ListenerPolicy {
    /// Grants an exception, or says why not: for one address, with a reason, and for a quarter at most.
    ///
    /// - Parameters:
    ///   - address: `192.0.2.1:5060`, as typed.
    ///   - days: From now, at least 1.
    ///   - open: The exceptions there are; those that have ended do not count.
    public static func grant(
        _ transport: ListenerException.Transport,
        at address: String,
        because reason: String,
        days: Int,
        beside open: [ListenerException],
        at now: WallTime
    ) throws(Refusal) -> ListenerException {
        guard let socket = SocketAddress(parsing: address), socket.port != 0, !socket.ip.isUnspecified,
            !socket.ip.isMulticastOrBroadcast
        else { throw .noSingleAddress }
        guard let reason = DisplayName.parse(reason, limit: Model.Limits.reasonBytes) else { throw .noReason }
        guard (1...Limits.longestExceptionDays).contains(days) else { throw .tooLong }
        let others = open.filter { now < $0.until && ($0.transport != transport || $0.address != socket.description) }
        guard others.count < Limits.listenerExceptions else { throw .tooManyExceptions }
        return ListenerException(
            transport: transport,
            address: socket.description,
            reason: reason,
            until: now + .seconds(days * 86_400)
        )
    }
}

extension Refusal {
    fileprivate static let noSingleAddress = refusal(
        "an exception is for one address and port of this machine, so that nothing else is opened with it",
        "name the address that the old devices use, such as 192.0.2.1:5060"
    )
    fileprivate static let noReason = refusal(
        "an exception without a reason is never closed, because nobody knows who needs it",
        "say which devices need it and who decided, in 1 to 240 characters"
    )
    fileprivate static let tooLong = refusal(
        "an exception lasts 1 to \(Limits.longestExceptionDays) days, so that somebody decides anew every quarter",
        "choose a number of days in that range"
    )
    fileprivate static let tooManyExceptions = refusal(
        "\(Limits.listenerExceptions) are open already, and each shows logins and calls to whoever shares the network",
        "take back one that is no longer needed: ringfence listener list"
    )

    private static func refusal(_ reason: String, _ remedy: String) -> Self {
        Self(
            .signallingEncryption,
            problem: "No listener without encryption is opened.",
            reason: reason,
            remedy: remedy
        )
    }
}
