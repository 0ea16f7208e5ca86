// SPDX-License-Identifier: Apache-2.0
// Message digests by OpenSSL 3 on memory of the caller: nothing is allocated, nothing can fail.
#ifndef RINGFENCE_DIGEST_H
#define RINGFENCE_DIGEST_H
#include <stddef.h>
#include <stdint.h>

typedef enum { ringfence_md5, ringfence_sha256, ringfence_sha512_256 } ringfence_digest_algorithm;

// A digest in progress: OpenSSL's own context, opaque here so that its headers stay in digest.c.
typedef struct {
    uint64_t context[27];
} ringfence_digest;

void ringfence_digest_start(ringfence_digest *digest, ringfence_digest_algorithm algorithm);
void ringfence_digest_add(
    ringfence_digest *digest, ringfence_digest_algorithm algorithm, const uint8_t *bytes, size_t count);
// Writes 16 bytes for MD5, 32 for the others.
void ringfence_digest_finish(ringfence_digest *digest, ringfence_digest_algorithm algorithm, uint8_t *result);

// SHA-1 of a few bytes: 20 bytes. Only for what a protocol fixes and no secret depends on (RFC 6455 §4.2.2).
void ringfence_sha1(const uint8_t *bytes, size_t count, uint8_t *result);

// HMAC-SHA-1 (RFC 2104): 20 bytes. Only for what a protocol fixes (RFC 8489 §14.5).
void ringfence_hmac_sha1(const uint8_t *key, size_t key_count, const uint8_t *bytes, size_t count, uint8_t *mac);

// A key of HMAC-SHA-256 (RFC 2104) as the two states that it leaves behind. As secret as the key.
typedef struct {
    uint32_t inner[8];
    uint32_t outer[8];
} ringfence_hmac_key;

// Of exactly 32 bytes.
ringfence_hmac_key ringfence_hmac_key_make(const uint8_t *key);
// Writes 32 bytes.
void ringfence_hmac(const ringfence_hmac_key *key, const uint8_t *bytes, size_t count, uint8_t *mac);

// Whether the two are equal, in a time that does not depend on where they differ.
int ringfence_equal(const uint8_t *a, const uint8_t *b, size_t count);

#endif
