// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Looks at every file in which somebody speaks, and opens messages with the key (ATTACKS W06).
    static let storedAudio = Check(.storedAudio) { system in
        guard let kept = system.kept else {
            return CheckReport(control: .storedAudio, examined: [], findings: [.unreadable])
        }
        var findings: [Finding] = []
        for sound in kept.sounds {
            switch sound.shortcoming {
            case .unsealed: findings.append(.unsealed(sound.path))
            case .open(let mode): findings.append(.open(sound.path, mode))
            case nil: break
            }
        }
        for (number, count) in kept.closed.sorted(by: { $0.key < $1.key }) { findings.append(.closed(number, count)) }
        return CheckReport(
            control: .storedAudio,
            examined: ["\(kept.sounds.count) files of sound", "\(kept.opened) messages, opened to the end"],
            findings: findings
        )
    }
}

extension Finding {
    fileprivate static let unreadable = Finding(
        "unreadable",
        .storedAudio,
        .critical,
        "Nobody can say how voice messages are kept.",
        evidence: "the folder of the installation cannot be read",
        remedy: "look what is wrong with it: ringfence doctor"
    )

    fileprivate static func unsealed(_ path: String) -> Self {
        Finding(
            "unsealed-sound",
            .storedAudio,
            .critical,
            "A file among the voice messages is not sealed.",
            evidence: "\(path) does not begin as one that the server wrote",
            remedy: "find out who put it there, then remove it: rm \(path)"
        )
    }

    fileprivate static func open(_ path: String, _ mode: UInt16) -> Self {
        Finding(
            "open-sound",
            .storedAudio,
            .critical,
            "Others on this machine can reach a voice message.",
            evidence: "\(path) has mode \(SecretFileRules.octal(mode))",
            remedy: "close it: chmod 600 \(path)"
        )
    }

    fileprivate static func closed(_ number: ExtensionNumber, _ count: Int) -> Self {
        Finding(
            "closed-message",
            .storedAudio,
            .warning,
            "\(count) messages of extension \(number) do not open.",
            evidence: "they were changed, or sealed with another key",
            remedy: "look who wrote to the folder, and restore them from a copy of the folder if you have one"
        )
    }
}
