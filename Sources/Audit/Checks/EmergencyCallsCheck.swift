// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Looks whether calls for help can leave, from where people can be found, and whether somebody tried it lately.
    static let emergencyCalls = Check(.emergencyCalls) { system in
        let (snapshot, outside) = (system.snapshot, system.snapshot.outside)
        let emergency = outside.emergency
        let trunks = outside.usableTrunks.map(\.trunk)
        var findings: [Finding] = []
        // Without a trunk nothing leaves anyway.
        if outside.dialing.numbering.home == nil, !trunks.isEmpty { findings.append(.noHome) }
        if trunks.isEmpty { findings.append(.noTrunk) }
        let plan = DialPlan(outside.dialing)
        findings += snapshot.extensions.keys.filter { plan.emergency.reserves($0) }.sorted().map(Finding.taken)
        findings += outside.routing.groups.values.filter { $0.number.map(plan.emergency.reserves) ?? false }
            .sorted { $0.name < $1.name }.compactMap(Finding.init(taken:))
        findings += trunks.compactMap { Finding(untried: $0.name, emergency.way(over: $0.name), at: system.now) }
        let lost = snapshot.devices.values.filter { emergency.place(of: $0.id).address == nil }
        if let first = lost.min(by: { $0.number < $1.number }), !trunks.isEmpty {
            findings.append(.nowhere(lost.count, first))
        }
        // A number that the business has no more calls back somebody else.
        let deaf = snapshot.devices.values.filter { device in
            emergency.place(of: device.id).callback.flatMap { outside.numbers[$0] } == nil
        }
        if let first = deaf.min(by: { $0.number < $1.number }), !trunks.isEmpty {
            findings.append(.noCallback(deaf.count, first))
        }
        if emergency.told.isEmpty, !trunks.isEmpty { findings.append(.nobodyTold) }
        findings += system.records.filter { $0.isLostHelp(by: plan) }.map(Finding.lost)
        return CheckReport(
            control: .emergencyCalls,
            examined: [
                "numbers: \(plan.emergency.numbers.map(\.text).joined(separator: ", "))",
                "\(snapshot.devices.count) phones, \(snapshot.devices.count - lost.count) with a place",
            ]
                + trunks.map {
                    "trunk \($0.name): \(emergency.way(over: $0.name).lastTest?.words(at: system.now) ?? "never tried")"
                },
            findings: findings
        )
    }
}

extension CallRecord {
    /// Whether a phone of ours called for help and got nobody, though its caller had not given up.
    fileprivate func isLostHelp(by plan: DialPlan) -> Bool {
        guard callerDevice != nil, answeredAt == nil, callee?.isHelp == true || plan.help(dialled) != nil else {
            return false
        }
        return switch outcome {
        case .refused, .busy, .noAnswer, .declined, .unreachable, .failed: true
        case .settingUp, .answered, .cancelled, .interrupted: false
        }
    }
}

extension HelpTest {
    fileprivate func words(at now: WallTime) -> String {
        "\(number) \(passed ? "passed" : "FAILED") at \(at) (\(words))"
    }
}

extension Finding {
    fileprivate static let noHome = Finding(
        "no-home",
        .emergencyCalls,
        .warning,
        "Nobody has said in which country the business is, so only 112, 911 and 999 are numbers for help.",
        evidence: "no home country is set",
        remedy: "say it: ringfence country home DE"
    )

    fileprivate static let noTrunk = Finding(
        "no-trunk",
        .emergencyCalls,
        .notice,
        "No call for help can leave: there is no trunk in use.",
        evidence: "no trunk is enabled",
        remedy: "add one, and tell everybody to call from a mobile telephone until then: ringfence trunk add"
    )

    fileprivate static func taken(_ number: ExtensionNumber) -> Self {
        Finding(
            "taken-number",
            .emergencyCalls,
            .critical,
            "Extension \(number) has a number for help, so nobody can call it.",
            evidence: "who dials \(number) calls for help",
            remedy: "give its phones another number: ringfence extension remove \(number)"
        )
    }

    /// - Returns: `nil` where a test passed lately.
    fileprivate init?(untried name: TrunkName, _ way: EmergencySettings.Way, at now: WallTime) {
        let remedy =
            way.testNumber == nil
            ? "ask the provider for its test number, and say it: ringfence emergency trunk \(name) --test NUMBER"
            : "try it: ringfence emergency test \(name)"
        guard let test = way.lastTest else {
            self.init(
                "untested",
                .emergencyCalls,
                .warning,
                "Nobody has tried whether calls for help can leave over trunk \(name).",
                evidence: "no test is known",
                remedy: remedy
            )
            return
        }
        let isOld = now - test.at > Limits.helpTestAge
        guard !test.passed || isOld else { return nil }
        self.init(
            test.passed ? "old-test" : "failed-test",
            .emergencyCalls,
            test.passed ? .warning : .critical,
            test.passed
                ? "It is long ago that the way to help over trunk \(name) was tried."
                : "The way to help over trunk \(name) did not stand when it was tried.",
            evidence: test.words(at: now),
            remedy: remedy
        )
    }

    fileprivate static func nowhere(_ count: Int, _ first: Device) -> Self {
        Finding(
            "no-place",
            .emergencyCalls,
            .warning,
            "Nobody has said where \(count) phone\(count == 1 ? " stands" : "s stand"), so help would have to ask.",
            evidence: "one is \(first.id) of extension \(first.number)",
            remedy: "say it for all at once, or with --phone for one: ringfence emergency location set"
        )
    }

    fileprivate static func noCallback(_ count: Int, _ first: Device) -> Self {
        Finding(
            "no-callback",
            .emergencyCalls,
            .notice,
            "\(count) phone\(count == 1 ? " has" : "s have") no number that those who help can call back.",
            evidence: "one is \(first.id) of extension \(first.number)",
            remedy: "name one of the business: ringfence emergency callback +493012345"
        )
    }

    fileprivate static let nobodyTold = Finding(
        "nobody-told",
        .emergencyCalls,
        .warning,
        "Nobody in the house is told when somebody calls for help.",
        evidence: "no extension is named",
        remedy: "name the front desk: ringfence emergency notice 101"
    )

    /// - Returns: `nil` for a group without a number.
    fileprivate init?(taken group: RingGroup) {
        guard let number = group.number else { return nil }
        self.init(
            "taken-number",
            .emergencyCalls,
            .critical,
            "Group \(group.name) has a number for help, so nobody can call it.",
            evidence: "who dials \(number) calls for help",
            remedy: "give it another number: ringfence group change \(group.name) --number NUMBER"
        )
    }

    fileprivate static func lost(_ record: CallRecord) -> Self {
        Finding(
            "refused",
            .emergencyCalls,
            .critical,
            "A call for help got nobody.",
            evidence:
                "record \(record.id) of \(record.startedAt): \(record.caller) dialled \(record.dialled); \(record.reason)",
            remedy: "find out why, and try the way: ringfence emergency show"
        )
    }
}
