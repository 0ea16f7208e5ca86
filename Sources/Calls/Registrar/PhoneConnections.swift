// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// The connections of phones, from their first valid credential to their end, and wrong secrets of everybody's.
struct PhoneConnections: Sendable {
    private var phones: [FlowID: PhoneFlow] = [:]
    /// The same by user name, the oldest first.
    private var flows: [String: [FlowID]] = [:]
    /// Wrong secrets per connection; an entry goes with its connection.
    private var failures: [FlowID: Int] = [:]

    subscript(flow: FlowID) -> PhoneFlow? { phones[flow] }

    func of(_ username: String) -> [FlowID] { flows[username] ?? [] }

    /// The connections of all logins that are meant.
    func all(where isMeant: (String) -> Bool) -> Set<FlowID> {
        Set(flows.filter { isMeant($0.key) }.flatMap(\.value))
    }

    /// Takes note of a valid credential.
    ///
    /// - Returns: Whether it is the first of that login over this connection.
    mutating func add(_ username: String, on flow: FlowID) -> Bool {
        guard phones[flow, default: PhoneFlow()].add(username) else { return false }
        flows[username, default: []].append(flow)
        return true
    }

    /// The phone asks for `sips` URIs (RFC 5630).
    mutating func asksForSIPS(_ flow: FlowID) { phones[flow]?.isForSIPS = true }

    /// The phone knows us by this name.
    mutating func calls(us host: String, on flow: FlowID) { phones[flow]?.host = host }

    /// Counts a message with odd fields.
    ///
    /// - Returns: Whether the connection may go on; a stranger's may not.
    mutating func mayBeOdd(_ flow: FlowID, at now: MonotonicTime) -> Bool {
        phones[flow]?.mayBeOdd(at: now) == true
    }

    /// - Returns: How many wrong secrets came over this connection since the last right one.
    mutating func countFailure(on flow: FlowID) -> Int {
        failures[flow, default: 0] += 1
        return failures[flow, default: 0]
    }

    mutating func forgetFailures(on flow: FlowID) { failures[flow] = nil }

    /// The connection is gone.
    ///
    /// - Returns: The user names that logged in over it; `nil` for a stranger's.
    mutating func remove(_ flow: FlowID) -> [String]? {
        failures[flow] = nil
        guard let phone = phones.removeValue(forKey: flow) else { return nil }
        for username in phone.usernames {
            flows[username]?.removeAll { $0 == flow }
            if flows[username]?.isEmpty == true { flows[username] = nil }
        }
        return phone.usernames
    }
}
