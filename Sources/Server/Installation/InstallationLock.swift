// SPDX-License-Identifier: Apache-2.0

import Glibc
public import Guard

/// Held by the one process that serves an installation. The kernel lets go of it when the process ends, however it does.
public struct InstallationLock: ~Copyable {
    private let descriptor: Int32

    /// - Throws: A refusal when another process serves this installation.
    public init(_ installation: Installation) throws(Refusal) {
        let path = installation.lockFile
        descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotWrite(path, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Refusal(
                problem: "The phone system in \(installation.directory) is running already.",
                reason: "two servers on one folder would write over each other's records",
                remedy: "stop the other one first, or look at it: ringfence doctor --data \(installation.directory)"
            )
        }
    }

    deinit { close(descriptor) }
}
