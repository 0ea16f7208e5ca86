// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What phones do beside calling, each thing with two different real ones. What a phone of the laboratory cannot do:
///
/// - the baresip of Debian 12: write a MESSAGE, acknowledge provisional answers, refresh a session, transfer with Replaces;
/// - linphone: ask for a mailbox, name a flow (it sends no `reg-id`), offer again by UPDATE;
/// - pjsua: speak IPv6, which its wheel was built without, or ask for a GRUU;
/// - all of them: watch a lamp (RFC 4235) or their own registration (RFC 3680). Those are tested in `CallsTests/Events`.
@Suite("What real phones do beside calling", .serialized, .oneAtATime, .enabled(if: Laboratory.isPresent))
struct PhoneFeatureTests {
    @Test(.timeLimit(.minutes(1)), arguments: FeatureTrial.possible(["baresip"], ["pjsua"]))
    func `a phone that asks for its mailbox is told what is in it`(trial: FeatureTrial) throws {
        try trial.use("mailbox")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: FeatureTrial.possible(["baresip", "linphone"], ["linphone", "baresip"], ["pjsua", "linphone"])
    )
    func `a phone that watches a colleague is told when they come and go`(trial: FeatureTrial) throws {
        try trial.use("presence")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: FeatureTrial.possible(["linphone", "pjsua"], ["pjsua", "baresip"])
    )
    func `text goes from phone to phone`(trial: FeatureTrial) throws {
        try trial.use("text")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: FeatureTrial.possible(["baresip", "pjsua"], ["pjsua", "baresip"])
    )
    func `a phone that keeps its connection is called over it`(trial: FeatureTrial) throws {
        try trial.use("outbound")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: FeatureTrial.possible(["linphone", "pjsua", "baresip"], ["baresip", "linphone", "linphone"])
    )
    func `a phone is called by its own name, and the others of its extension stay silent`(trial: FeatureTrial) throws {
        try trial.use("gruu")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: FeatureTrial.possible(["baresip", "baresip"], ["linphone", "baresip"])
    )
    func `phones call each other over IPv6`(trial: FeatureTrial) throws {
        try trial.use("ipv6")
    }
}

/// Beside everything else, and both trials at once: the shortest session that phones agree to lasts longer than most of what
/// is tested here, and all of it is waiting.
@Suite("RFC 4028 §7.4: real phones in a long call", .enabled(if: Laboratory.isPresent))
struct LongCallTests {
    @Test(.timeLimit(.minutes(3))) func `a session is refreshed in time, and the call goes on`() async throws {
        try await withThrowingTaskGroup { group in
            for trial in FeatureTrial.possible(["pjsua", "linphone"], ["linphone", "pjsua"]) {
                group.addTask { try await onThreadOfItsOwn { try trial.use("timer") } }
            }
            try await group.waitForAll()
        }
    }

    /// There is one thread for tests on each processor; these would keep them from the others.
    private func onThreadOfItsOwn(_ work: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { done in
            Thread.detachNewThread { done.resume(with: Result { try work() }) }
        }
    }
}
