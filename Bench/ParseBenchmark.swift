// SPDX-License-Identifier: Apache-2.0

import Foundation
import SIP
import TestKit

/// Prints what it costs to read one message: nanoseconds of CPU time (the median of 15 batches) and heap allocations,
/// for the index alone and for the index with the eight core header fields as typed values.
///
/// The messages are those that the peers in `shared/bench` were measured with; the folder comes from
/// `RINGFENCE_SHARED`, or stands beside the package.
///
/// - Returns: Whether nothing was allocated: the gate. The times belong to the machine.
@discardableResult
func parseBenchmark() -> Bool {
    let shared = ProcessInfo.processInfo.environment["RINGFENCE_SHARED"] ?? "../shared"
    var isFree = true
    for name in ["register", "invite", "ok"] {
        let path = URL(filePath: shared).appending(path: "bench/msgs/\(name).txt")
        guard let bytes = try? [UInt8](Data(contentsOf: path)), (try? Message(parsing: bytes.span)) != nil else {
            print("parse \(name): SKIPPED, \(path.path) is not there; set RINGFENCE_SHARED")
            continue
        }
        var message = Message()
        isFree = report("parse \(name) index", bytes) { bytes in try message.parse(bytes.span) } && isFree
        isFree =
            report("parse \(name) index and core fields", bytes) { bytes in
                try message.parse(bytes.span)
                try readCoreFields(message)
            } && isFree
        isFree =
            report("parse \(name) index and validate", bytes) { bytes in
                try message.parse(bytes.span)
                try message.validate()
            } && isFree
    }
    return isFree
}

/// Via, From, To, Call-ID, CSeq, Max-Forwards and Contact; the eighth, Content-Length, is read with the index.
private func readCoreFields(_ message: Message) throws {
    blackHole(try message.topVia())
    blackHole(try message.from())
    blackHole(try message.to())
    blackHole(try message.callID())
    blackHole(try message.cseq())
    blackHole(try message.maxForwards())
    blackHole(try message.firstContact())
}

private func report(_ name: String, _ bytes: [UInt8], _ body: ([UInt8]) throws -> Void) -> Bool {
    let batch = 20_000
    do {
        let count = try allocations { try body(bytes) }
        let times = try (0..<15).map { _ in
            let start = cpuTime()
            for _ in 0..<batch { try body(bytes) }
            return cpuTime() - start
        }
        let nanoseconds = times.sorted()[times.count / 2] / batch
        print("\(count == 0 ? "ok  " : "FAIL") \(name) (\(bytes.count) B): \(nanoseconds) ns, \(count) allocations")
        return count == 0
    } catch {
        print("FAIL \(name): \(error)")
        return false
    }
}

/// Uses a value, as far as the optimizer can tell.
@inline(never)
private func blackHole<Value>(_ value: borrowing Value) {}

/// What this thread has worked so far, in nanoseconds. Other work on the machine does not count.
private func cpuTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
