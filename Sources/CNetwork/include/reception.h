// SPDX-License-Identifier: Apache-2.0
// Accepting connections and waiting for their first bytes: epoll and accept4, which Swift's Glibc does not show.
#ifndef RINGFENCE_RECEPTION_H
#define RINGFENCE_RECEPTION_H
#include <stdint.h>

/// Something happened on what was watched under this tag.
typedef struct {
    uint64_t tag;
    /// The peer sends no more, or the connection broke.
    int is_ended;
} ringfence_sign;

/// Returns the descriptor to wait on, or the negative error number.
int ringfence_watch_new(void);

/// Watches a listening socket or a bell: it is told for as long as something waits there. 0, or the negative error number.
int ringfence_watch_listener(int watch, int descriptor, uint64_t tag);

/// Watches a connection whose bytes stay where they are: it is told when more have come, and when no more will.
int ringfence_watch_connection(int watch, int descriptor, uint64_t tag);

void ringfence_watch_no_more(int watch, int descriptor);

/// Waits until something happens, at most `milliseconds`; -1 is for ever. Returns how many signs there are.
int ringfence_watch_wait(int watch, ringfence_sign *signs, int count, int milliseconds);

/// The next connection, not blocking and not inherited, with the peer's address as the kernel writes it. Returns the
/// descriptor, or the negative error number.
int ringfence_accept(int listener, void *name, uint32_t *length);

/// Reads the first bytes of a connection and leaves them there. Returns how many, 0 at the end, or the negative error
/// number.
long ringfence_peek(int descriptor, uint8_t *bytes, uint64_t count);
#endif
