// SPDX-License-Identifier: Apache-2.0

public import Model

/// How what people dial becomes a number. Made once for settings; `read` allocates nothing.
public struct DialPlan: Sendable {
    public let emergency: EmergencyNumbers
    private let home: CountryDialing?
    private let code: DigitString?
    private let internationalPrefixes: [DigitString]
    private let outsidePrefix: DigitString?
    private let areaCode: DigitString?
    private let ranges: [OwnRange]

    /// - Parameters:
    ///   - ranges: What the business knows better than the number plan.
    ///   - site: Where the phone is, when that is another country than the home of the business: there help has other numbers.
    public init(_ numbering: NumberingSettings, ranges: [OwnRange] = [], site: Region? = nil) {
        home = numbering.home.flatMap { CountryDialing($0) }
        code = home.flatMap { DigitString(value: $0.code, count: $0.code < 10 ? 1 : $0.code < 100 ? 2 : 3) }
        internationalPrefixes = numbering.internationalPrefix.map { [$0] } ?? home?.internationalPrefixes ?? []
        (outsidePrefix, areaCode, self.ranges) = (numbering.outsidePrefix, numbering.areaCode, ranges)
        emergency = EmergencyNumbers(in: site ?? numbering.home, outsidePrefix: numbering.outsidePrefix)
    }

    public init(_ dialing: DialingSettings) { self.init(dialing.numbering, ranges: dialing.ranges) }

    /// - Parameter dialled: The user part of a `sip` URI without parameters, or what follows `tel:` up to the first `;`, decoded
    ///   once. A `phone-context` is not looked at by anybody: with one, what was dialled is to be refused before.
    public func read(_ dialled: some StringProtocol) -> DialledNumber {
        let text = String(dialled)
        return read(ascii: text.utf8.span)
    }

    /// The same for bytes.
    public func read(ascii dialled: Span<UInt8>) -> DialledNumber {
        switch DialledDigits(dialled) {
        case .fault(let fault): .refused(fault)
        case .global(let digits):
            emergency.number(dialled: digits).map { .emergency($0) } ?? number(international: digits)
        case .local(let digits):
            emergency.number(dialled: digits).map { .emergency($0) } ?? readLocal(digits)
        }
    }

    private func readLocal(_ digits: DigitString) -> DialledNumber {
        var digits = digits
        if let outsidePrefix {
            guard let rest = digits.dropping(outsidePrefix) else { return .refused(.noOutsidePrefix(outsidePrefix)) }
            digits = rest
        }
        guard let home, let code else { return .refused(.noHome) }
        if CarrierPrefixes.begin(digits, in: code) { return .refused(.carrierPrefix) }
        for prefix in internationalPrefixes {
            if let rest = digits.dropping(prefix) { return number(international: rest) }
        }
        return readNational(digits, home, code)
    }

    /// First as the network would take it without any prefix, then with the national prefix, then as a number of the own area.
    private func readNational(_ digits: DigitString, _ home: CountryDialing, _ code: DigitString) -> DialledNumber {
        if let facts = facts(code, digits), facts.numberClass != .unknown, facts.isDialledBare {
            return .outside(facts)
        }
        if let prefix = home.nationalPrefix, let national = digits.dropping(prefix) { return number(code, national) }
        if let areaCode, let local = areaCode.appending(digits) { return number(code, local) }
        return home.nationalPrefix == nil ? number(code, digits) : .refused(.noAreaCode)
    }

    private func number(international digits: DigitString) -> DialledNumber {
        guard let number = PhoneNumber(digits) else { return .refused(.noCountryCode) }
        return judged(facts(number))
    }

    private func number(_ code: DigitString, _ national: DigitString) -> DialledNumber {
        facts(code, national).map { judged($0) } ?? .refused(.noAreaCode)
    }

    private func judged(_ facts: NumberFacts) -> DialledNumber {
        facts.numberClass == .unknown ? .refused(.unknown(facts.number)) : .outside(facts)
    }

    private func facts(_ code: DigitString, _ national: DigitString) -> NumberFacts? {
        code.appending(national).flatMap { PhoneNumber($0) }.map { facts($0) }
    }

    private func facts(_ number: PhoneNumber) -> NumberFacts { NumberPlan.facts(of: number, own: ranges) }
}

extension PhoneNumber {
    /// - Returns: `nil` for digits that begin with 0, or that are too few or too many.
    init?(_ digits: DigitString) {
        self.init(value: digits.value)
        guard digitCount == digits.count else { return nil }
    }
}
