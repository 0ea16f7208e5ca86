// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Leaves a voice message in a business that is made for it, and tries on it what somebody with the disk may try.
public struct AudioDrill {
    private let folder: DrillFolder
    private let store: RingfenceStore
    private let mailbox: ExtensionNumber
    private let other: ExtensionNumber
    private let id: MessageID
    private let caller: PhoneNumber
    /// Three seconds that are nothing else: whoever finds a piece of them found them.
    private let sound: [UInt8]

    /// - Returns: What came of it, or what is wrong with the message where nothing is tried; `nil` for nothing.
    public static func run(_ theft: StoredAudioTheft, at now: WallTime) throws -> String? {
        try AudioDrill(at: now).run(theft, at: now)
    }

    private init(at now: WallTime) throws {
        guard let domain = DomainName(parsing: "drill.invalid"), let mailbox = ExtensionNumber(parsing: "101"),
            let other = ExtensionNumber(parsing: "102"), let caller = PhoneNumber(parsing: "+493023125471"),
            let id = MessageID(parsing: String(repeating: "d", count: 32))
        else { preconditionFailure("names of the drill that are none") }
        folder = try DrillFolder()
        (self.mailbox, self.other, self.id, self.caller) = (mailbox, other, id, caller)
        store = try RingfenceStore.create(directory: folder.path + "/business", domain: domain, by: "drill", at: now)
        var generator = SystemRandomNumberGenerator()
        sound = generator.nextBytes(3 * 8_000)
    }

    private func run(_ theft: StoredAudioTheft, at now: WallTime) throws -> String? {
        let writer = try store.messages.begin(id, in: mailbox, from: .outside(caller), at: now)
        for start in stride(from: 0, to: sound.count, by: 8_000) {
            try writer.write(Array(sound[start..<start + 8_000]))
        }
        if theft == .searchWhileRecorded { return search() }
        guard try writer.finish() else { return "the message was not kept" }
        switch theft {
        case .nothing: return try store.messages.sound(of: id, in: mailbox) == sound ? nil : "it is not what was said"
        case .search, .searchWhileRecorded: return search()
        case .otherKey:
            let foreign = MessageFolder(business + "/voicemail", try Seal(key: Array(repeating: 0, count: 32)))
            return heard(try? foreign.sound(of: id, in: mailbox))
        case .changeByte:
            try edit { $0[$0.count / 2] ^= 1 }
            return heard(try? store.messages.sound(of: id, in: mailbox))
        case .cutMiddle:
            // The second piece of sound: everything behind it moves up.
            try edit { bytes in
                let (piece, end) = (MessageFile.overhead + 1 + 8_000, MessageFile.overhead + 1)
                bytes.removeSubrange(bytes.count - end - 2 * piece..<bytes.count - end - piece)
            }
            return heard(try? store.messages.sound(of: id, in: mailbox))
        case .moveToOther:
            try PrivateFile.makeFolder("\(business)/voicemail/\(other)")
            try PrivateFile.adopt("\(business)/voicemail/\(other)/\(id.text).new", from: file)
            return heard(try? store.messages.sound(of: id, in: other))
        case .playAsGreeting:
            try PrivateFile.makeFolder("\(business)/greetings")
            try PrivateFile.adopt("\(business)/greetings/mailbox-\(mailbox).kept", from: file)
            return heard(try? store.greetings.sound(of: .mailbox(mailbox)))
        }
    }

    private var business: String { folder.path + "/business" }
    private var file: String { "\(business)/voicemail/\(mailbox)/\(id.text).new" }

    private func search() -> String? {
        let pieces = stride(from: 0, to: sound.count, by: 4_000).map { Array(sound[$0..<$0 + 16]) }
        let found = folder.files(holding: pieces + [Array(caller.digits.utf8)])
        return found.isEmpty ? nil : "what was said, or who said it, stands in \(found.joined(separator: ", "))"
    }

    private func heard(_ heard: [UInt8]?) -> String? {
        heard.map { "\($0.count) of \(sound.count) bytes were played" }
    }

    private func edit(_ change: (inout [UInt8]) -> Void) throws {
        guard var bytes = try PrivateFile.read(file, limit: Limits.messageFileBytes) else {
            throw StoreError.damaged("\(file) is gone")
        }
        change(&bytes)
        try PrivateFile.replace(file, bytes)
    }
}
