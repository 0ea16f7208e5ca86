// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Model
import Primitives
import Synchronization
import Testing

@testable import Store

@Suite("Clocks that are set")
struct SetClockTests {
    /// What the kernel was asked by the thread: number and arguments of the system call that it waits in.
    private func systemCall(of thread: String) -> [UInt64] {
        let path = "/proc/self/task/\(thread)/syscall"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        return text.split(separator: " ").compactMap { word in
            word.hasPrefix("0x") ? UInt64(word.dropFirst(2), radix: 16) : UInt64(word)
        }
    }

    /// FUTEX_CLOCK_REALTIME, in the second argument of futex(2).
    private static let realTime: UInt64 = 256

    @Test(.timeLimit(.minutes(1)))
    func `the writer of records waits for no moment of the wall clock, which somebody may set back`() throws {
        let thread = Mutex<String?>(nil)
        let writer = RecordWriter(capacity: 10) { _ in
            let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
            thread.withLock { $0 = link?.split(separator: "/").last.map(String.init) }
        }
        writer.enqueue(try makeRecord("call"))
        #expect(wait { thread.withLock { $0 } != nil })
        let number = try #require(thread.withLock { $0 })
        let device = try #require(DeviceID(parsing: "0123456789abcdef"))
        let address = try #require(IPAddress(parsing: "192.0.2.1"))
        // Waits for 5 seconds at least.
        writer.enqueue(PhoneLogin(device: device, source: address, client: [], instance: nil, at: noon))
        // Number, address, operation, value, deadline.
        var call: [UInt64] = []
        let isFound = wait {
            call = systemCall(of: number)
            return call.count > 4 && call[4] != 0
        }
        try #require(isFound)
        #expect(call[2] & Self.realTime == 0, "system call \(call)")
        writer.stop()
    }

    @Test func `a wait on the monotonic clock lasts as long as it should`() {
        let semaphore = MonotonicSemaphore()
        let start = DispatchTime.now()
        let end = start + .milliseconds(60)
        while DispatchTime.now() < end { semaphore.wait(until: end) }
        #expect(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds < 20_000_000_000)
        semaphore.signal()
        semaphore.wait(until: .distantFuture)
    }
}
