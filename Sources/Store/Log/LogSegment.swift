// SPDX-License-Identifier: Apache-2.0

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

    /// - Parameter size: Bytes of the half.
    static func header(epoch: UInt64, size: Int) -> [UInt8] {
        var writer = ByteWriter(reserving: head)
        writer.put(magic)
        writer.put(epoch)
        writer.put(UInt64(size))
        writer.put(Checksum.of(writer.bytes[...]))
        writer.pad(to: head)
        return writer.bytes
    }

    /// Where the head cannot be read, every frame that can be counts: what the tables have already does no harm there.
    init(reading bytes: ArraySlice<UInt8>) {
        let known = Self.readHeader(bytes)?.epoch
        let isUntouched = bytes.prefix(Self.head).allSatisfy { $0 == 0 }
        var (position, entries, latest) = (bytes.startIndex + Self.head, [LogEntry](), known ?? 0)
        var faults = known == nil ? ["the head of a half cannot be read"] : []
        var end = position
        while position + LogFrame.head <= bytes.endIndex {
            guard LogFrame.mayBegin(with: bytes[position]), let found = LogFrame.read(bytes, at: position),
                known == nil || found.epoch == known
            else {
                position += LogFrame.alignment
                continue
            }
            if end < position { faults.append("\(position - end) bytes at \(end) cannot be read") }
            if !Self.take(found.entries, into: &entries) { faults.append("entries at \(position) cannot be read") }
            latest = max(latest, found.epoch)
            position += LogFrame.size(of: found.entries.count)
            end = position
        }
        (epoch, self.end, self.entries) = (latest, end - bytes.startIndex, entries)
        damage = faults.isEmpty || (isUntouched && entries.isEmpty) ? nil : faults.joined(separator: "; ")
    }

    /// The epoch and the size that the head of a half tells of; `nil` when it cannot be read.
    static func readHeader(_ bytes: ArraySlice<UInt8>) -> (epoch: UInt64, size: Int)? {
        var reader = ByteReader(bytes.prefix(head))
        guard let mark = try? reader.number(UInt64.self), mark == magic, let epoch = try? reader.number(UInt64.self),
            let size = try? reader.number(UInt64.self), size <= 1 << 30,
            let sum = try? reader.number(UInt32.self), sum == Checksum.of(bytes.prefix(24))
        else { return nil }
        return (epoch, Int(size))
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
