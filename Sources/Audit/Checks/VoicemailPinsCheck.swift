// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Looks at every mailbox: who can open it, and how its PIN is kept (ATTACKS W01, W02).
    static let voicemailPins = Check(.voicemailPins) { system in
        let boxes = system.outside.inForce.routing.mailboxes.sorted { $0.key < $1.key }
        var findings: [Finding] = []
        if system.outside.stored?.routing.mailboxes != system.outside.inForce.routing.mailboxes {
            findings.append(.otherMailboxes(isRead: system.outside.stored != nil))
        }
        for (number, box) in boxes {
            if let pin = box.pin, !pin.reveal({ isCostly(copy $0) }) { findings.append(.cheapPIN(number)) }
            if !box.asksOwnPhones { findings.append(.opensWithoutPIN(number, box)) }
        }
        let rooms = system.outside.inForce.routing.rooms.values.sorted { $0.name < $1.name }
        for room in rooms {
            guard let pin = room.pin, pin.reveal({ isCostly(copy $0) }) else {
                findings.append(.cheapPIN(of: room))
                continue
            }
        }
        let closed = boxes.filter { !$0.value.isOpenable }.map(\.key)
        if !closed.isEmpty { findings.append(.noPIN(closed)) }
        return CheckReport(
            control: .voicemailPins,
            examined: [
                "\(boxes.count) mailboxes", "\(rooms.count) conference rooms",
                "\(boxes.count { $0.value.pin != nil } + rooms.count) PINs and how they are kept",
            ],
            findings: findings
        )
    }

    /// Whether a hash is one of Argon2id with the memory that passwords take.
    private static func isCostly(_ hash: String) -> Bool {
        hash.hasPrefix("$argon2id$") && hash.contains("m=\(Guard::Limits.passwordMemory),")
    }
}

extension Finding {
    fileprivate static func otherMailboxes(isRead: Bool) -> Self {
        Finding(
            "other-settings",
            .voicemailPins,
            .critical,
            "Mailboxes open otherwise than it is stored.",
            evidence: isRead
                ? "the running server and the database differ" : "the settings in the database cannot be read",
            remedy: "start the server again; if this comes back, look who wrote to its folder: ringfence journal verify"
        )
    }

    fileprivate static func cheapPIN(_ number: ExtensionNumber) -> Self {
        Finding(
            "cheap-hash",
            .voicemailPins,
            .critical,
            "The PIN of the mailbox of extension \(number) can be found out by whoever has a copy of the database.",
            evidence: "it is not kept as Argon2id with \(Guard::Limits.passwordMemory) KiB",
            remedy: "give it another one: ringfence voicemail pin \(number)"
        )
    }

    fileprivate static func cheapPIN(of room: ConferenceRoom) -> Self {
        Finding(
            "cheap-hash-room",
            .voicemailPins,
            .critical,
            "The PIN of conference room \(room.name) can be found out by whoever has a copy of the database.",
            evidence: "it is not kept as Argon2id with \(Guard::Limits.passwordMemory) KiB",
            remedy: "give it another one: ringfence room set \(room.name) --new-pin"
        )
    }

    fileprivate static func opensWithoutPIN(_ number: ExtensionNumber, _ box: Mailbox) -> Self {
        Finding(
            "no-pin-asked",
            .voicemailPins,
            .notice,
            "Whoever picks up a phone of extension \(number) hears its messages.",
            evidence: "its own phones are not asked for the PIN; set by \(box.origin.by) at \(box.origin.at)",
            remedy: "let them be asked, if others can reach these phones: ringfence voicemail box add \(number)"
        )
    }

    fileprivate static func noPIN(_ numbers: [ExtensionNumber]) -> Self {
        Finding(
            "no-pin",
            .voicemailPins,
            .notice,
            "\(numbers.count) mailboxes take messages that nobody can hear.",
            evidence: "they have no PIN: \(numbers.prefix(8).map(\.text).joined(separator: ", "))",
            remedy: "make one for each: ringfence voicemail pin \(numbers[0])"
        )
    }
}
