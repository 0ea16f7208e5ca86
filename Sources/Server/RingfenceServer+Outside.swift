// SPDX-License-Identifier: Apache-2.0

import Admin
import Calls
import Model
import Primitives

extension TrunkCondition {
    init(_ summary: TrunkSummary, calls: Int) {
        self.init(name: summary.name, isUsable: summary.state == .ready, words: summary.state.words)
        server = summary.server.map { "\($0)" }
        registeredUntil = summary.registeredUntil
        failure = summary.lastFailure.map { "\($0.failure)" }
        failedAt = summary.lastFailure?.at
        (tlsVersion, cipher) = (summary.tlsVersion, summary.cipher)
        latency = summary.latency.map { Int($0 / .milliseconds(1)) }
        self.calls = calls
    }
}

extension TrunkSummary.State {
    fileprivate var words: String {
        switch self {
        case .off: "not used"
        case .trying: "connecting"
        case .ready: "ready"
        case .unreachable: "no server answers"
        case .refused: "the provider refuses us"
        }
    }
}
