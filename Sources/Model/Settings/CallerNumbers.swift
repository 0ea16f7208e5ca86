// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Under which number calls go out. Only owned numbers count; one that is owned no longer is as if it were not set.
public struct CallerNumbers: Hashable, Sendable {
    /// For whoever has none of their own.
    public var usual: PhoneNumber?
    public var own: [ExtensionNumber: PhoneNumber]
    /// For phones of a network that have none of their own. Of several the narrowest counts.
    public var sites: [IPPrefix: PhoneNumber]
    /// Extensions whose calls show no number. Those for help show it in any case.
    public var withheld: Set<ExtensionNumber>

    public init(
        usual: PhoneNumber? = nil,
        own: [ExtensionNumber: PhoneNumber] = [:],
        sites: [IPPrefix: PhoneNumber] = [:],
        withheld: Set<ExtensionNumber> = []
    ) {
        (self.usual, self.own, self.sites, self.withheld) = (usual, own, sites, withheld)
    }

    /// The number of the narrowest network that an address lies in.
    func number(at address: IPAddress) -> PhoneNumber? {
        var best: (length: Int, number: PhoneNumber)?
        for (site, number) in sites where site.length >= best?.length ?? 0 && site.contains(address) {
            best = (site.length, number)
        }
        return best?.number
    }
}

extension CallerNumbers: Codable {
    private enum CodingKeys: String, CodingKey { case usual, own, sites, withheld }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        usual = try container.decodeIfPresent(PhoneNumber.self, forKey: .usual)
        own = try Self.numbers(.own, container) { ExtensionNumber(parsing: $0) }
        sites = try Self.numbers(.sites, container) { IPPrefix(parsing: $0) }
        withheld = try container.decodeIfPresent(Set<ExtensionNumber>.self, forKey: .withheld) ?? []
    }

    private static func numbers<Key: Hashable>(
        _ key: CodingKeys,
        _ container: KeyedDecodingContainer<CodingKeys>,
        _ parse: (String) -> Key?
    ) throws -> [Key: PhoneNumber] {
        var numbers: [Key: PhoneNumber] = [:]
        for (text, shown) in try container.decodeIfPresent([String: PhoneNumber].self, forKey: key) ?? [:] {
            guard let one = parse(text), numbers.updateValue(shown, forKey: one) == nil else {
                throw DecodingError.dataCorruptedError(
                    forKey: key,
                    in: container,
                    debugDescription: "'\(text)' is nobody with a number to show"
                )
            }
        }
        return numbers
    }

    /// What is empty is left out but for `own`, which was always there.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(usual, forKey: .usual)
        try container.encode(Dictionary(uniqueKeysWithValues: own.map { ($0.key.text, $0.value) }), forKey: .own)
        if !sites.isEmpty {
            let texts = Dictionary(uniqueKeysWithValues: sites.map { ($0.key.description, $0.value) })
            try container.encode(texts, forKey: .sites)
        }
        if !withheld.isEmpty { try container.encode(withheld.sorted(), forKey: .withheld) }
    }
}

extension OutsideSettings {
    /// The number that a call of an extension shows outside; `nil` where the business owns none that is set for it.
    ///
    /// - Parameter address: Where its phone is; `nil` where no phone calls, or nobody knows which.
    public func callerNumber(of number: ExtensionNumber, at address: IPAddress? = nil) -> PhoneNumber? {
        if let own = callerNumbers.own[number], numbers[own] != nil { return own }
        if !callerNumbers.sites.isEmpty, let address, let site = callerNumbers.number(at: address), numbers[site] != nil
        {
            return site
        }
        return callerNumbers.usual.flatMap { numbers[$0] == nil ? nil : $0 }
    }
}
