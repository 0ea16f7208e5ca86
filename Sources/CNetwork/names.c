// SPDX-License-Identifier: Apache-2.0
#include "names.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>

int ringfence_names_ask(const char *name, uint16_t type, uint16_t port, uint8_t *answer, int capacity) {
    struct __res_state state;
    memset(&state, 0, sizeof state);
    if (res_ninit(&state) != 0) return RINGFENCE_NAMES_FAILED;
    state.retrans = 2;
    state.retry = 2;
    // The name is whole: no search list is added, or somebody else's domain could answer.
    state.options &= ~(RES_DNSRCH | RES_DEFNAMES);
    if (port != 0) {
        state.nscount = 1;
        state.nsaddr_list[0].sin_family = AF_INET;
        state.nsaddr_list[0].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        state.nsaddr_list[0].sin_port = htons(port);
    }
    int length = res_nquery(&state, name, ns_c_in, type, answer, capacity);
    int reason = state.res_h_errno;
    res_nclose(&state);
    if (length > capacity) return RINGFENCE_NAMES_FAILED;
    if (length >= 0) return length;
    return reason == HOST_NOT_FOUND || reason == NO_DATA ? RINGFENCE_NAMES_NONE : RINGFENCE_NAMES_FAILED;
}

static uint64_t word(const uint8_t *bytes) {
    uint64_t value = 0;
    for (int index = 0; index < 8; index++) value = value << 8 | bytes[index];
    return value;
}

int ringfence_names_local(const char *host, uint64_t *pairs, int count) {
    struct addrinfo hints, *found = NULL;
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host, NULL, &hints, &found) != 0) return 0;
    int used = 0;
    for (struct addrinfo *one = found; one != NULL && used < count; one = one->ai_next) {
        if (one->ai_family == AF_INET) {
            uint32_t v4 = ntohl(((struct sockaddr_in *)(void *)one->ai_addr)->sin_addr.s_addr);
            pairs[2 * used] = 0;
            pairs[2 * used + 1] = UINT64_C(0xFFFF00000000) | v4;
            used++;
        } else if (one->ai_family == AF_INET6) {
            const uint8_t *bytes = ((struct sockaddr_in6 *)(void *)one->ai_addr)->sin6_addr.s6_addr;
            pairs[2 * used] = word(bytes);
            pairs[2 * used + 1] = word(bytes + 8);
            used++;
        }
    }
    freeaddrinfo(found);
    return used;
}
