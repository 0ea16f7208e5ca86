// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control no-defaults")
struct GoLiveTests {
    private let now = WallTime(milliseconds: 1_800_000_000_000)

    private func refusal(_ gate: GoLive, after seconds: Int64 = 0) -> CallRefusal? {
        GoLiveRules.refusal(in: OutsideSettings(goLive: gate), at: now + .seconds(seconds))
    }

    @Test func `nothing is asked of a business from before there was a gate`() { #expect(refusal(.open) == nil) }

    @Test func `no call leaves until all of it is done`() {
        var gate = GoLive.asked(since: now)
        for duty in GoLive.Duty.allCases {
            #expect(refusal(gate)?.control == .noDefaults && refusal(gate)?.status == 403)
            gate = gate.with(GoLive.Word(by: "anna", at: now), for: duty)
        }
        #expect(refusal(gate) == nil)
    }

    @Test func `what may wait may wait until its end, and not longer than a month`() throws {
        let all = GoLive.Duty.allCases.reduce(GoLive.asked(since: now)) {
            $0.with(GoLive.Word(by: "anna", at: now), for: $1)
        }
        let end = now + .seconds(60)
        let word = try #require(GoLive.Word(by: "anna", at: now, waitingUntil: end, reason: "No mail server yet"))
        let waiting = all.with(word, for: .alerts)
        #expect(refusal(waiting, after: 59) == nil && waiting.waiting(at: now) == [.alerts])
        #expect(refusal(waiting, after: 60) != nil && waiting.closedSince(at: end) == end)
        let month = now + .seconds(32 * 86_400)
        #expect(GoLive.Word(by: "anna", at: now, waitingUntil: month, reason: "later") == nil)
        #expect(GoLive.Word(by: "anna", at: now, waitingUntil: end, reason: "") == nil)
    }

    @Test func `that an owner has a second factor is looked up, and not believed`() {
        #expect(
            GoLiveRules.refusal(ofConfirming: .secondFactor, ownersWithCodes: 0, channelsThatReach: 1)?.control
                == .noDefaults
        )
        #expect(GoLiveRules.refusal(ofConfirming: .secondFactor, ownersWithCodes: 1, channelsThatReach: 0) == nil)
        #expect(GoLiveRules.refusal(ofConfirming: .firewall, ownersWithCodes: 0, channelsThatReach: 0) == nil)
        let unheard = GoLiveRules.refusal(ofConfirming: .alerts, ownersWithCodes: 1, channelsThatReach: 0)
        #expect(unheard?.control == .noDefaults)
        #expect(GoLiveRules.refusal(ofConfirming: .alerts, ownersWithCodes: 1, channelsThatReach: 1) == nil)
    }
}
