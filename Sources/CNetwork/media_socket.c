// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "media_socket.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} name;

struct ringfence_media_batch {
    ringfence_datagram datagrams[RINGFENCE_MEDIA_BATCH];
    struct mmsghdr in[RINGFENCE_MEDIA_BATCH], out[RINGFENCE_MEDIA_BATCH];
    struct iovec into[RINGFENCE_MEDIA_BATCH], from[RINGFENCE_MEDIA_BATCH];
    name sources[RINGFENCE_MEDIA_BATCH], destinations[RINGFENCE_MEDIA_BATCH];
    uint8_t buffers[RINGFENCE_MEDIA_BATCH][RINGFENCE_MEDIA_BUFFER];
};

ringfence_media_batch *ringfence_media_batch_new(void) {
    ringfence_media_batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL) return NULL;
    for (int i = 0; i < RINGFENCE_MEDIA_BATCH; i++) {
        batch->datagrams[i].bytes = batch->buffers[i];
        batch->into[i] = (struct iovec){batch->buffers[i], RINGFENCE_MEDIA_LONGEST};
        batch->in[i].msg_hdr = (struct msghdr){
            .msg_name = &batch->sources[i], .msg_iov = &batch->into[i], .msg_iovlen = 1};
        batch->from[i].iov_base = batch->buffers[i];
        batch->out[i].msg_hdr = (struct msghdr){.msg_iovlen = 1};
    }
    return batch;
}

void ringfence_media_batch_free(ringfence_media_batch *batch) { free(batch); }

ringfence_datagram *ringfence_media_datagrams(ringfence_media_batch *batch) { return batch->datagrams; }

static uint64_t number(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return __builtin_bswap64(value);
}

static const uint64_t mapped = UINT64_C(0xFFFF00000000);

static socklen_t to_name(uint64_t high, uint64_t low, uint16_t port, name *result) {
    if (high == 0 && low >> 32 == 0xFFFF) {
        result->v4 = (struct sockaddr_in){
            .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl((uint32_t)low)};
        return sizeof result->v4;
    }
    result->v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
    high = __builtin_bswap64(high);
    low = __builtin_bswap64(low);
    memcpy(result->v6.sin6_addr.s6_addr, &high, sizeof high);
    memcpy(result->v6.sin6_addr.s6_addr + 8, &low, sizeof low);
    return sizeof result->v6;
}

static void from_name(const name *source, ringfence_datagram *datagram) {
    if (source->any.sa_family == AF_INET) {
        datagram->ip_high = 0;
        datagram->ip_low = mapped | ntohl(source->v4.sin_addr.s_addr);
        datagram->port = ntohs(source->v4.sin_port);
    } else {
        datagram->ip_high = number(source->v6.sin6_addr.s6_addr);
        datagram->ip_low = number(source->v6.sin6_addr.s6_addr + 8);
        datagram->port = ntohs(source->v6.sin6_port);
    }
}

static void set_buffer(int descriptor, int forced, int asked, int bytes) {
    // The forced form needs a privilege; the other is cut at the system's limit.
    if (setsockopt(descriptor, SOL_SOCKET, forced, &bytes, sizeof bytes) != 0)
        setsockopt(descriptor, SOL_SOCKET, asked, &bytes, sizeof bytes);
}

int ringfence_media_socket(uint64_t ip_high, uint64_t ip_low, uint16_t port, int buffer, int shares) {
    name local;
    const socklen_t length = to_name(ip_high, ip_low, port, &local);
    const int descriptor = socket(local.any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    const int one = 1, expedited = 0xB8;
    if (shares) setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    if (local.any.sa_family == AF_INET) {
        setsockopt(descriptor, IPPROTO_IP, IP_TOS, &expedited, sizeof expedited);
    } else {
        setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
        setsockopt(descriptor, IPPROTO_IPV6, IPV6_TCLASS, &expedited, sizeof expedited);
    }
    set_buffer(descriptor, SO_RCVBUFFORCE, SO_RCVBUF, buffer);
    set_buffer(descriptor, SO_SNDBUFFORCE, SO_SNDBUF, buffer);
    if (bind(descriptor, &local.any, length) != 0) {
        const int problem = errno;
        close(descriptor);
        return -problem;
    }
    return descriptor;
}

uint16_t ringfence_media_port(int descriptor) {
    name local;
    socklen_t length = sizeof local;
    if (getsockname(descriptor, &local.any, &length) != 0) return 0;
    return ntohs(local.any.sa_family == AF_INET ? local.v4.sin_port : local.v6.sin6_port);
}

int ringfence_media_receive(ringfence_media_batch *batch, int descriptor) {
    for (int i = 0; i < RINGFENCE_MEDIA_BATCH; i++) batch->in[i].msg_hdr.msg_namelen = sizeof(name);
    const int count = recvmmsg(descriptor, batch->in, RINGFENCE_MEDIA_BATCH, MSG_DONTWAIT, NULL);
    if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) {
        from_name(&batch->sources[i], &batch->datagrams[i]);
        batch->datagrams[i].length = batch->in[i].msg_len;
    }
    return count;
}

