// SPDX-License-Identifier: Apache-2.0

/// A sound file of one kind: RIFF WAVE with 16 bits, one channel and 8,000 samples a second, as telephone prompts come.
public enum WaveFile {
    /// - Parameter bytes: The whole file.
    /// - Returns: Its sound as µ-law; `nil` for anything else.
    public static func sound(of bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= 12, bytes[0..<4].elementsEqual("RIFF".utf8), bytes[8..<12].elementsEqual("WAVE".utf8)
        else {
            return nil
        }
        var (place, isTelephone) = (12, false)
        while place + 8 <= bytes.count {
            let length = Int(word(bytes, place + 4))
            let begin = place + 8
            if bytes[place..<place + 4].elementsEqual("fmt ".utf8) {
                guard length >= 16, begin + 16 <= bytes.count else { return nil }
                // PCM, one channel, 8,000 a second, 16 bits.
                isTelephone =
                    half(bytes, begin) == 1 && half(bytes, begin + 2) == 1 && word(bytes, begin + 4) == 8_000
                    && half(bytes, begin + 14) == 16
            } else if bytes[place..<place + 4].elementsEqual("data".utf8) {
                guard isTelephone else { return nil }
                let end = begin + min(length, bytes.count - begin)
                return stride(from: begin, to: end - 1, by: 2).map { G711.mu(Int16(bitPattern: half(bytes, $0))) }
            }
            // Chunks begin at even places.
            place = begin + length + length % 2
        }
        return nil
    }

    private static func half(_ bytes: [UInt8], _ place: Int) -> UInt16 {
        UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8
    }

    private static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        UInt32(half(bytes, place)) | UInt32(half(bytes, place + 2)) << 16
    }
}
