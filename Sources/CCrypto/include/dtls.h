// SPDX-License-Identifier: Apache-2.0
// DTLS 1.2 for keys of SRTP (RFC 5764) over OpenSSL, datagrams in and out. What is sent waits in memory; nothing here owns a
// socket. What the peer's certificate has to be is a fingerprint from signalling (RFC 8122): no chain, no name, no time.
#ifndef RINGFENCE_DTLS_H
#define RINGFENCE_DTLS_H
#include <stddef.h>
#include <stdint.h>

/// A certificate of our own and its key: ECDSA on P-256, signed by itself. May be used by several threads at once.
typedef struct ringfence_dtls_identity ringfence_dtls_identity;

/// One association: a handshake, and then its keys. For one thread at a time.
typedef struct ringfence_dtls ringfence_dtls;

typedef enum { ringfence_dtls_sha256, ringfence_dtls_sha384, ringfence_dtls_sha512 } ringfence_dtls_hash;

typedef enum { ringfence_dtls_open, ringfence_dtls_done, ringfence_dtls_failed } ringfence_dtls_state;

enum {
    /// Bytes of the longest datagram that we send.
    RINGFENCE_DTLS_DATAGRAM = 1200,
    /// Datagrams that wait at most; a flight of ours has two or three.
    RINGFENCE_DTLS_WAITING = 8,
    /// Bytes of the keys and salts of both sides, of the longest suite.
    RINGFENCE_DTLS_MATERIAL = 88,
};

/// `now` is in seconds since 1970. NULL when OpenSSL refuses.
ringfence_dtls_identity *ringfence_dtls_identity_new(int64_t now);
/// Associations that use it go on. NULL is allowed.
void ringfence_dtls_identity_free(ringfence_dtls_identity *identity);
/// Writes the SHA-256 of the certificate: 32 bytes.
void ringfence_dtls_fingerprint(const ringfence_dtls_identity *identity, uint8_t *hash);

/// `fingerprint` is of the peer's certificate, `length` what its hash has. NULL when OpenSSL refuses.
ringfence_dtls *ringfence_dtls_new(const ringfence_dtls_identity *identity, int is_client, ringfence_dtls_hash hash,
                                   const uint8_t *fingerprint, size_t length);
/// NULL is allowed.
void ringfence_dtls_free(ringfence_dtls *dtls);

/// Goes on as far as it can, with one datagram that came, or without any (NULL and 0): to begin as a client, and when time has
/// passed.
ringfence_dtls_state ringfence_dtls_advance(ringfence_dtls *dtls, const uint8_t *bytes, size_t length);

/// The next datagram to send, at most RINGFENCE_DTLS_DATAGRAM bytes; returns its length, 0 for none.
size_t ringfence_dtls_take(ringfence_dtls *dtls, uint8_t *bytes);

/// The number of the protection profile that was agreed on (RFC 5764 §4.1.2, RFC 7714 §14.2); 0 for none.
unsigned ringfence_dtls_profile(const ringfence_dtls *dtls);

/// Writes `length` bytes: the client's key, the server's key, the client's salt, the server's salt (RFC 5764 §4.2). Returns 1,
/// or 0 when there are none.
int ringfence_dtls_export(const ringfence_dtls *dtls, uint8_t *material, size_t length);

#endif
