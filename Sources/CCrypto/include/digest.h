// SPDX-License-Identifier: Apache-2.0
// Message digests over OpenSSL 3 EVP, without an allocation once a thread has used each algorithm.
#ifndef RINGFENCE_DIGEST_H
#define RINGFENCE_DIGEST_H
#include <stddef.h>
#include <stdint.h>

#define RINGFENCE_MD5 0
#define RINGFENCE_SHA256 1
#define RINGFENCE_SHA512_256 2

// One digest at a time per thread and algorithm: start, add…, finish. Each returns 1, or 0 when OpenSSL refuses (an
// algorithm that its configuration forbids); after a 0 the digest is lost.
int ringfence_digest_start(int algorithm);
int ringfence_digest_add(int algorithm, const uint8_t *bytes, size_t count);
// Writes 16 bytes for MD5, 32 for the others.
int ringfence_digest_finish(int algorithm, uint8_t *digest);

// HMAC-SHA-256 (RFC 2104) with a key of exactly 32 bytes. Uses the thread's SHA-256. Returns 1, or 0 as above.
int ringfence_hmac_sha256(const uint8_t *key, const uint8_t *bytes, size_t count, uint8_t *mac);

// 1 when the two are equal, in a time that does not depend on where they differ.
int ringfence_equal(const uint8_t *a, const uint8_t *b, size_t count);

#endif
