// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
public import Primitives
import SIP

/// What is remembered of logins, good and bad (rows C01 and C02).
extension Switchboard {
    /// How many phones are registered from an address, counted as one source: the /64 of an IPv6 address.
    public func phones(at source: IPAddress) -> Int {
        bindings.count { $0.flow.remote.ip.accountable == source.accountable }
    }

    /// A credential was wrong. The same work for every name, or the time would tell which ones exist.
    mutating func noteWrongSecret(
        _ username: String,
        isKnown: Bool,
        _ request: Message,
        on flow: Flow,
        at now: Moment,
        into actions: inout [Action]
    ) {
        counters.failedLogins += 1
        let failure = logins.failed(
            username,
            exists: isKnown,
            from: flow.remote.ip,
            client: client(of: request),
            at: now.monotonic
        )
        switch failure {
        case .ordinary: report(.failedLogin, .intrusionDetection, request, flow, now, subject: username, into: &actions)
        case .stalePhone(let name):
            report(.stalePhone, .intrusionDetection, request, flow, now, subject: name, into: &actions)
        case .spentBudget:
            report(.failedLogin, .intrusionDetection, request, flow, now, subject: username, into: &actions)
            report(.accountGuarded, .intrusionDetection, request, flow, now, subject: username, into: &actions)
        }
        guard flow.transport.isReliable else { return }
        failures[flow.id, default: 0] += 1
        if failures[flow.id, default: 0] >= Limits.failuresPerFlow { actions.append(.close(flow.id)) }
    }

    /// Whether the account may be used from there although its password was right.
    mutating func mayLogIn(_ proof: Authenticated, on flow: Flow, at now: Moment) -> Bool {
        logins.accepts(proof.device.username, from: flow.remote.ip, at: now.monotonic)
    }

    /// A phone was bound: from now on this is one of its homes.
    mutating func rememberHome(of proof: Authenticated, _ request: Message) {
        let device = proof.device
        logins.succeeded(
            device.username,
            as: "'\(device.label)' of extension \(device.number)",
            from: proof.flow.remote.ip,
            client: client(of: request)
        )
    }

    private func client(of request: Message) -> ArraySlice<UInt8> {
        request.first(.userAgent).map { request.bytes($0) } ?? []
    }
}
