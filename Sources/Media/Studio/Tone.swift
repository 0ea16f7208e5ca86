// SPDX-License-Identifier: Apache-2.0

/// Sounds that are made, not read: what is heard before a message, and in place of prompts that are not there.
public enum Tone {
    /// A rotating pointer instead of a sine: no library below `Server` has one.
    ///
    /// - Parameters:
    ///   - hertz: Below 4,000.
    ///   - milliseconds: How long it is.
    /// - Returns: µ-law, with soft edges of 5 ms.
    public static func sound(hertz: Int, milliseconds: Int, amplitude: Int = 8_000) -> [UInt8] {
        let count = milliseconds * 8
        // 2·cos(2πf/8000) by its series: the recurrence x[n] = c·x[n-1] − x[n-2] is a sine.
        let angle = 2 * Double.pi * Double(hertz) / 8_000
        let factor = 2 * cosine(angle)
        var (before, now) = (-sine(angle), 0.0)
        return (0..<count).map { index in
            let edge = min(1, Double(min(index, count - 1 - index)) / 40)
            let sample = now * edge * Double(amplitude)
            (before, now) = (now, factor * now - before)
            return G711.mu(Int16(max(-32_767, min(32_767, sample))))
        }
    }

    public static func silence(milliseconds: Int) -> [UInt8] {
        Array(repeating: G711.silence.mu, count: milliseconds * 8)
    }

    /// Good to twelve digits for angles up to π.
    private static func cosine(_ angle: Double) -> Double {
        var (sum, term) = (1.0, 1.0)
        for step in 1...16 {
            term *= -angle * angle / Double((2 * step - 1) * 2 * step)
            sum += term
        }
        return sum
    }

    private static func sine(_ angle: Double) -> Double {
        var (sum, term) = (angle, angle)
        for step in 1...16 {
            term *= -angle * angle / Double(2 * step * (2 * step + 1))
            sum += term
        }
        return sum
    }
}
