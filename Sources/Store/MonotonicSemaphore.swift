// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc

/// A semaphore whose waits end by `CLOCK_MONOTONIC`.
///
/// `DispatchSemaphore.wait(timeout:)` is `sem_timedwait` on Linux, which waits for a moment of the wall clock: when that is set
/// back by an hour while a thread waits for 40 ms, it waits for an hour.
final class MonotonicSemaphore: @unchecked Sendable {
    /// Never moves: the kernel waits at its address.
    private let place: UnsafeMutablePointer<Place>

    private struct Place {
        var mutex = pthread_mutex_t()
        var condition = pthread_cond_t()
        /// Signals that nobody has taken yet.
        var value = 0
    }

    init() {
        place = .allocate(capacity: 1)
        place.initialize(to: Place())
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        defer { pthread_condattr_destroy(&attributes) }
        guard pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0,
            pthread_cond_init(&place.pointee.condition, &attributes) == 0,
            pthread_mutex_init(&place.pointee.mutex, nil) == 0
        else { preconditionFailure("a system without a clock that nobody sets") }
    }

    deinit {
        pthread_cond_destroy(&place.pointee.condition)
        pthread_mutex_destroy(&place.pointee.mutex)
        place.deallocate()
    }

    func signal() {
        pthread_mutex_lock(&place.pointee.mutex)
        place.pointee.value += 1
        pthread_mutex_unlock(&place.pointee.mutex)
        pthread_cond_signal(&place.pointee.condition)
    }

    /// Returns when it was signalled or at `time`, and now and then before: look again then.
    func wait(until time: DispatchTime) {
        pthread_mutex_lock(&place.pointee.mutex)
        defer { pthread_mutex_unlock(&place.pointee.mutex) }
        if place.pointee.value == 0 {
            if time == .distantFuture {
                pthread_cond_wait(&place.pointee.condition, &place.pointee.mutex)
            } else {
                // On Linux both count from the start of the machine.
                let (seconds, nanoseconds) = time.uptimeNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
                var deadline = timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds))
                pthread_cond_timedwait(&place.pointee.condition, &place.pointee.mutex, &deadline)
            }
        }
        if place.pointee.value > 0 { place.pointee.value -= 1 }
    }
}
