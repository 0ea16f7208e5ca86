// SPDX-License-Identifier: Apache-2.0
#include "digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define ALGORITHMS 3
#define SHA256_BLOCK 64
#define SHA256_LENGTH 32
#define HMAC_KEY 32

static const char *const names[ALGORITHMS] = {"MD5", "SHA256", "SHA512-256"};

// Fetched once: looking an algorithm up by name takes a lock and allocates.
static EVP_MD *methods[ALGORITHMS];
static pthread_key_t contexts_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

// A context keeps its state between digests of one algorithm, so each algorithm has its own.
struct contexts {
    EVP_MD_CTX *of[ALGORITHMS];
};
static _Thread_local struct contexts *mine;

static void free_contexts(void *value) {
    struct contexts *contexts = value;
    for (int i = 0; i < ALGORITHMS; i++) EVP_MD_CTX_free(contexts->of[i]);
    free(contexts);
}

static void prepare(void) {
    for (int i = 0; i < ALGORITHMS; i++) methods[i] = EVP_MD_fetch(NULL, names[i], NULL);
    pthread_key_create(&contexts_key, free_contexts);
}

static struct contexts *prepare_thread(void) {
    pthread_once(&once, prepare);
    struct contexts *contexts = calloc(1, sizeof *contexts);
    if (contexts == NULL) return NULL;
    for (int i = 0; i < ALGORITHMS; i++) contexts->of[i] = EVP_MD_CTX_new();
    if (pthread_setspecific(contexts_key, contexts) != 0) {
        free_contexts(contexts);
        return NULL;
    }
    return contexts;
}

static EVP_MD_CTX *context(int algorithm) {
    if (algorithm < 0 || algorithm >= ALGORITHMS) return NULL;
    if (mine == NULL) mine = prepare_thread();
    return mine == NULL ? NULL : mine->of[algorithm];
}

int ringfence_digest_start(int algorithm) {
    EVP_MD_CTX *ctx = context(algorithm);
    return ctx != NULL && methods[algorithm] != NULL && EVP_DigestInit_ex2(ctx, methods[algorithm], NULL) == 1;
}

int ringfence_digest_add(int algorithm, const uint8_t *bytes, size_t count) {
    EVP_MD_CTX *ctx = context(algorithm);
    return ctx != NULL && (count == 0 || EVP_DigestUpdate(ctx, bytes, count) == 1);
}

int ringfence_digest_finish(int algorithm, uint8_t *digest) {
    EVP_MD_CTX *ctx = context(algorithm);
    unsigned length = 0;
    return ctx != NULL && EVP_DigestFinal_ex(ctx, digest, &length) == 1;
}

static int keyed(const uint8_t *key, uint8_t pad, const uint8_t *bytes, size_t count, uint8_t *out) {
    uint8_t block[SHA256_BLOCK];
    memset(block, pad, sizeof block);
    for (int i = 0; i < HMAC_KEY; i++) block[i] ^= key[i];
    int ok = ringfence_digest_start(RINGFENCE_SHA256)
        && ringfence_digest_add(RINGFENCE_SHA256, block, sizeof block)
        && ringfence_digest_add(RINGFENCE_SHA256, bytes, count)
        && ringfence_digest_finish(RINGFENCE_SHA256, out);
    OPENSSL_cleanse(block, sizeof block);
    return ok;
}

int ringfence_hmac_sha256(const uint8_t *key, const uint8_t *bytes, size_t count, uint8_t *mac) {
    uint8_t inner[SHA256_LENGTH];
    return keyed(key, 0x36, bytes, count, inner) && keyed(key, 0x5c, inner, sizeof inner, mac);
}

int ringfence_equal(const uint8_t *a, const uint8_t *b, size_t count) {
    return CRYPTO_memcmp(a, b, count) == 0;
}
