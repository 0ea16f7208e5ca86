// SPDX-License-Identifier: Apache-2.0

import CNetwork
import Glibc
import Guard
import Testing

@testable import Server

@Suite("The process that serves")
struct ServingProcessTests {
    @Test func `leaves no copy of its memory when it crashes`() async {
        await #expect(processExitsWith: .exitCode(3)) {
            guard ringfence_may_be_dumped() != 0 else { exit(1) }
            try ServingProcess.keepMemoryPrivate()
            exit(ringfence_may_be_dumped() == 0 ? 3 : 2)
        }
    }

    @Test func `D15 says how many threads it lacks, and where they are enough goes on`() async {
        await #expect(processExitsWith: .exitCode(3)) {
            try ServingProcess.requireThreads(loops: 1)
            // As an account that has nothing else: the limit is for all that an account runs.
            var limit = rlimit(rlim_cur: 10, rlim_max: 10)
            guard setrlimit(__rlimit_resource_t(__RLIMIT_NPROC.rawValue), &limit) == 0 else { exit(1) }
            if getuid() == 0, setuid(61_234) != 0 { exit(1) }
            do throws(Refusal) {
                try ServingProcess.requireThreads(loops: 1)
            } catch {
                exit(error.reason.contains("the system gives it") ? 3 : 2)
            }
        }
    }

    @Test func `gets no socket or database in the place of an output that was closed`() async {
        await #expect(processExitsWith: .exitCode(3)) {
            for descriptor in Int32(0)...2 { close(descriptor) }
            ServingProcess.fillStandardDescriptors()
            let next = open("/dev/null", O_RDONLY)
            exit(next > 2 ? 3 : 2)
        }
    }

    @Test func `hears of the end of its terminal, unless nohup was before it`() async {
        await #expect(processExitsWith: .exitCode(3)) {
            signal(SIGHUP, SIG_DFL)
            let hears = !ServingProcess.ignoresHangUp
            signal(SIGHUP, SIG_IGN)
            exit(hears && ServingProcess.ignoresHangUp ? 3 : 2)
        }
    }
}
