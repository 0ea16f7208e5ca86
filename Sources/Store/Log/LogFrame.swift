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
    static func read(_ bytes: ArraySlice<UInt8>, at start: Int, epoch: UInt64) -> ArraySlice<UInt8>? {
        guard start + head <= bytes.endIndex else { return nil }
        var reader = ByteReader(bytes[start..<start + head])
        guard let mark = try? reader.number(UInt32.self), mark == magic,
            let count = try? reader.number(UInt32.self), let written = try? reader.number(UInt64.self),
            let sum = try? reader.number(UInt32.self), written == epoch,
            Int(count) <= bytes.endIndex - start - head
        else { return nil }
        let entries = bytes[start + head..<start + head + Int(count)]
        return checksum(of: entries, epoch) == sum ? entries : nil
    }

    private static func checksum(of entries: ArraySlice<UInt8>, _ epoch: UInt64) -> UInt32 {
        var head = ByteWriter(reserving: 12)
        head.put(UInt32(entries.count))
        head.put(epoch)
        return Checksum.of(entries, after: Checksum.of(head.bytes[...]))
    }
}

/// One half of the log, as it was found on the disk.
struct LogSegment {
    static let head = 32
    private static let magic: UInt64 = 0x4C41_4E52_554F_4A52

    /// Higher in the half that was begun later; 0 for one that was never begun.
    let epoch: UInt64
    /// Where the next frame goes, from the beginning of the half.
    let end: Int
    let entries: [LogEntry]
    /// What is wrong with it, in words.
    let damage: String?

    static func header(epoch: UInt64) -> [UInt8] {
        var writer = ByteWriter(reserving: head)
        writer.put(magic)
        writer.put(epoch)
        writer.put(Checksum.of(writer.bytes[...]))
        writer.pad(to: head)
        return writer.bytes
    }

    init(reading bytes: ArraySlice<UInt8>) {
        guard !bytes.prefix(Self.head).allSatisfy({ $0 == 0 }) else {
            (epoch, end, entries, damage) = (0, Self.head, [], nil)
            return
        }
        guard let epoch = Self.epoch(bytes) else {
            (epoch, end, entries, damage) = (0, Self.head, [], "the head of a half cannot be read")
            return
        }
        var (position, entries) = (bytes.startIndex + Self.head, [LogEntry]())
        var gaps: [String] = []
        var end = position
        while position + LogFrame.head <= bytes.endIndex {
            if LogFrame.mayBegin(with: bytes[position]), let found = LogFrame.read(bytes, at: position, epoch: epoch) {
                if end < position { gaps.append("\(position - end) bytes at \(end) cannot be read") }
                if !Self.take(found, into: &entries) { gaps.append("the entries at \(position) cannot be read") }
                position += LogFrame.size(of: found.count)
                end = position
            } else {
                position += LogFrame.alignment
            }
        }
        (self.epoch, self.end, self.entries) = (epoch, end - bytes.startIndex, entries)
        damage = gaps.isEmpty ? nil : gaps.joined(separator: "; ")
    }

    private static func epoch(_ bytes: ArraySlice<UInt8>) -> UInt64? {
        var reader = ByteReader(bytes.prefix(head))
        guard let mark = try? reader.number(UInt64.self), mark == magic, let epoch = try? reader.number(UInt64.self),
            let sum = try? reader.number(UInt32.self), sum == Checksum.of(bytes.prefix(16))
        else { return nil }
        return epoch
    }

    /// - Returns: Whether all of it could be read.
    private static func take(_ bytes: ArraySlice<UInt8>, into entries: inout [LogEntry]) -> Bool {
        var reader = ByteReader(bytes)
        while !reader.isAtEnd {
            guard let entry = try? LogEntry(decoding: &reader) else { return false }
            entries.append(entry)
        }
        return true
    }
}
