// SPDX-License-Identifier: Apache-2.0

extension CallRecord {
    /// The same call without a number of somebody outside; the same record where it has none.
    public func erasing(_ number: PhoneNumber) -> CallRecord {
        func without(_ participant: Participant) -> Participant {
            participant.outsideNumber == number ? .outside(nil) : participant
        }
        var record = self
        record.caller = without(caller)
        record.callee = callee.map(without)
        record.path = path.map { CallStep(from: without($0.from), $0.reason, to: without($0.to)) }
        record.charges = charges.map { $0.number == number ? $0.withoutNumber() : $0 }
        if number.isMeant(by: dialled) { record.dialled = Self.erased }
        record.reason = reason.split(separator: " ", omittingEmptySubsequences: false).map { word in
            number.isMeant(by: word) ? Self.erased : String(word)
        }.joined(separator: " ")
        return record
    }

    private static let erased = "erased"
}

extension PhoneNumber {
    /// Whether somebody wrote this number, with or without its country, and whatever leads outside before it.
    func isMeant(by text: some StringProtocol) -> Bool {
        let written = text.utf8.filter { (0x30...0x39).contains($0) }
        let own = Array(digits.utf8)
        let same = zip(written.reversed(), own.reversed()).prefix { $0 == $1 }.count
        // A country code has three digits at most.
        return same == own.count || same >= max(7, own.count - 3)
    }
}
