// SPDX-License-Identifier: Apache-2.0
#include "dtls.h"
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

struct ringfence_dtls_identity {
    SSL_CTX *context;
    uint8_t fingerprint[32];
};

struct ringfence_dtls {
    SSL *ssl;
    ringfence_dtls_hash hash;
    uint8_t fingerprint[64];
    int is_failed;
    // The datagram that came, while it is worked on.
    const uint8_t *in;
    size_t in_length;
    // What waits to be sent.
    unsigned first, count;
    size_t lengths[RINGFENCE_DTLS_WAITING];
    uint8_t waiting[RINGFENCE_DTLS_WAITING][RINGFENCE_DTLS_DATAGRAM];
};

static const EVP_MD *digest(ringfence_dtls_hash hash) {
    switch (hash) {
    case ringfence_dtls_sha256: return EVP_sha256();
    case ringfence_dtls_sha384: return EVP_sha384();
    case ringfence_dtls_sha512: return EVP_sha512();
    }
    return NULL;
}

// A pipe that keeps datagrams apart: OpenSSL 3.0 has only one that does not.

static int pipe_read(BIO *bio, char *bytes, int room) {
    ringfence_dtls *dtls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (dtls->in == NULL || room <= 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    const size_t length = dtls->in_length < (size_t)room ? dtls->in_length : (size_t)room;
    memcpy(bytes, dtls->in, length);
    dtls->in = NULL;
    return (int)length;
}

static int pipe_write(BIO *bio, const char *bytes, int length) {
    ringfence_dtls *dtls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    // What does not fit is lost, like any datagram.
    if (length > 0 && length <= RINGFENCE_DTLS_DATAGRAM && dtls->count < RINGFENCE_DTLS_WAITING) {
        const unsigned place = (dtls->first + dtls->count) % RINGFENCE_DTLS_WAITING;
        memcpy(dtls->waiting[place], bytes, (size_t)length);
        dtls->lengths[place] = (size_t)length;
        dtls->count++;
    }
    return length;
}

static long pipe_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP;
}

static BIO_METHOD *pipe_method;
static CRYPTO_ONCE pipe_once = CRYPTO_ONCE_STATIC_INIT;

static void make_pipe_method(void) {
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
    if (method != NULL && BIO_meth_set_read(method, pipe_read) && BIO_meth_set_write(method, pipe_write) &&
        BIO_meth_set_ctrl(method, pipe_control)) {
        pipe_method = method;
    } else {
        BIO_meth_free(method);
    }
}

// Whether the peer's certificate is the one that signalling named. That it has the key, the handshake itself proves.
static int verify(X509_STORE_CTX *store, void *unused) {
    (void)unused;
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    X509 *certificate = X509_STORE_CTX_get0_cert(store);
    ringfence_dtls *dtls = ssl != NULL ? SSL_get_app_data(ssl) : NULL;
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (dtls != NULL && certificate != NULL && X509_digest(certificate, digest(dtls->hash), hash, &length) == 1 &&
        length <= sizeof dtls->fingerprint && CRYPTO_memcmp(hash, dtls->fingerprint, length) == 0) {
        X509_STORE_CTX_set_error(store, X509_V_OK);
        return 1;
    }
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    return 0;
}

// Valid for a month around `now`, though nobody looks: a fingerprint says everything.
static X509 *self_signed(EVP_PKEY *key, int64_t now) {
    static const unsigned char name[] = "ringfence";
    time_t moment = (time_t)now;
    X509 *certificate = X509_new();
    X509_NAME *subject = certificate != NULL ? X509_get_subject_name(certificate) : NULL;
    if (subject != NULL && X509_set_version(certificate, 2) == 1 &&
        ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), now) == 1 &&
        X509_time_adj_ex(X509_getm_notBefore(certificate), -1, 0, &moment) != NULL &&
        X509_time_adj_ex(X509_getm_notAfter(certificate), 30, 0, &moment) != NULL &&
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, name, -1, -1, 0) == 1 &&
        X509_set_issuer_name(certificate, subject) == 1 && X509_set_pubkey(certificate, key) == 1 &&
        X509_sign(certificate, key, EVP_sha256()) > 0)
        return certificate;
    X509_free(certificate);
    return NULL;
}

static SSL_CTX *context_new(EVP_PKEY *key, X509 *certificate) {
    SSL_CTX *context = SSL_CTX_new(DTLS_method());
    if (context == NULL) return NULL;
    SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                     SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_cert_list(context, 16384);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(context, verify, NULL);
    if (SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 &&
        SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20:!PSK") == 1 &&
        // 0 is success, unlike all the others.
        SSL_CTX_set_tlsext_use_srtp(context,
                                    "SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80") == 0 &&
        SSL_CTX_use_certificate(context, certificate) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1)
        return context;
    SSL_CTX_free(context);
    return NULL;
}

