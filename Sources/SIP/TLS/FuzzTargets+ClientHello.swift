// SPDX-License-Identifier: Apache-2.0

extension FuzzTargets {
    /// Looks at bytes as the beginning of a TLS connection, whole and as they come.
    public static func clientHello(_ bytes: Span<UInt8>) {
        let whole = ClientHello.look(at: bytes)
        if case .named(let name) = whole {
            precondition((1...Limits.hostNameBytes).contains(name.utf8.count), "a name is empty or too long")
            precondition(name.utf8.allSatisfy(isAllowed), "a name holds what no host name holds")
            precondition(!".\(name).".contains(".."), "a name has an empty label")
        }
        // Every beginning up to 64 bytes, where all the heads are; then a few.
        let cuts = Array(0...min(bytes.count, 64)) + (1..<8).map { bytes.count * $0 / 8 }
        for cut in cuts {
            let part = ClientHello.look(at: bytes.extracting(0..<cut))
            precondition(part == .incomplete || part == whole, "more bytes change what was said before")
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
    }
}
