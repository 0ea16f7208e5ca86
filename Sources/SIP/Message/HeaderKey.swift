// SPDX-License-Identifier: Apache-2.0

/// A header field's name in lower case, in three words: what names are looked up by. Exact for names of up to 24 bytes.
struct HeaderKey: Hashable {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var third: UInt64 = 0

    /// The longest name that has a key, in bytes. No known name is longer than 19.
    static let longest = 24

    @inline(__always)
    init(first: UInt64, second: UInt64) {
        (self.first, self.second) = (first, second)
    }

    /// - Parameter range: A longer name has the key 0, which belongs to nobody.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard range.count <= Self.longest else { return }
        let (start, end) = (range.lowerBound, range.upperBound)
        first = bytes.word(start..<min(start + 8, end))
        second = bytes.word(min(start + 8, end)..<min(start + 16, end))
        third = bytes.word(min(start + 16, end)..<end)
    }
}

extension HeaderName {
    /// The header field with this key, or `nil`.
    @inline(__always)
    static func find(_ key: HeaderKey) -> Self? {
        let table = headerTable
        var slot = headerSlot(key)
        while true {
            let entry = table[slot]
            if entry.key == HeaderKey(first: 0, second: 0) { return nil }
            if entry.key == key { return entry.name }
            slot = (slot &+ 1) & (headerSlots - 1)
        }
    }
}

private struct HeaderEntry {
    var key = HeaderKey(first: 0, second: 0)
    var name = HeaderName.other
}

/// A power of two, and so large that two of three lookups meet their entry, or an empty slot, at once.
private let headerSlots = 256

@inline(__always)
private func headerSlot(_ key: HeaderKey) -> Int {
    let mixed = (key.first ^ (key.second &* 0x9E37_79B9_7F4A_7C15) ^ key.third) &* 0xD6E8_FEB8_6659_FD93
    return Int(truncatingIfNeeded: mixed &>> 56)
}

/// Open addressing with linear probing over every full and compact name.
private let headerTable: [HeaderEntry] = {
    var table = Array(repeating: HeaderEntry(), count: headerSlots)
    for name in HeaderName.allCases {
        let spellings = ["\(name.canonical)", name.compact.map { String($0) } ?? ""]
        for spelling in spellings where !spelling.isEmpty {
            let utf8 = Array(spelling.utf8)
            let key = HeaderKey(utf8.span, 0..<utf8.count)
            var slot = headerSlot(key)
            while table[slot].key != HeaderKey(first: 0, second: 0) { slot = (slot + 1) & (headerSlots - 1) }
            table[slot] = HeaderEntry(key: key, name: name)
        }
    }
    return table
}()
