// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("What real phones do with a call", .serialized, .oneAtATime, .enabled(if: Laboratory.isPresent))
struct CallFeatureTests {
    @Test(
        .timeLimit(.minutes(1)),
        arguments: FeatureTrial.possible(["pjsua", "linphone"], ["linphone", "pjsua"], ["pjsua", "baresip"])
    )
    func `a caller that wants to acknowledge the ringing does, whatever the phone that rings knows`(
        trial: FeatureTrial
    ) throws {
        try trial.use("reliable")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: FeatureTrial.possible(["linphone", "pjsua"], ["pjsua", "linphone"])
    )
    func `who holds and resumes is heard again`(trial: FeatureTrial) throws {
        try trial.use("hold")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: FeatureTrial.possible(["pjsua", "linphone"], ["pjsua", "pjsua"])
    )
    func `a call is changed by UPDATE`(trial: FeatureTrial) throws {
        try trial.use("update")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: FeatureTrial.possible(["pjsua", "linphone", "baresip"], ["linphone", "pjsua", "baresip"])
    )
    func `who asks a colleague first connects the other two`(trial: FeatureTrial) throws {
        try trial.use("attended")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: FeatureTrial.possible(["pjsua", "baresip", "linphone"], ["linphone", "linphone", "baresip"])
    )
    func `a colleague of the group takes a call by its code, and the caller is told who it is`(
        trial: FeatureTrial
    ) throws {
        try trial.use("pickup")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: FeatureTrial.possible(["linphone", "baresip", "baresip"], ["linphone", "baresip", "pjsua"])
    )
    func `a call that is parked waits, and whoever dials its place takes it`(trial: FeatureTrial) throws {
        try trial.use("park")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: FeatureTrial.possible(["baresip", "pjsua"], ["pjsua", "linphone"], ["linphone", "baresip"])
    )
    func `a call that an operator has an extension place rings there first`(trial: FeatureTrial) throws {
        try trial.use("click")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: FeatureTrial.possible(["baresip"], ["pjsua"], ["linphone"])
    )
    func `a phone that dials *43 hears itself`(trial: FeatureTrial) throws {
        try trial.use("echo")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: FeatureTrial.possible(["baresip", "pjsua", "linphone"], ["linphone", "pjsua", "baresip"])
    )
    func `a phone forwards to a colleague when its extension may, and the two hear each other`(
        trial: FeatureTrial
    ) throws {
        try trial.use("forward")
    }
}
