// SPDX-License-Identifier: Apache-2.0
#ifndef RINGFENCE_NAMES_H
#define RINGFENCE_NAMES_H
#include <stdint.h>

/// Why a question to name servers has no answer.
enum {
    /// No name server answered, or what answered could not do its work.
    RINGFENCE_NAMES_FAILED = -1,
    /// There is no such name, or it has no such record.
    RINGFENCE_NAMES_NONE = -2,
};

/// Asks the name servers of this machine for records of class IN (RFC 1035 §4.1). Blocks, at most about four seconds for each of
/// them; may be called on several threads at once.
///
/// `port` is 0 for the machine's own name servers, or that of the only one to ask, at 127.0.0.1.
/// Returns how many bytes of the answer were written, or one of the above.
int ringfence_names_ask(const char *name, uint16_t type, uint16_t port, uint8_t *answer, int capacity);

/// Addresses that this machine knows of a host without asking name servers, as /etc/hosts does: up to `count` pairs of 64 bits,
/// an IPv4 address in its mapped form (::ffff:a.b.c.d). Returns how many. May block as long as the system's own resolver.
int ringfence_names_local(const char *host, uint64_t *pairs, int count);
#endif
