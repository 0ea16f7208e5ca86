// SPDX-License-Identifier: Apache-2.0
// OpenSSL 3.0 allocates a context for every EVP_DigestInit; these older functions, which it deprecates in favour of EVP,
// do not. Docs/decisions/0002-digest-over-openssl.md.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "digest.h"
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <string.h>

_Static_assert(sizeof(MD5_CTX) <= sizeof(ringfence_digest), "an MD5 context must fit");
_Static_assert(sizeof(SHA256_CTX) <= sizeof(ringfence_digest), "a SHA-256 context must fit");
_Static_assert(sizeof(SHA512_CTX) <= sizeof(ringfence_digest), "a SHA-512 context must fit");

// SHA-512/256 is SHA-512 that starts from these and is cut to 256 bits (FIPS 180-4 §5.3.6.2).
static const SHA_LONG64 sha512_256_start[8] = {
    0x22312194FC2BF72CULL, 0x9F555FA3C84C64C2ULL, 0x2393B86B6F53B151ULL, 0x963877195940EABDULL,
    0x96283EE2A88EFFE3ULL, 0xBE5E1E2553863992ULL, 0x2B0199FC2C85B8AAULL, 0x0EB72DDC81C52CA2ULL,
};

void ringfence_digest_start(ringfence_digest *digest, ringfence_digest_algorithm algorithm) {
    switch (algorithm) {
    case ringfence_md5: MD5_Init((MD5_CTX *)digest->context); break;
    case ringfence_sha256: SHA256_Init((SHA256_CTX *)digest->context); break;
    case ringfence_sha512_256: {
        SHA512_CTX *context = (SHA512_CTX *)digest->context;
        SHA512_Init(context);
        memcpy(context->h, sha512_256_start, sizeof context->h);
        break;
    }
    }
}

void ringfence_digest_add(
    ringfence_digest *digest, ringfence_digest_algorithm algorithm, const uint8_t *bytes, size_t count) {
    if (count == 0) return;
    switch (algorithm) {
    case ringfence_md5: MD5_Update((MD5_CTX *)digest->context, bytes, count); break;
    case ringfence_sha256: SHA256_Update((SHA256_CTX *)digest->context, bytes, count); break;
    case ringfence_sha512_256: SHA512_Update((SHA512_CTX *)digest->context, bytes, count); break;
    }
}

void ringfence_digest_finish(ringfence_digest *digest, ringfence_digest_algorithm algorithm, uint8_t *result) {
    switch (algorithm) {
    case ringfence_md5: MD5_Final(result, (MD5_CTX *)digest->context); break;
    case ringfence_sha256: SHA256_Final(result, (SHA256_CTX *)digest->context); break;
    case ringfence_sha512_256: {
        uint8_t whole[SHA512_DIGEST_LENGTH];
        SHA512_Final(whole, (SHA512_CTX *)digest->context);
        memcpy(result, whole, 32);
        break;
    }
    }
}

void ringfence_sha1(const uint8_t *bytes, size_t count, uint8_t *result) { SHA1(bytes, count, result); }

void ringfence_hmac_sha1(const uint8_t *key, size_t key_count, const uint8_t *bytes, size_t count, uint8_t *mac) {
    HMAC(EVP_sha1(), key, (int)key_count, bytes, count, mac, NULL);
}

static void absorb_key(const uint8_t *key, uint8_t pad, uint32_t *state) {
    uint8_t block[SHA256_CBLOCK];
    memset(block, pad, sizeof block);
    for (int i = 0; i < 32; i++) block[i] ^= key[i];
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, block, sizeof block);
    memcpy(state, context.h, sizeof context.h);
    OPENSSL_cleanse(block, sizeof block);
    OPENSSL_cleanse(&context, sizeof context);
}

static void finish_keyed(const uint32_t *state, const uint8_t *bytes, size_t count, uint8_t *result) {
    SHA256_CTX context;
    SHA256_Init(&context);
    memcpy(context.h, state, sizeof context.h);
    context.Nl = SHA256_CBLOCK * 8;
    SHA256_Update(&context, bytes, count);
    SHA256_Final(result, &context);
}

ringfence_hmac_key ringfence_hmac_key_make(const uint8_t *key) {
    ringfence_hmac_key made;
    absorb_key(key, 0x36, made.inner);
    absorb_key(key, 0x5c, made.outer);
    return made;
}

void ringfence_hmac(const ringfence_hmac_key *key, const uint8_t *bytes, size_t count, uint8_t *mac) {
    uint8_t inner[SHA256_DIGEST_LENGTH];
    finish_keyed(key->inner, bytes, count, inner);
    finish_keyed(key->outer, inner, sizeof inner, mac);
}

int ringfence_equal(const uint8_t *a, const uint8_t *b, size_t count) {
    return CRYPTO_memcmp(a, b, count) == 0;
}
