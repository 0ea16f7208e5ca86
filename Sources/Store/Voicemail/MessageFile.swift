// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import Glibc
import Model
import Primitives

/// What a file of a message holds: four letters, a salt, then sealed pieces, each with its length before it. The first piece says
/// whose message it is, the last one that it is whole.
///
/// A piece is bound to its place: one that is moved, or of another file, does not open. Pieces that are missing at the end are not
/// noticed, because a message may have been interrupted.
struct MessageFile: Sendable {
    struct Head: Codable {
        let id: MessageID
        let mailbox: ExtensionNumber
        let caller: Participant
        let receivedAt: WallTime
        /// What it greets callers of; `nil` for a message of theirs.
        var greeting: String?
    }

    private static let letters = StoredMessage.letters
    static let saltBytes = 16
    /// Bytes that sealing adds to a piece: the length before it, and the tag.
    static let overhead = 4 + 16

    let head: Head
    private let pieces: [ArraySlice<UInt8>]
    private let key: SymmetricKey
    private let path: String

    init(_ bytes: [UInt8], id: MessageID, in number: ExtensionNumber, _ seal: Seal, _ path: String) throws {
        try self.init(bytes, seal, path) { $0.id == id && $0.mailbox == number && $0.greeting == nil }
    }

    /// - Parameter isRight: Whether the head is of the file that is meant.
    init(_ bytes: [UInt8], _ seal: Seal, _ path: String, isRight: (Head) -> Bool) throws {
        guard bytes.count > Self.letters.count + Self.saltBytes, bytes.starts(with: Self.letters) else {
            throw StoreError.damaged("\(path) is no message")
        }
        key = seal.audioKey(Array(bytes[Self.letters.count..<Self.letters.count + Self.saltBytes]))
        self.path = path
        var (all, rest): ([ArraySlice<UInt8>], ArraySlice<UInt8>) = (
            [], bytes.dropFirst(Self.letters.count + Self.saltBytes)
        )
        // What is after the last whole piece was being written when it was interrupted.
        while rest.count > Self.overhead {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            guard length > 16, length <= rest.count - 4 else { break }
            all.append(rest.dropFirst(4).prefix(length))
            rest = rest.dropFirst(4 + length)
        }
        guard let first = all.first else { throw StoreError.damaged("\(path) has no beginning") }
        let opened = try Self.open(first, place: 0, key, path)
        head = try JSONDecoder().decode(Head.self, from: Data(opened))
        guard isRight(head) else { throw StoreError.damaged("\(path) is another message") }
        pieces = Array(all.dropFirst())
    }

    func message(isNew: Bool) -> StoredMessage {
        let samples = pieces.reduce(0) { $0 + max(0, $1.count - 17) }
        return StoredMessage(
            head.id,
            in: head.mailbox,
            from: head.caller,
            at: head.receivedAt,
            seconds: (samples + 7_999) / 8_000,
            isNew: isNew
        )
    }

    /// Every piece is authentic and in its place, or none is handed out; but it may end early, and in the middle of a piece.
    func sound() throws -> [UInt8] {
        var sound: [UInt8] = []
        for (place, piece) in pieces.enumerated() {
            let opened: [UInt8]
            do { opened = try Self.open(piece, place: place + 1, key, path) } catch {
                // The piece that was being written when it was interrupted.
                if place == pieces.count - 1 { break }
                throw error
            }
            guard let kind = opened.first.flatMap(Kind.init) else { throw StoreError.damaged("\(path) is no message") }
            if kind == .end { break }
            sound += opened.dropFirst()
        }
        return sound
    }

    /// The first byte of a piece behind the head.
    enum Kind: UInt8 { case sound = 1, end = 2 }

    static func seal(_ plain: [UInt8], place: Int, _ key: SymmetricKey) throws -> [UInt8] {
        let box = try AES.GCM.seal(plain, using: key, nonce: nonce(place))
        let length = box.ciphertext.count + box.tag.count
        return (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + Array(box.ciphertext)
            + Array(box.tag)
    }

    private static func open(
        _ piece: ArraySlice<UInt8>,
        place: Int,
        _ key: SymmetricKey,
        _ path: String
    ) throws -> [UInt8] {
        do {
            let box = try AES.GCM.SealedBox(nonce: nonce(place), ciphertext: piece.dropLast(16), tag: piece.suffix(16))
            return Array(try AES.GCM.open(box, using: key))
        } catch {
            throw StoreError.damaged("\(path) was sealed with another key, or changed")
        }
    }

    /// The place of the piece: each file has a key of its own.
    private static func nonce(_ place: Int) throws -> AES.GCM.Nonce {
        try AES.GCM.Nonce(data: [0, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: place >> (56 - 8 * $0)) })
    }
}

/// A message while it is recorded. Used by one thread.
public final class MessageWriter {
    private let path: String
    private let key: SymmetricKey
    private let file: Int32
    private var place = 0
    /// Where the last whole piece ends, and whether half of one may stand behind it.
    private var end: off_t = 0
    private var isBroken = false
    /// Samples so far.
    private var length = 0

    init(_ path: String, _ head: MessageFile.Head, _ seal: Seal) throws {
        self.path = path
        var generator = SystemRandomNumberGenerator()
        let salt = generator.nextBytes(MessageFile.saltBytes)
        key = seal.audioKey(salt)
        file = Glibc.open(path + ".part", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw StoreError.system(call: "open", path: path, errno: errno) }
        do {
            try PrivateFile.write(StoredMessage.letters + salt, to: file, path)
            end = off_t(StoredMessage.letters.count + salt.count)
            try append(Array(try JSONEncoder().encode(head)))
        } catch {
            unlink(path + ".part")
            throw error
        }
    }

    deinit { if file >= 0 { close(file) } }

    /// Writes a piece, which is on the disk when this returns.
    ///
    /// - Parameter sound: µ-law.
    public func write(_ sound: [UInt8]) throws {
        try append([MessageFile.Kind.sound.rawValue] + sound)
        length += sound.count
    }

    /// - Returns: Whether it was long enough to be one; else nothing stays of it.
    public func finish() throws -> Bool {
        guard length >= Limits.shortestMessage else {
            unlink(path + ".part")
            return false
        }
        // One that the disk has no room for any more is whole up to here all the same.
        if isBroken { _ = ftruncate(file, end) }
        try? append([MessageFile.Kind.end.rawValue])
        try PrivateFile.adopt(path + ".new", from: path + ".part")
        return true
    }

    private func append(_ plain: [UInt8]) throws {
        // What comes after half a piece could not be read, and no place is sealed twice.
        guard !isBroken else { throw StoreError.damaged("\(path) ends in half a piece") }
        isBroken = true
        let sealed = try MessageFile.seal(plain, place: place, key)
        place += 1
        try PrivateFile.write(sealed, to: file, path)
        guard fdatasync(file) == 0 else { throw StoreError.system(call: "fdatasync", path: path, errno: errno) }
        (isBroken, end) = (false, end + off_t(sealed.count))
    }
}
