// SPDX-License-Identifier: Apache-2.0

#ifndef RINGFENCE_TLS_ABUSE_H
#define RINGFENCE_TLS_ABUSE_H

#include <stddef.h>

enum ringfence_tls_outcome {
    /// The ordinary handshake before it did not come about, so nothing was tried.
    ringfence_tls_failed,
    ringfence_tls_refused,
    ringfence_tls_taken,
};

/// Over a connected, blocking TCP socket with timeouts: a TLS 1.2 handshake, then another one inside it (RFC 5246 §7.4.1.1).
/// A connection that compresses counts as taken. The socket stays open.
///
/// @param host for server_name (RFC 6066 §3); NULL for none.
enum ringfence_tls_outcome ringfence_tls_renegotiate(int socket, const char *host);

/// Over two such sockets: a TLS 1.3 handshake for a ticket, then a request before the handshake of the second one (RFC 8446
/// §2.3), by the ticket or, where none came, by a made-up key.
///
/// @param has_ticket becomes 1 where the server gave a ticket.
enum ringfence_tls_outcome ringfence_tls_send_early(
    int first, int second, const char *host, const unsigned char *request, size_t length, int *has_ticket
);

#endif
