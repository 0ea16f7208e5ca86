// SPDX-License-Identifier: Apache-2.0

/// Passwords that attackers try first: the 20,000 that were stolen most often (NOTICE says from where), in lower case and in order.
enum StolenPasswords {
    /// Where each begins.
    private static let starts: [Int] = {
        let bytes = PortalFiles.stolenPasswords
        return bytes.indices.filter { $0 == 0 || bytes[$0 - 1] == UInt8(ascii: "\n") }
    }()

    static var count: Int { starts.count }

    /// - Parameter text: In lower case.
    static func contains(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        let bytes = PortalFiles.stolenPasswords
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            let line = bytes[starts[middle]...].prefix { $0 != UInt8(ascii: "\n") }
            if line.lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
        }
        guard low < starts.count else { return false }
        return bytes[starts[low]...].prefix { $0 != UInt8(ascii: "\n") }.elementsEqual(wanted)
    }
}
