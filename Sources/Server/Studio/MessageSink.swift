// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Store
import Synchronization

/// A message on its way to the disk.
final class MessageSink: RecordingSink {
    private final class Writer: @unchecked Sendable {
        // Unchecked: used on one queue.
        let file: MessageWriter
        init(_ file: MessageWriter) { self.file = file }
    }

    private let writer: Writer
    private let queue: DispatchQueue
    private let hasFailed = Atomic(false)
    /// Pieces that wait.
    private let waiting = Atomic(0)
    private let onFinish: @Sendable () -> Void

    /// - Parameter onFinish: Called on the queue when it is a message.
    init(_ file: MessageWriter, on queue: DispatchQueue, onFinish: @escaping @Sendable () -> Void) {
        (writer, self.queue, self.onFinish) = (Writer(file), queue, onFinish)
    }

    func keep(_ piece: [UInt8]) -> Bool {
        guard !hasFailed.load(ordering: .relaxed), waiting.load(ordering: .relaxed) < Limits.recordedPieces else {
            return false
        }
        waiting.wrappingAdd(1, ordering: .relaxed)
        queue.async { [self] in
            waiting.wrappingSubtract(1, ordering: .relaxed)
            do { try writer.file.write(piece) } catch { hasFailed.store(true, ordering: .relaxed) }
        }
        return true
    }

    func finish() {
        queue.async { [self] in
            if (try? writer.file.finish()) == true { onFinish() }
        }
    }
}
