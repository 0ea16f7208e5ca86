// SPDX-License-Identifier: Apache-2.0

/// Equal, or the two cases of one ASCII letter.
@inlinable @inline(__always)
public func isSameLetter(_ byte: UInt8, _ other: UInt8) -> Bool {
    byte == other || (byte ^ other == 0x20 && UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20)
}
