// SPDX-License-Identifier: Apache-2.0

/// Whom a REFER wants called (RFC 3515 §2.1).
public struct ReferTo: Sendable {
    public let uri: SIPURI
    /// The dialog to take the place of (RFC 3891): an attended transfer.
    public let replaces: Replaces?
}

extension Message {
    /// The one Refer-To of a REFER.
    ///
    /// Of the fields that a URI may carry only Replaces means something, and `Require=replaces` beside it; everything
    /// else would become a header field of a request of ours that somebody else wrote (row S11).
    ///
    /// - Throws: `.missing(.referTo)`; `.malformed(.uri)` for a scheme that cannot be called, another method than
    ///   INVITE, or any other header field; `.malformed(.replaces)`.
    public func referTo() throws(ParseError) -> ReferTo {
        guard let address = try address(of: .referTo) else { throw ParseError(.missing(.referTo), at: bytes.count) }
        guard let uri = address.uri, uri.method.map({ holds($0, ignoringCase: "INVITE") }) ?? true else {
            throw ParseError(.malformed(.uri), at: Int(address.uriRange.lower))
        }
        var replaces: Replaces?
        for (name, value) in try URIHeaders(of: uri, in: self).all {
            if isName(name, "Replaces"), replaces == nil {
                replaces = try Replaces(parsing: value.span, in: 0..<value.count)
            } else if !isName(name, "Require") || !isName(value, "replaces") {
                throw ParseError(.malformed(.uri), at: Int(uri.headers.lower))
            }
        }
        return ReferTo(uri: uri, replaces: replaces)
    }
}

private func isName(_ bytes: [UInt8], _ name: String) -> Bool { bytes.span.equals(0..<bytes.count, name.utf8) }