int ringfence_media_send(ringfence_media_batch *batch, int count, int descriptor, uint16_t socket) {
    int ready = 0, sent = 0, lost = 0;
    for (int i = 0; i < count && i < RINGFENCE_MEDIA_BATCH; i++) {
        const ringfence_datagram *datagram = &batch->datagrams[i];
        if (datagram->length == 0 || datagram->socket != socket) continue;
        struct msghdr *header = &batch->out[ready].msg_hdr;
        header->msg_name = &batch->destinations[i];
        header->msg_namelen = to_name(datagram->ip_high, datagram->ip_low, datagram->port, &batch->destinations[i]);
        batch->from[i].iov_len = datagram->length;
        header->msg_iov = &batch->from[i];
        ready++;
    }
    while (sent < ready) {
        const int now = sendmmsg(descriptor, batch->out + sent, (unsigned)(ready - sent), MSG_DONTWAIT);
        if (now > 0) {
            sent += now;
        } else if (now < 0 && errno == EINTR) {
            continue;
        } else {
            // One destination that cannot be reached, or a full buffer: media does not wait.
            sent++;
            lost++;
        }
    }
    return lost;
}

int ringfence_media_watch(const int *descriptors, int count) {
    const int watch = epoll_create1(EPOLL_CLOEXEC);
    if (watch < 0) return -errno;
    for (int i = 0; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        if (descriptors[i] < 0 || epoll_ctl(watch, EPOLL_CTL_ADD, descriptors[i], &event) == 0) continue;
        const int problem = errno;
        close(watch);
        return -problem;
    }
    return watch;
}

int ringfence_media_wait(int watch) {
    struct epoll_event events[RINGFENCE_MEDIA_WATCHED];
    const int count = epoll_wait(watch, events, RINGFENCE_MEDIA_WATCHED, -1);
    int mask = 0;
    for (int i = 0; i < count; i++) mask |= 1 << events[i].data.u32;
    return mask;
}

int ringfence_media_watch_also(int watch, int descriptor, uint32_t number) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = number};
    return epoll_ctl(watch, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : -errno;
}

int ringfence_media_ready(int watch, uint32_t *numbers, int most) {
    struct epoll_event events[RINGFENCE_MEDIA_BATCH];
    const int count = epoll_wait(watch, events, most < RINGFENCE_MEDIA_BATCH ? most : RINGFENCE_MEDIA_BATCH, 0);
    for (int i = 0; i < count; i++) numbers[i] = events[i].data.u32;
    return count < 0 ? 0 : count;
}

int ringfence_media_send_one(int descriptor, const ringfence_datagram *datagram) {
    name destination;
    const socklen_t length = to_name(datagram->ip_high, datagram->ip_low, datagram->port, &destination);
    return sendto(descriptor, datagram->bytes, datagram->length, MSG_DONTWAIT, &destination.any, length) < 0;
}

int ringfence_media_bell(void) {
    const int bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return bell < 0 ? -errno : bell;
}

// Ringing fails only when the counter is full, and then the thread is awake anyway.
void ringfence_media_ring(int bell) { (void)!eventfd_write(bell, 1); }

int ringfence_media_beat(int milliseconds) {
    const int beat = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (beat < 0) return -errno;
    const struct timespec pace = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    const struct itimerspec times = {.it_interval = pace, .it_value = pace};
    if (timerfd_settime(beat, 0, &times, NULL) == 0) return beat;
    const int problem = errno;
    close(beat);
    return -problem;
}

void ringfence_media_hush(int descriptor) {
    uint64_t times;
    (void)!read(descriptor, &times, sizeof times);
}
