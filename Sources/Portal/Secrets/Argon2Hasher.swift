// SPDX-License-Identifier: Apache-2.0

public import Admin
import CArgon2
import Foundation
import Glibc
public import Guard
public import Primitives
import Synchronization

/// Argon2id (RFC 9106), on a few threads of its own: each hash takes 46 MiB, and whoever asks for too many is told to come back.
public final class Argon2Hasher: PasswordHasher {
    private let waiting = Mutex(0)
    private let queue: OperationQueue

    public init() {
        queue = OperationQueue()
        queue.name = "ringfence-passwords"
        queue.maxConcurrentOperationCount = Limits.hashers
    }

    public func hash(_ password: Redacted<String>) async throws(Refusal) -> Redacted<String> {
        guard let text = try await run({ Self.hash(password) }) else { throw .noMemory }
        return Redacted(text)
    }

    public func verify(_ password: Redacted<String>, against hash: Redacted<String>?) async throws(Refusal) -> Bool {
        let isRight: Bool? = try await run {
            // As much work for somebody who is not there, also the first time.
            guard let kept = hash ?? Self.nobody else { return nil }
            return Self.verify(password, against: kept)
        }
        guard let isRight else { throw .noMemory }
        return isRight && hash != nil
    }

    private static let made = Mutex<Redacted<String>?>(nil)

    /// What no password makes; `nil` while there is no memory to make it.
    private static var nobody: Redacted<String>? {
        made.withLock { made in
            if let made { return made }
            var generator = SystemRandomNumberGenerator()
            made = hash(Redacted(Hex.encode(generator.nextBytes(32)))).map { Redacted($0) }
            return made
        }
    }

    private func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws(Refusal) -> Value {
        let hasRoom = waiting.withLock { count in
            guard count < Limits.waitingHashes else { return false }
            count += 1
            return true
        }
        guard hasRoom else { throw .tooManyHashes }
        defer { waiting.withLock { $0 -= 1 } }
        return await withCheckedContinuation { continuation in
            queue.addOperation { continuation.resume(returning: work()) }
        }
    }

    /// In the PHC string format; `nil` when there is no memory.
    private static func hash(_ password: Redacted<String>) -> String? {
        var generator = SystemRandomNumberGenerator()
        let salt = generator.nextBytes(16)
        var encoded = [CChar](repeating: 0, count: 128)
        let status = password.reveal { text in
            let bytes = Array((copy text).utf8)
            return argon2id_hash_encoded(
                Guard.Limits.passwordPasses,
                Guard.Limits.passwordMemory,
                Guard.Limits.passwordLanes,
                bytes,
                bytes.count,
                salt,
                salt.count,
                32,
                &encoded,
                encoded.count
            )
        }
        guard status == ARGON2_OK.rawValue else { return nil }
        return encoded.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
    }

    /// - Returns: `nil` when there is no memory to find out.
    private static func verify(_ password: Redacted<String>, against hash: Redacted<String>) -> Bool? {
        password.reveal { text in
            let bytes = Array((copy text).utf8)
            let status = hash.reveal { argon2id_verify(copy $0, bytes, bytes.count) }
            return status == ARGON2_MEMORY_ALLOCATION_ERROR.rawValue ? nil : status == ARGON2_OK.rawValue
        }
    }
}

extension Refusal {
    private static let again = "wait a moment, then try again"

    fileprivate static let tooManyHashes = Self(
        problem: "Nobody can sign in at this moment.",
        reason: "too many are trying",
        remedy: again
    )

    fileprivate static let noMemory = Self(
        problem: "The password was not looked at.",
        reason: "the machine has no memory left for it",
        remedy: again
    )
}
