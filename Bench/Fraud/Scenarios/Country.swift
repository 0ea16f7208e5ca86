// SPDX-License-Identifier: Apache-2.0

/// A country as far as its numbers go.
struct Country: Hashable {
    let code: String
    let callingCode: String
    let fixed: [Prefix]
    let mobile: [Prefix]
    let fixedPrice: Price
    let mobilePrice: Price
    /// Whether lists of fraud destinations name it (FRAUD.md 1.3, [K]).
    let isHighRisk: Bool

    /// The first digits of national numbers of one kind, and how many digits these have in full.
    struct Prefix: Hashable {
        let digits: String
        let length: Int

        init?(parsing text: Substring) {
            let parts = text.split(separator: ":")
            guard parts.count == 2, let length = Int(parts[1]), parts[0].count <= length else { return nil }
            (digits, self.length) = (String(parts[0]), length)
        }

        /// A national number: these digits, then digits that are drawn.
        func number(using random: inout ScenarioRandom) -> String {
            var number = digits
            for _ in digits.utf8.count..<length { number.append(String(random.pick(0...9))) }
            return number
        }
    }

    /// Reads a row of ``NumberingPlan/rows``.
    init?(parsing row: Substring) {
        let fields = row.split(separator: " ")
        guard fields.count == 6, let fixed = Int(fields[2]), let mobile = Int(fields[3]) else { return nil }
        (code, callingCode, isHighRisk) = (String(fields[0]), String(fields[1]), fields[4].hasPrefix("high"))
        self.fixed = Self.prefixes(fields[5], 0)
        self.mobile = Self.prefixes(fields[5], 1)
        fixedPrice = Self.price(fixed)
        mobilePrice = Self.price(mobile)
    }

    private static func prefixes(_ field: Substring, _ part: Int) -> [Prefix] {
        let parts = field.split(separator: ";")
        return parts.indices.contains(part) ? parts[part].split(separator: ",").compactMap(Prefix.init) : []
    }

    /// Dear destinations are sold by the whole minute, cheap ones by the second: as wholesale lists do (assumption).
    private static func price(_ millis: Int) -> Price {
        let isDear = millis >= 200
        return Price(
            setup: .zero,
            minute: Money(millis: millis),
            firstIncrement: isDear ? 60 : 1,
            nextIncrement: isDear ? 60 : 1
        )
    }

    func destination(mobile isMobile: Bool, using random: inout ScenarioRandom) -> Destination {
        let prefix = random.pick(isMobile ? mobile : fixed)
        return destination(national: prefix.number(using: &random), isMobile: isMobile)
    }

    func destination(national: String, isMobile: Bool) -> Destination {
        Destination(
            digits: callingCode + national,
            country: code,
            numberClass: isMobile ? .mobile : .fixed,
            price: isMobile ? mobilePrice : fixedPrice
        )
    }
}
