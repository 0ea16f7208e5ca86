// SPDX-License-Identifier: Apache-2.0

public import Model

/// Which digest algorithm a challenge offers: one, chosen from what the request says of its client.
///
/// A list of algorithms (RFC 8760 §2.3) breaks phones in use: some answer none, some take the first even if they cannot
/// compute it. The account has no say, so a challenge for a name that exists and for one that does not are the same. A
/// phone that lies about itself gains nothing: what its credential accepts is decided by the account, afterwards.
public enum ClientAlgorithm {
    /// Clients known to compute MD5 only. A prefix of User-Agent in any case; then, if given, a version below which it holds.
    private static let md5Only: [(prefix: StaticString, below: Int?)] = [
        ("baresip v", 2),  // libre before 2.0 knows MD5 only; seen with 1.0.0
        ("baresip/", 2),
        ("sip.js", nil),  // 0.21.2 seen
        ("jssip", nil),  // DigestAuthentication.js of 3.13.8
    ]

    /// - Parameter userAgent: The value of User-Agent; empty where there is none.
    public static func challenge(userAgent: ArraySlice<UInt8>) -> DigestStrength {
        for (prefix, below) in md5Only {
            guard let rest = userAgent.dropping(prefix: prefix) else { continue }
            guard let below else { return .md5 }
            if let major = rest.leadingNumber, major < below { return .md5 }
        }
        return .sha256
    }
}

extension ArraySlice<UInt8> {
    /// What follows `prefix`, compared without case; `nil` when it does not begin so.
    fileprivate func dropping(prefix: StaticString) -> ArraySlice<UInt8>? {
        guard count >= prefix.utf8CodeUnitCount else { return nil }
        var index = startIndex
        for offset in 0..<prefix.utf8CodeUnitCount {
            guard lowerCased(self[index]) == prefix.byte(at: offset) else { return nil }
            index += 1
        }
        return self[index...]
    }

    /// The decimal number it begins with; `nil` where there is none or more than four digits.
    fileprivate var leadingNumber: Int? {
        let digits = prefix(5).prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        guard (1...4).contains(digits.count) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}
