// SPDX-License-Identifier: Apache-2.0

/// What one commit wrote: all or nothing of it is there again.
///
/// On the disk, lowest byte first: `RFL1`, length of the entries, epoch of the segment, checksum of the three and the entries,
/// four bytes of nothing, the entries, and zeros up to a multiple of 16.
enum LogFrame {
    static let alignment = 16
    static let head = 24
    private static let magic: UInt32 = 0x314C_4652

    static func encode(_ entries: [UInt8], epoch: UInt64) -> [UInt8] {
        var writer = ByteWriter(reserving: size(of: entries.count))
        writer.put(magic)
        writer.put(UInt32(entries.count))
        writer.put(epoch)
        writer.put(checksum(of: entries[...], epoch))
        writer.put(UInt32(0))
        var bytes = writer.bytes
        bytes.append(contentsOf: entries)
        bytes.append(contentsOf: repeatElement(0, count: size(of: entries.count) - bytes.count))
        return bytes
    }

    static func mayBegin(with byte: UInt8) -> Bool { byte == UInt8(truncatingIfNeeded: magic) }

    /// What so many bytes of entries take on the disk.
    static func size(of count: Int) -> Int { (head + count + alignment - 1) / alignment * alignment }

    /// The entries of the frame that begins there; `nil` when none does, or it is not whole.
    static func read(_ bytes: ArraySlice<UInt8>, at start: Int) -> (entries: ArraySlice<UInt8>, epoch: UInt64)? {
        guard start + head <= bytes.endIndex else { return nil }
        var reader = ByteReader(bytes[start..<start + head])
        guard let mark = try? reader.number(UInt32.self), mark == magic,
            let count = try? reader.number(UInt32.self), let epoch = try? reader.number(UInt64.self),
            let sum = try? reader.number(UInt32.self), Int(count) <= bytes.endIndex - start - head
        else { return nil }
        let entries = bytes[start + head..<start + head + Int(count)]
        return checksum(of: entries, epoch) == sum ? (entries, epoch) : nil
    }

    private static func checksum(of entries: ArraySlice<UInt8>, _ epoch: UInt64) -> UInt32 {
        var head = ByteWriter(reserving: 12)
        head.put(UInt32(entries.count))
        head.put(epoch)
        return Checksum.of(entries, after: Checksum.of(head.bytes[...]))
    }
}
