// SPDX-License-Identifier: Apache-2.0

import CNetwork
import Glibc
public import Guard
import Model
import NIOCore

/// The process that serves, before it opens anything.
public enum ServingProcess {
    /// A crash leaves no copy of passwords, keys and calls on the disk, where a backup or another program would find it.
    ///
    /// - Throws: A refusal when the system does not let it.
    public static func keepMemoryPrivate() throws(Refusal) {
        let code = ringfence_keep_memory_private()
        guard code == 0 else {
            throw Refusal(
                .credentialDelivery,
                problem: "The phone system does not start.",
                reason: "a crash would write its secrets to the disk, and the system does not let it forbid that: "
                    + String(cString: strerror(code)),
                remedy: "look at what limits this account: systemctl cat, ulimit -c"
            )
        }
    }

    /// Makes sure of the threads that serving takes, before the first task: where one is missing later, whatever waits for it
    /// waits for ever.
    ///
    /// - Parameter loops: Of signalling.
    /// - Throws: A refusal that says how many there are and how to get more.
    public static func requireThreads(loops: Int) throws(Refusal) {
        let wanted = Limits.threads(processors: System.coreCount, loops: loops)
        let spare = Int(ringfence_spare_threads(Int32(clamping: wanted)))
        guard spare >= wanted else { throw .tooFewThreads(spare, of: wanted) }
    }

    /// Opens `/dev/null` in the place of standard input, output and error where somebody closed them: otherwise the first
    /// socket or database gets that number, and what is said goes into it.
    public static func fillStandardDescriptors() {
        for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free number is this one.
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// Whether somebody asked that the end of the terminal means nothing, as `nohup` does.
    public static var ignoresHangUp: Bool {
        var action = sigaction()
        guard sigaction(SIGHUP, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }
}

extension Refusal {
    fileprivate static func tooFewThreads(_ spare: Int, of wanted: Int) -> Self {
        Self(
            problem: "The phone system does not start.",
            reason: "it needs \(wanted) threads besides its first, and the system gives it \(spare)",
            remedy:
                "allow more: TasksMax= in its unit of systemd, --pids-limit of its container, or ulimit -u of its account"
        )
    }
}
