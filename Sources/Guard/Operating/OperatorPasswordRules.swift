// SPDX-License-Identifier: Apache-2.0

public import Model

/// Which passwords operators may choose for the portal.
public enum OperatorPasswordRules {
    /// Why a password cannot be used; `nil` when it can.
    ///
    /// Long, not in a list of stolen ones nor made of two of them, and without what everybody knows of its owner. Nothing is said
    /// about kinds of characters, and none ends with time (OWASP ASVS 5, 6.2.5 and 6.2.10): both make people choose worse ones.
    ///
    /// - Parameters:
    ///   - isStolen: Whether a text, in lower case, is one of the passwords that attackers try first.
    public static func refusal(
        of password: String,
        for name: String,
        business: DomainName,
        isStolen: (String) -> Bool
    ) -> Refusal? {
        let count = password.unicodeScalars.count
        guard count >= Limits.passwordCharacters.lowerBound else { return .tooShort }
        guard count <= Limits.passwordCharacters.upperBound else { return .tooLong }
        let small = password.lowercased()
        for word in words(of: name, business) where small.contains(word) { return .namesOwner(word) }
        return isGuessable(small, isStolen) ? .stolen : nil
    }

    /// Whether what is kept of a password is worth little to a thief: Argon2id with as much memory as we ask for, or more.
    ///
    /// - Parameter scheme: What stands before the salt in the PHC string format: `$argon2id$v=19$m=47104,t=1,p=1`.
    public static func keepsWell(_ scheme: String) -> Bool {
        let parts = scheme.split(separator: "$")
        guard parts.count == 3, parts[0] == "argon2id", parts[1] == "v=19" else { return false }
        let numbers = parts[2].split(separator: ",").compactMap { part -> (Substring, UInt32)? in
            let pair = part.split(separator: "=")
            guard pair.count == 2, let value = UInt32(pair[1]) else { return nil }
            return (pair[0], value)
        }
        let values = Dictionary(numbers) { first, _ in first }
        return values["m", default: 0] >= Limits.passwordMemory && values["t", default: 0] >= Limits.passwordPasses
    }

    /// What everybody knows: parts of the name and of the domain that are long enough to mean something.
    private static func words(of name: String, _ business: DomainName) -> [String] {
        let parts = [name, business.text].flatMap { text in
            [text] + text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        }
        return parts.map { $0.lowercased() }.filter { $0.count >= 4 }
    }

    /// Whether it is a stolen one, one character again and again, one text repeated, or two or three stolen ones in a row.
    private static func isGuessable(_ password: String, _ isStolen: (String) -> Bool) -> Bool {
        if isStolen(password) || Set(password).count < 4 || isRepetition(Array(password)) { return true }
        return isRow(Array(password), of: Limits.stolenInARow, isStolen)
    }

    private static func isRepetition(_ characters: [Character]) -> Bool {
        guard characters.count >= 2 else { return false }
        return (1...characters.count / 2).contains { length in
            characters.indices.allSatisfy { characters[$0] == characters[$0 % length] }
        }
    }

    private static func isRow(_ characters: [Character], of most: Int, _ isStolen: (String) -> Bool) -> Bool {
        // What can be reached from the beginning with how many pieces.
        var pieces = [Int?](repeating: nil, count: characters.count + 1)
        pieces[0] = 0
        for end in 1...characters.count {
            for start in max(0, end - Limits.longestStolen)..<end {
                guard let before = pieces[start], before < most, before + 1 < pieces[end] ?? .max else { continue }
                let piece = String(characters[start..<end])
                if piece.count >= Limits.shortestStolen, isStolen(piece) || piece.allSatisfy(\.isNumber) {
                    pieces[end] = before + 1
                }
            }
        }
        return pieces[characters.count] != nil
    }
}

extension Limits {
    /// A password counts as guessed when it is so many stolen ones in a row; each has so many characters.
    fileprivate static let stolenInARow = 3
    fileprivate static let shortestStolen = 3
    fileprivate static let longestStolen = 32
}

extension Refusal {
    fileprivate static let tooShort = Self(
        .operatorPasswords,
        problem: "The password is too short.",
        reason: "shorter ones than \(Limits.passwordCharacters.lowerBound) characters can be tried out",
        remedy: "take four or five words that have nothing to do with each other, or let your password manager make one"
    )

    fileprivate static let tooLong = Self(
        .operatorPasswords,
        problem: "The password is too long.",
        reason: "more than \(Limits.passwordCharacters.upperBound) characters make it no safer",
        remedy: "shorten it"
    )

    fileprivate static func namesOwner(_ word: String) -> Self {
        Self(
            .operatorPasswords,
            problem: "The password cannot be used.",
            reason: "'\(word)' is in it, which everybody knows of you or the business",
            remedy: "leave it out"
        )
    }

    fileprivate static let stolen = Self(
        .operatorPasswords,
        problem: "The password cannot be used.",
        reason: "it is one that attackers try first, or is put together of those",
        remedy: "take four or five words that have nothing to do with each other, or let your password manager make one"
    )
}
