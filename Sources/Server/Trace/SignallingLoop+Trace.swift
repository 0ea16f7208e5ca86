// SPDX-License-Identifier: Apache-2.0

import Admin
import Calls
import NIOCore
import Primitives

/// Notes for a while what is signalled.
extension SignallingLoop {
    /// - Parameter node: Who sends it, as a collector shows it.
    func startTrace(_ order: TraceOrder, node: String) -> TraceReport {
        stopTrace()
        let now = SystemClock.now
        let length = max(.zero, order.until - now.wall)
        let trace = SignallingTrace(
            order,
            end: now.monotonic + length,
            exporter: order.collector.map { HEPExporter(to: $0, node: node, on: eventLoop) }
        )
        self.trace = trace
        let timers = eventLoop.assumeIsolated()
        // Neither keeps what is to be forgotten.
        timers.scheduleTask(in: TimeAmount(length)) { [weak trace] in trace?.stop() }
        timers.scheduleTask(in: TimeAmount(length + Limits.traceKept)) { [weak self, weak trace] in
            if let trace, self?.trace === trace { self?.trace = nil }
        }
        return trace.report()
    }

    /// - Returns: What there was.
    @discardableResult
    func stopTrace() -> TraceReport? {
        defer { trace = nil }
        trace?.stop()
        return trace?.report()
    }
}
