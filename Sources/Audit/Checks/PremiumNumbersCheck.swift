// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Asks the number plan about numbers of each dear kind, and compares every call to one with what was approved (ATTACKS T01).
    static let premiumNumbers = Check(.premiumNumbers) { system in
        let (dialing, left) = (system.outside.inForce.dialing, LeftCall.all(in: system))
        let forgotten = DearNumber.all.filter { !$0.isKnown }
        var findings: [Finding] = forgotten.isEmpty ? [] : [.forgotten(forgotten)]
        findings += DearNumber.all.filter { $0.isKnown && $0.isLetThrough(by: dialing, at: system.now) }
            .map(Finding.letThrough)
        findings += dialing.approvals.compactMap { Finding($0, at: system.now) }
        findings += left.filter { $0.refusal?.control == .premiumNumbers }.map(Finding.paidAnyway)
        return CheckReport(
            control: .premiumNumbers,
            examined: [
                "\(DearNumber.all.count) numbers of \(DearNumber.kinds) kinds: "
                    + "\(DearNumber.all.count - forgotten.count) are known for what they are",
                "\(dialing.approvals.count { system.now < $0.until }) approved numbers, "
                    + "\(dialing.ranges.count) ranges of the business's own",
                "\(left.count) legs in the records that left by a trunk",
            ],
            findings: findings
        )
    }
}

/// A number that nobody is to call, and what it must be known as.
struct DearNumber: Hashable, Sendable {
    let number: PhoneNumber
    let numberClass: NumberClass

    /// Of each kind. Those in countries end in zeros, where their plans give no service out.
    static let all: [DearNumber] =
        made(
            .premium,
            ["+499001000000", "+449090000000", "+19002000000", "+12129760000", "+43900000000", "+41900000000"]
        )
        + made(.satellite, ["+870773000000", "+8816000000000", "+8821600000000"])
        + made(.internationalNetwork, ["+882100000000", "+883510000000000", "+878100000000000", "+888000000000"])
        + made(.internationalPremium, ["+979000000000"])

    static var kinds: Int { Set(all.map(\.numberClass)).count }

    private static func made(_ numberClass: NumberClass, _ texts: [String]) -> [DearNumber] {
        texts.compactMap { PhoneNumber(parsing: $0) }.map { DearNumber(number: $0, numberClass: numberClass) }
    }

    var isKnown: Bool { NumberPlan.facts(of: number).numberClass == numberClass }

    /// Whether the rules would place a call there that nobody has approved.
    func isLetThrough(by dialing: DialingSettings, at now: WallTime) -> Bool {
        guard !dialing.approvals.contains(where: { $0.number == number }) else { return false }
        let facts = NumberPlan.facts(of: number, own: dialing.ranges)
        switch DialingRules.decide(facts, .dialled, by: nil, in: dialing, at: now) {
        case .refused: return false
        case .allowed, .screened, .needsCode, .needsPerson: return true
        }
    }
}

extension Finding {
    fileprivate static func forgotten(_ numbers: [DearNumber]) -> Self {
        Finding(
            "unknown-ranges",
            .premiumNumbers,
            .critical,
            "The number plan does not know numbers that cost the most.",
            evidence: numbers.map { "\($0.number) is not among the \($0.numberClass.plural)" }.joined(separator: "; "),
            remedy: "report the bug; until then close what is open: ringfence country list"
        )
    }

    fileprivate static func letThrough(_ number: DearNumber) -> Self {
        Finding(
            "let-through",
            .premiumNumbers,
            .critical,
            "Calls to numbers that are paid for being called would be placed.",
            evidence: "nobody has approved \(number.number), and the rules let it through",
            remedy: "report the bug; no setting should allow this"
        )
    }

    /// - Returns: `nil` for an approval that is over.
    fileprivate init?(_ approval: PremiumApproval, at now: WallTime) {
        guard now < approval.until else { return nil }
        let isTooLong = approval.until - now > Model.Limits.longestApproval
        let isUnexplained = approval.reason.isEmpty || approval.approvedBy.isEmpty
        let isWrong = isTooLong || isUnexplained
        self.init(
            isWrong ? "unfounded-approval" : "approval",
            .premiumNumbers,
            isWrong ? .critical : .notice,
            isWrong
                ? "A premium number is approved without a reason, or for longer than anybody may."
                : "A premium number is approved for a time.",
            evidence: "\(approval.number), by \(approval.approvedBy) until \(approval.until): \(approval.reason)",
            remedy: "when it is no longer needed: ringfence premium withdraw \(approval.number)"
        )
    }

    fileprivate static func paidAnyway(_ call: LeftCall) -> Self {
        Finding(
            "paid-anyway",
            .premiumNumbers,
            .critical,
            "A call left for a number that is paid for being called, and nobody had approved it.",
            evidence: "record \(call.record.id) of \(call.charge.reservedAt): extension \(call.charge.payer.extension) "
                + "paid for a call to \(call.charge.number); \(call.refusal?.callRefusal.reason ?? "")",
            remedy: "disable the trunk and report the bug: ringfence trunk disable \(call.charge.payer.trunk)"
        )
    }
}