ringfence_dtls_identity *ringfence_dtls_identity_new(int64_t now) {
    ringfence_dtls_identity *identity = calloc(1, sizeof *identity);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = key != NULL ? self_signed(key, now) : NULL;
    unsigned length = 0;
    if (identity != NULL && certificate != NULL &&
        X509_digest(certificate, EVP_sha256(), identity->fingerprint, &length) == 1)
        identity->context = context_new(key, certificate);
    X509_free(certificate);
    EVP_PKEY_free(key);
    ERR_clear_error();
    if (identity != NULL && identity->context != NULL) return identity;
    free(identity);
    return NULL;
}

void ringfence_dtls_identity_free(ringfence_dtls_identity *identity) {
    if (identity == NULL) return;
    SSL_CTX_free(identity->context);
    free(identity);
}

void ringfence_dtls_fingerprint(const ringfence_dtls_identity *identity, uint8_t *hash) {
    memcpy(hash, identity->fingerprint, sizeof identity->fingerprint);
}

// Microseconds until a flight is sent again: 0.4 s, then twice as long each time, up to 3.2 s (RFC 6347 §4.2.4.1 leaves it to
// who knows better).
static unsigned again(SSL *ssl, unsigned before) {
    (void)ssl;
    return before == 0 ? 400000 : before < 3200000 ? before * 2 : before;
}

ringfence_dtls *ringfence_dtls_new(const ringfence_dtls_identity *identity, int is_client, ringfence_dtls_hash hash,
                                   const uint8_t *fingerprint, size_t length) {
    const EVP_MD *kind = digest(hash);
    CRYPTO_THREAD_run_once(&pipe_once, make_pipe_method);
    if (pipe_method == NULL || kind == NULL || length != (size_t)EVP_MD_get_size(kind)) return NULL;
    ringfence_dtls *dtls = calloc(1, sizeof *dtls);
    if (dtls == NULL) return NULL;
    dtls->hash = hash;
    memcpy(dtls->fingerprint, fingerprint, length);
    dtls->ssl = SSL_new(identity->context);
    BIO *pipe = dtls->ssl != NULL ? BIO_new(pipe_method) : NULL;
    if (pipe == NULL) {
        ringfence_dtls_free(dtls);
        ERR_clear_error();
        return NULL;
    }
    BIO_set_data(pipe, dtls);
    BIO_set_init(pipe, 1);
    SSL_set_bio(dtls->ssl, pipe, pipe);
    SSL_set_app_data(dtls->ssl, dtls);
    SSL_set_mtu(dtls->ssl, RINGFENCE_DTLS_DATAGRAM);
    DTLS_set_timer_cb(dtls->ssl, again);
    if (is_client) SSL_set_connect_state(dtls->ssl); else SSL_set_accept_state(dtls->ssl);
    return dtls;
}

void ringfence_dtls_free(ringfence_dtls *dtls) {
    if (dtls == NULL) return;
    SSL_free(dtls->ssl);
    OPENSSL_cleanse(dtls, sizeof *dtls);
    free(dtls);
}

static int is_waiting(ringfence_dtls *dtls, int result) {
    const int error = SSL_get_error(dtls->ssl, result);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

ringfence_dtls_state ringfence_dtls_advance(ringfence_dtls *dtls, const uint8_t *bytes, size_t length) {
    if (dtls->is_failed) return ringfence_dtls_failed;
    ERR_clear_error();
    dtls->in = length > 0 ? bytes : NULL;
    dtls->in_length = length;
    if (SSL_is_init_finished(dtls->ssl)) {
        // A peer that missed our last flight sends its own again; reading is what answers it. Data there is none.
        uint8_t nothing[64];
        if (dtls->in != NULL) (void)SSL_read(dtls->ssl, nothing, sizeof nothing);
        dtls->in = NULL;
        ERR_clear_error();
        return ringfence_dtls_done;
    }
    if (dtls->in == NULL && DTLSv1_handle_timeout(dtls->ssl) < 0) dtls->is_failed = 1;
    const int result = SSL_do_handshake(dtls->ssl);
    if (result != 1 && !is_waiting(dtls, result)) dtls->is_failed = 1;
    dtls->in = NULL;
    ERR_clear_error();
    if (dtls->is_failed) return ringfence_dtls_failed;
    return result == 1 ? ringfence_dtls_done : ringfence_dtls_open;
}

size_t ringfence_dtls_take(ringfence_dtls *dtls, uint8_t *bytes) {
    if (dtls->count == 0) return 0;
    const size_t length = dtls->lengths[dtls->first];
    memcpy(bytes, dtls->waiting[dtls->first], length);
    dtls->first = (dtls->first + 1) % RINGFENCE_DTLS_WAITING;
    dtls->count--;
    return length;
}

unsigned ringfence_dtls_profile(const ringfence_dtls *dtls) {
    const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(dtls->ssl);
    return profile != NULL ? (unsigned)profile->id : 0;
}

int ringfence_dtls_export(const ringfence_dtls *dtls, uint8_t *material, size_t length) {
    static const char label[] = "EXTRACTOR-dtls_srtp";
    return SSL_is_init_finished(dtls->ssl) &&
           SSL_export_keying_material(dtls->ssl, material, length, label, sizeof label - 1, NULL, 0, 0) == 1;
}
