// SPDX-License-Identifier: Apache-2.0

extension Message {
    private static let help = "urn:service:sos"

    /// Whether the Request-URI is `urn:service:sos` or a part of it such as `urn:service:sos.police` (RFC 5031 §4.2): whoever helps
    /// where the caller is.
    public var asksForHelp: Bool {
        let range = requestURI.range
        let name = Self.help.utf8.count
        // Asked of every request: what begins with another letter is looked at no further.
        guard range.count >= name, bytes[range.lowerBound] | 0x20 == UInt8(ascii: "u") else { return false }
        let head = ByteRange(range.lowerBound..<range.lowerBound + name)
        guard holds(head, ignoringCase: Self.help) else { return false }
        return range.count == name || bytes[range.lowerBound + name] == UInt8(ascii: ".")
    }
}
