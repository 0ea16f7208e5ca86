// SPDX-License-Identifier: Apache-2.0

import Dispatch
public import Model

/// What is kept of one business, for those who wait for it: whoever reads or writes suspends, and no thread of Swift's tasks
/// waits for a disk.
///
/// ```swift
/// let events = try await store.read { try $0.events(limit: 100) }
/// let after = try await store.write { try $0.change(changes, journal: drafts, at: now) }
/// ```
public struct BusinessStore: Sendable {
    private let backend: any Backend

    public init(_ backend: any Backend) { self.backend = backend }

    public var business: BusinessID { backend.business }
    /// The settings as they are now. Read from memory.
    public var snapshot: Snapshot { backend.snapshot }
    public var path: String { backend.path }

    /// Reads, at the same time as others read and somebody writes.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Backend) throws -> Value
    ) async throws -> Value {
        try await StoreThreads.run(on: StoreThreads.readers(of: business)) { [backend] in try body(backend) }
    }

    /// Writes, after everything that was to be written before.
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any Backend) throws -> Value
    ) async throws -> Value {
        try await StoreThreads.run(on: StoreThreads.writer) { [backend] in try body(backend) }
    }

    /// The same for somebody who does not wait for it.
    public func writeLater(_ body: @escaping @Sendable (any Backend) -> Void) {
        StoreThreads.writer.async { [backend] in body(backend) }
    }
}
