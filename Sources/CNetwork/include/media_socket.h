// SPDX-License-Identifier: Apache-2.0
// Datagrams in batches: one system call reads up to 64 into memory that is taken once, another sends what became of
// them. Must not include netinet/udp.h: it clashes with the module of swift-nio.
#ifndef RINGFENCE_MEDIA_SOCKET_H
#define RINGFENCE_MEDIA_SOCKET_H
#include <stdint.h>

enum {
    RINGFENCE_MEDIA_BATCH = 64,
    /// Bytes of one buffer: the longest datagram that is taken, one more by which a longer one is known, and room for
    /// what protection adds.
    RINGFENCE_MEDIA_BUFFER = 2112,
    RINGFENCE_MEDIA_LONGEST = 2049,
};

/// One datagram: after a receive where it came from, before a send where it goes. IPv4 is in its mapped form
/// (::ffff:a.b.c.d), as two numbers.
typedef struct {
    uint64_t ip_high, ip_low;
    uint8_t *bytes;
    /// 0 when there is nothing to send.
    uint32_t length;
    uint16_t port;
    /// Which of the sockets sends it.
    uint16_t socket;
} ringfence_datagram;

typedef struct ringfence_media_batch ringfence_media_batch;

/// NULL without memory.
ringfence_media_batch *ringfence_media_batch_new(void);
void ringfence_media_batch_free(ringfence_media_batch *batch);

/// The datagrams of the batch, RINGFENCE_MEDIA_BATCH of them.
ringfence_datagram *ringfence_media_datagrams(ringfence_media_batch *batch);

/// A non-blocking UDP socket on an address, marked for expedited forwarding (DSCP EF) and with buffers for a second of
/// `buffer` bytes, as far as the system allows. `shares` lets several sockets share the port (SO_REUSEPORT).
/// Returns the descriptor, or the negative error number.
int ringfence_media_socket(uint64_t ip_high, uint64_t ip_low, uint16_t port, int buffer, int shares);

/// The port that a socket is bound to; 0 when the system does not say.
uint16_t ringfence_media_port(int descriptor);

/// Reads what is there, up to a batch. Returns how many, 0 for none, or the negative error number.
int ringfence_media_receive(ringfence_media_batch *batch, int descriptor);

/// Sends those of the first `count` datagrams that have a length and name `socket`. Returns how many the system did
/// not take; they are lost, like any datagram.
int ringfence_media_send(ringfence_media_batch *batch, int count, int descriptor, uint16_t socket);

/// Watches sockets, a bell and a beat. A negative descriptor stands for none. Returns the descriptor to
/// wait on, or the negative error number.
int ringfence_media_watch(const int *descriptors, int count);

/// Waits until one of them can be read. Returns a mask: the first one is the lowest bit.
int ringfence_media_wait(int watch);

/// Two sockets for each version of IP, the bell, the beat and the watch over those that come and go.
enum { RINGFENCE_MEDIA_WATCHED = 7 };

/// Watches one more socket, under a number. Returns 0, or the negative error number. A socket that is closed is no longer
/// watched.
int ringfence_media_watch_also(int watch, int descriptor, uint32_t number);

/// The numbers of up to `most` sockets that can be read now; does not wait. Returns how many, at most
/// RINGFENCE_MEDIA_BATCH.
int ringfence_media_ready(int watch, uint32_t *numbers, int most);

/// Sends one datagram at once. Returns 1 when the system did not take it, else 0.
int ringfence_media_send_one(int descriptor, const ringfence_datagram *datagram);

/// A bell to wake the waiting thread with. Returns the descriptor, or the negative error number.
int ringfence_media_bell(void);
void ringfence_media_ring(int bell);

/// Wakes the waiting thread every `milliseconds`: a deadline for each wait would cost a timer for each packet. Returns the
/// descriptor, or the negative error number.
int ringfence_media_beat(int milliseconds);

/// Silences a bell or a beat until the next time.
void ringfence_media_hush(int descriptor);

#endif
