// SPDX-License-Identifier: Apache-2.0

/// Looks for many secrets at once in a stream of bytes, each of them whole, wherever it lies.
///
/// A position is looked at closely only when its first eight bytes begin a secret, so the cost is one hash look-up per
/// byte however many secrets there are.
struct SecretSearch: Sendable {
    /// A secret in one of the forms in which it could have been written.
    struct Needle: Hashable, Sendable {
        let bytes: [UInt8]
        /// What it is and in which form, without saying it: `password hash of phone 3f…, in hexadecimal`.
        let name: String
    }

    private let needles: [UInt64: [Needle]]
    private let longest: Int

    /// - Parameter needles: Those under eight bytes would be found by accident and are left out.
    init(_ needles: [Needle]) {
        let usable = needles.filter { $0.bytes.count >= 8 }
        self.needles = Dictionary(grouping: usable) { Self.head($0.bytes[0..<8]) }
        longest = usable.map(\.bytes.count).max() ?? 0
    }

    /// The names of what was found, and how many bytes were read.
    func run(over blocks: FileBlocks, limit: Int = Limits.searchedBytes) -> (found: Set<String>, read: Int) {
        var (found, read): (Set<String>, Int) = ([], 0)
        var window: [UInt8] = []
        while read < limit {
            let block = blocks.next()
            guard !block.isEmpty else { break }
            read += block.count
            window += block
            scan(window, into: &found)
            // What could begin in this block and end in the next is looked at again.
            window = Array(window.suffix(max(longest - 1, 0)))
        }
        return (found, read)
    }

    private func scan(_ window: [UInt8], into found: inout Set<String>) {
        guard window.count >= 8, !needles.isEmpty else { return }
        var head = Self.head(window[0..<7])
        for end in 7..<window.count {
            head = head << 8 | UInt64(window[end])
            guard let candidates = needles[head] else { continue }
            let start = end - 7
            for needle in candidates where window[start...].starts(with: needle.bytes) { found.insert(needle.name) }
        }
    }

    private static func head(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
