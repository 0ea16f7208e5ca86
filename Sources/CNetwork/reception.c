// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "reception.h"
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { SIGNS = 64 };

static int add(int watch, int descriptor, uint64_t tag, uint32_t events) {
    struct epoll_event event = {.events = events, .data.u64 = tag};
    return epoll_ctl(watch, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : -errno;
}

int ringfence_watch_new(void) {
    const int descriptor = epoll_create1(EPOLL_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

int ringfence_watch_listener(int watch, int descriptor, uint64_t tag) {
    return add(watch, descriptor, tag, EPOLLIN);
}

// By edge: what was looked at stays in the socket, and would be told again for ever.
int ringfence_watch_connection(int watch, int descriptor, uint64_t tag) {
    return add(watch, descriptor, tag, EPOLLIN | EPOLLRDHUP | EPOLLET);
}

void ringfence_watch_no_more(int watch, int descriptor) {
    struct epoll_event none = {0};
    epoll_ctl(watch, EPOLL_CTL_DEL, descriptor, &none);
}

int ringfence_watch_wait(int watch, ringfence_sign *signs, int count, int milliseconds) {
    struct epoll_event events[SIGNS];
    const int found = epoll_wait(watch, events, count < SIGNS ? count : SIGNS, milliseconds);
    for (int i = 0; i < found; i++) {
        signs[i].tag = events[i].data.u64;
        signs[i].is_ended = (events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    }
    return found < 0 ? 0 : found;
}

int ringfence_accept(int listener, void *name, uint32_t *length) {
    socklen_t size = *length;
    const int descriptor = accept4(listener, name, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    *length = size;
    return descriptor < 0 ? -errno : descriptor;
}

long ringfence_peek(int descriptor, uint8_t *bytes, uint64_t count) {
    const long length = recv(descriptor, bytes, count, MSG_PEEK | MSG_DONTWAIT);
    return length < 0 ? -errno : length;
}
