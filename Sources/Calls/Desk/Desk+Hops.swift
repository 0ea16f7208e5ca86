// SPDX-License-Identifier: Apache-2.0

import Model
import SIP

/// What the way of a request says about it: circles, how often it may fork, and whether it was encrypted so far.
extension Desk {
    /// - Returns: Whether the request was refused.
    mutating func refuseHops(of request: Message, on flow: Flow) -> Bool {
        guard let status = refusalOfHops(request, on: flow) else { return false }
        let host = settings.hostNames.first ?? snapshot.domain.text
        respond(status, to: request, on: flow) {
            if status == 480 { $0.field(.warning, "380 \(host) \"SIPS Not Allowed\"") }
        }
        return true
    }

    /// - Returns: The status that it is refused with; `nil` where its way is in order.
    func refusalOfHops(_ request: Message, on flow: Flow) -> Int? {
        if request.hasSeveralVias, isLoop(request, on: flow) { return 482 }
        if request.method == .invite, breadth(of: request) == 0 { return 440 }
        return !flow.transport.isEncrypted && request.isForSIPS ? 480 : nil
    }

    /// RFC 5393 §4.2: a request that was here before. What leaves us has a Via of its own, so ours below the first one
    /// means that somebody sent it back.
    private func isLoop(_ request: Message, on flow: Flow) -> Bool {
        guard let vias = try? request.vias() else { return false }
        return vias.dropFirst().contains { isServed(request.bytes($0.host), on: flow) }
    }

    /// How many phones a request may ring at once (RFC 5393 §5.3): what it says, but never more than we would.
    func breadth(of request: Message) -> Int {
        guard let value = request.first(named: "Max-Breadth"), let breadth = Int(request.string(value)), breadth >= 0
        else { return Limits.forks }
        return min(breadth, Limits.forks)
    }
}

extension Message {
    /// Whether another hop stands below the one that sent this.
    fileprivate var hasSeveralVias: Bool {
        if count(.via) > 1 { return true }
        return first(.via).map { bytes($0).contains(UInt8(ascii: ",")) } ?? false
    }

    /// Whether it is for a URI that promises encryption all the way (RFC 5630 §3.1).
    fileprivate var isForSIPS: Bool { (try? SIPURI.parse(self, requestURI))?.scheme == .sips }
}
