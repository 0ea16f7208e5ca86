// SPDX-License-Identifier: Apache-2.0
// The ciphers of SRTP over OpenSSL, keyed once and then used for every packet without an allocation.
// Everything else (headers, indexes, initialisation vectors, replay) is Swift, in Media/Protection.
#ifndef RINGFENCE_SRTP_CIPHER_H
#define RINGFENCE_SRTP_CIPHER_H
#include <stddef.h>
#include <stdint.h>

typedef struct ringfence_srtp_cipher ringfence_srtp_cipher;

enum {
    RINGFENCE_SRTP_GCM_TAG = 16,
    RINGFENCE_SRTP_SHA1_KEY = 20,
    RINGFENCE_SRTP_SHA1_80_TAG = 10,
};

/// XORs the AES counter mode key stream of a `key_length` (16 or 32) byte key and a 16-byte `iv` over `length` bytes,
/// as key derivation needs it: in a context of its own. Returns 1, or 0 when OpenSSL refuses.
int ringfence_aes_cm(const uint8_t *key, size_t key_length, const uint8_t *iv, uint8_t *bytes, size_t length);

/// AES-GCM for one direction (RFC 7714). `key_length` is 16 or 32. NULL when OpenSSL refuses.
ringfence_srtp_cipher *ringfence_srtp_gcm_new(const uint8_t *key, size_t key_length, int seals);

/// AES-CM with HMAC-SHA1 (RFC 3711): a 16-byte cipher key and a 20-byte authentication key. NULL when OpenSSL refuses.
ringfence_srtp_cipher *ringfence_srtp_cm_new(const uint8_t *key, const uint8_t *authentication_key);

/// Wipes the keys. NULL is allowed.
void ringfence_srtp_free(ringfence_srtp_cipher *cipher);

// A packet is `clear` bytes that are only authenticated, then encrypted bytes up to `length`, then the tag.
// The initialisation vector comes as a 128-bit number; GCM uses its first 96 bits.

/// Encrypts in place and writes the 16-byte tag. `trailer` bytes behind the tag (the SRTCP index) are authenticated
/// too. Returns 1, or 0 on failure.
int ringfence_srtp_gcm_seal(ringfence_srtp_cipher *cipher, uint64_t iv_high, uint64_t iv_low,
                            uint8_t *packet, size_t clear, size_t length, size_t trailer);

/// Decrypts in place. Returns 1, or 0 when the tag is wrong: then the bytes after `clear` are worthless.
int ringfence_srtp_gcm_open(ringfence_srtp_cipher *cipher, uint64_t iv_high, uint64_t iv_low,
                            uint8_t *packet, size_t clear, size_t length, size_t trailer);

/// Encrypts or decrypts in place. Returns 1, or 0 on failure.
int ringfence_srtp_cm_apply(ringfence_srtp_cipher *cipher, uint64_t iv_high, uint64_t iv_low,
                            uint8_t *packet, size_t clear, size_t length);

/// Writes the first 80 bits of HMAC-SHA1 over `length` bytes behind them. SRTP also authenticates the roll-over counter
/// that is not in the packet (RFC 3711 §4.2): `roc` points to it in host order. NULL for SRTCP.
void ringfence_srtp_cm_sign(const ringfence_srtp_cipher *cipher, uint8_t *packet, size_t length, const uint32_t *roc);

/// Whether the 10 bytes behind `length` are that tag; in constant time.
int ringfence_srtp_cm_verify(const ringfence_srtp_cipher *cipher, const uint8_t *packet, size_t length,
                             const uint32_t *roc);

#endif
