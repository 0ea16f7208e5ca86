// SPDX-License-Identifier: Apache-2.0

import Foundation
import Media
import Synchronization

/// What somebody hears who waits: the music of Debian's `asterisk-moh-opsound-wav` (CC-BY-SA 3.0), read from the disk when somebody first
/// waits. Where it is not there, a few soft notes of our own.
final class MusicShelf: Sendable {
    static let shared = MusicShelf()
    /// Where the package puts it.
    private static let folder = "/usr/share/asterisk/moh"

    private let read = Mutex<[UInt8]?>(nil)

    /// µ-law of all of it, once.
    var sound: [UInt8] {
        read.withLock { known in
            if let known { return known }
            // What is not there is looked for again: somebody may install it.
            guard let sound = Self.files() else { return Self.notes }
            known = sound
            return sound
        }
    }

    private static func files() -> [UInt8]? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var sound: [UInt8] = []
        for name in names.sorted() where name.hasSuffix(".wav") {
            guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)"),
                let piece = WaveFile.sound(of: Array(bytes))
            else { continue }
            sound += piece
            guard sound.count < Limits.musicSamples else { break }
        }
        return sound.isEmpty ? nil : Array(sound.prefix(Limits.musicSamples))
    }

    /// Two bars of a broken chord, and a pause: it shows that the line stands, and disturbs nobody who goes on working.
    private static let notes: [UInt8] = {
        let bars = [[262, 330, 392, 523, 392, 330], [220, 262, 330, 440, 330, 262]]
        return bars.flatMap { bar in
            bar.flatMap { Tone.sound(hertz: $0, milliseconds: 450, amplitude: 2_000) + Tone.silence(milliseconds: 50) }
                + Tone.silence(milliseconds: 1_000)
        }
    }()
}
