// SPDX-License-Identifier: Apache-2.0

import Audit
import CNetwork
import Foundation
import Guard
import Model
import Primitives
import Store

extension KeptFacts {
    /// What is kept of a business; `nil` when its records cannot be read.
    ///
    /// - Parameter directory: Of the installation.
    static func read(_ store: BusinessStore, directory: String) async -> KeptFacts? {
        try? await store.read { backend in
            let messages = backend.messages
            var facts = KeptFacts(
                sounds: Sound.all(in: directory),
                opened: 0,
                closed: [:],
                oldestMessage: nil,
                oldestRecord: try backend.oldestRecord()
            )
            for number in messages.mailboxes {
                let (listed, counts) = (try messages.messages(of: number), messages.counts(of: number))
                // What is there and cannot be listed.
                var closed = max(0, counts.new + counts.old - listed.count)
                for message in listed.prefix(Audit.Limits.messagesOpened) {
                    if (try? messages.sound(of: message.id, in: number)) == nil {
                        closed += 1
                    } else {
                        facts.opened += 1
                    }
                }
                if closed > 0 { facts.closed[number] = closed }
                for message in listed {
                    facts.oldestMessage = min(facts.oldestMessage ?? message.receivedAt, message.receivedAt)
                }
            }
            return facts
        }
    }
}

extension KeptFacts.Sound {
    /// Every file in the folders for sound, whatever it is called.
    static func all(in directory: String) -> [Self] {
        ["voicemail", "greetings"].flatMap { folder -> [Self] in
            let names =
                FileManager.default.enumerator(atPath: "\(directory)/\(folder)")?.compactMap { $0 as? String } ?? []
            return names.sorted().compactMap { name in
                let path = "\(directory)/\(folder)/\(name)"
                var file = RingfenceFile()
                guard ringfence_file(-1, path, &file) == 0, file.is_folder == 0 else { return nil }
                let handle = file.is_plain != 0 ? FileHandle(forReadingAtPath: path) : nil
                let head = (try? handle?.read(upToCount: StoredMessage.letters.count)) ?? Data()
                // One that is just being made has not begun.
                guard !head.isEmpty || !name.hasSuffix(".part") else { return nil }
                return Self(
                    path: path,
                    shortcoming: StoredAudioRules.shortcoming(ofFileBeginning: head, mode: file.mode)
                )
            }
        }
    }
}
