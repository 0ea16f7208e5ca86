// SPDX-License-Identifier: Apache-2.0

import SIP

/// What is held of messages for others than the calls that stand: the figure by which tests see that nobody piles up more.
extension CallTable {
    /// Counted anew each time: only people and tests ask.
    var keptBytes: Int {
        var bytes = leaving.values.reduce(0) { $0 + $1.keptBytes }
        bytes += earlyCalls.values.reduce(0) { $0 + $1.keptBytes }
        return values.reduce(bytes) { $0 + $1.keptBytes }
    }
}

extension Leaving {
    fileprivate var keptBytes: Int {
        switch self {
        case .said: 0
        case .waiting(let farewell): farewell.dialog.keptBytes
        }
    }
}

extension EarlyCall {
    fileprivate var keptBytes: Int {
        let own = dialog.keptBytes + (pending?.bytes.count ?? 0) + queue.reduce(0) { $0 + $1.body.count }
        return phones.values.reduce(own + (told?.body.count ?? 0)) { $0 + $1.dialog.keptBytes }
    }
}

extension Call {
    fileprivate var keptBytes: Int {
        let asked = incoming.map { $0.request.bytes.count + $0.dialog.keptBytes } ?? 0
        return switch phase {
        case .ringing, .refusing: asked
        case .answering(let answering): asked + (answering.callee.leg?.keptBytes ?? 0)
        case .talking(let conversation):
            asked + (conversation.caller.leg?.keptBytes ?? 0) + (conversation.callee.leg?.keptBytes ?? 0)
                + (conversation.change?.asked.request.bytes.count ?? 0)
        }
    }
}

extension Leg {
    fileprivate var keptBytes: Int { dialog.keptBytes + (unacknowledged?.bytes.count ?? 0) }
}
