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
    /// Two phones, or three, of the laboratory.
    struct Trial: Sendable, CustomTestStringConvertible {
        let phones: [String]
        var testDescription: String { phones.joined(separator: ", ") }

        init(_ phones: String...) { self.phones = phones }
    }

    fileprivate static func use(_ feature: String, _ trial: Trial) throws {
        let (status, output) = try Laboratory.run(
            "python3",
            [
                Laboratory.tools.appending(path: "feature_check.py").path, Laboratory.program.path,
                Laboratory.shared.appending(path: "lab").path, feature,
            ] + trial.phones
        )
        print("\(feature) with \(trial.testDescription): \(output.split(separator: "\n").last ?? "nothing seen")")
        #expect(status == 0)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [Trial("baresip"), Trial("pjsua")])
    func `a phone that asks for its mailbox is told what is in it`(trial: Trial) throws {
        try Self.use("mailbox", trial)
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [Trial("baresip", "linphone"), Trial("linphone", "baresip"), Trial("pjsua", "linphone")]
    )
    func `a phone that watches a colleague is told when he comes and goes`(trial: Trial) throws {
        try Self.use("presence", trial)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [Trial("linphone", "pjsua"), Trial("pjsua", "baresip")])
    func `text goes from phone to phone`(trial: Trial) throws {
        try Self.use("text", trial)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [Trial("baresip", "pjsua"), Trial("pjsua", "baresip")])
    func `a phone that keeps its connection is called over it`(trial: Trial) throws {
        try Self.use("outbound", trial)
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [Trial("linphone", "pjsua", "baresip"), Trial("baresip", "linphone", "linphone")]
    )
    func `a phone is called by its own name, and the others of its extension stay silent`(trial: Trial) throws {
        try Self.use("gruu", trial)
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [Trial("pjsua", "linphone"), Trial("linphone", "pjsua"), Trial("pjsua", "baresip")]
    )
    func `a caller that wants to acknowledge the ringing does, whatever the phone that rings knows`(
        trial: Trial
    ) throws {
        try Self.use("reliable", trial)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [Trial("linphone", "pjsua"), Trial("pjsua", "linphone")])
    func `who holds and resumes is heard again`(trial: Trial) throws {
        try Self.use("hold", trial)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [Trial("pjsua", "linphone"), Trial("pjsua", "pjsua")])
    func `a call is changed by UPDATE`(trial: Trial) throws {
        try Self.use("update", trial)
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [Trial("pjsua", "linphone", "baresip"), Trial("linphone", "pjsua", "baresip")]
    )
    func `who asks a colleague first connects the other two`(trial: Trial) throws {
        try Self.use("attended", trial)
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [Trial("pjsua", "baresip", "linphone"), Trial("linphone", "linphone", "baresip")]
    )
    func `a colleague of the group takes a call by its code, and the caller is told who it is`(trial: Trial) throws {
        try Self.use("pickup", trial)
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [Trial("baresip", "pjsua", "linphone"), Trial("linphone", "pjsua", "baresip")]
    )
    func `a phone forwards to a colleague when its extension may, and the two hear each other`(trial: Trial) throws {
        try Self.use("forward", trial)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [Trial("baresip", "baresip"), Trial("linphone", "baresip")])
    func `phones call each other over IPv6`(trial: Trial) throws {
        try Self.use("ipv6", trial)
    }
}

/// Beside everything else, and both trials at once: the shortest session that phones agree to lasts longer than most of what
/// is tested here, and all of it is waiting.
@Suite("RFC 4028 §7.4: real phones in a long call", .enabled(if: Laboratory.isPresent))
struct LongCallTests {
    @Test(.timeLimit(.minutes(3))) func `a session is refreshed in time, and the call goes on`() async throws {
        try await withThrowingTaskGroup { group in
            for phones in [PhoneFeatureTests.Trial("pjsua", "linphone"), .init("linphone", "pjsua")] {
                group.addTask { try await onThreadOfItsOwn { try PhoneFeatureTests.use("timer", phones) } }
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
