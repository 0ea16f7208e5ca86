// SPDX-License-Identifier: Apache-2.0

// OpenSSL as an attacker's TLS client: what our own (BoringSSL) cannot be made to try.

#include "tls_abuse.h"

#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>
#include <time.h>

// The attacked server hangs up while we write; that must not end this process.
static void hold_pipe_signal(sigset_t *before) {
    sigset_t pipe_signal;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, before);
}

static void release_pipe_signal(const sigset_t *before) {
    sigset_t pipe_signal;
    struct timespec none = {0, 0};
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    while (!sigismember(before, SIGPIPE) && sigtimedwait(&pipe_signal, NULL, &none) == SIGPIPE) {
    }
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

static SSL_CTX *make_context(int version) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL) return NULL;
    SSL_CTX_set_min_proto_version(context, version);
    SSL_CTX_set_max_proto_version(context, version);
    SSL_CTX_clear_options(context, SSL_OP_NO_COMPRESSION);
    return context;
}

static SSL *make_client(SSL_CTX *context, int socket, const char *host) {
    SSL *client = SSL_new(context);
    if (client == NULL) return NULL;
    if (SSL_set_fd(client, socket) != 1 || (host != NULL && SSL_set_tlsext_host_name(client, host) != 1)) {
        SSL_free(client);
        return NULL;
    }
    return client;
}

static enum ringfence_tls_outcome renegotiate(SSL *client) {
    if (SSL_connect(client) != 1) return ringfence_tls_failed;
    if (SSL_get_current_compression(client) != NULL) return ringfence_tls_taken;
    if (SSL_renegotiate(client) != 1) return ringfence_tls_failed;
    return SSL_do_handshake(client) == 1 ? ringfence_tls_taken : ringfence_tls_refused;
}

enum ringfence_tls_outcome ringfence_tls_renegotiate(int socket, const char *host) {
    enum ringfence_tls_outcome outcome = ringfence_tls_failed;
    sigset_t before;
    hold_pipe_signal(&before);
    SSL_CTX *context = make_context(TLS1_2_VERSION);
    SSL *client = context == NULL ? NULL : make_client(context, socket, host);
    if (client != NULL) outcome = renegotiate(client);
    SSL_free(client);
    SSL_CTX_free(context);
    release_pipe_signal(&before);
    return outcome;
}

// A session that the server never gave, for one that gives none: RFC 8446 §4.2.10 allows early data with any of them.
static int make_up_session(
    SSL *client, const EVP_MD *digest, const unsigned char **name, size_t *length, SSL_SESSION **session
) {
    static const unsigned char suite[] = {0x13, 0x01}, key[32] = {1}, made_up[] = "made up";
    const SSL_CIPHER *cipher = SSL_CIPHER_find(client, suite);
    *session = NULL;
    *length = 0;
    if (cipher == NULL || (digest != NULL && SSL_CIPHER_get_handshake_digest(cipher) != digest)) return 1;
    SSL_SESSION *made = SSL_SESSION_new();
    if (made == NULL || SSL_SESSION_set1_master_key(made, key, sizeof key) != 1
        || SSL_SESSION_set_cipher(made, cipher) != 1 || SSL_SESSION_set_protocol_version(made, TLS1_3_VERSION) != 1
        || SSL_SESSION_set_max_early_data(made, 16384) != 1) {
        SSL_SESSION_free(made);
        return 0;
    }
    *name = made_up;
    *length = sizeof made_up - 1;
    *session = made;
    return 1;
}

// The ticket that comes after a handshake, changed so that it would allow early data; NULL when none comes.
static SSL_SESSION *fetch_session(SSL *client) {
    unsigned char answer[512];
    // Tickets are read on the way to the first bytes of the other side.
    if (SSL_write(client, "\r\n\r\n", 4) > 0) SSL_read(client, answer, sizeof answer);
    SSL_SESSION *session = SSL_get1_session(client);
    if (session != NULL && SSL_SESSION_is_resumable(session)
        && (SSL_SESSION_get_max_early_data(session) > 0 || SSL_SESSION_set_max_early_data(session, 16384) == 1)) {
        return session;
    }
    SSL_SESSION_free(session);
    return NULL;
}

static enum ringfence_tls_outcome send_early(
    SSL_CTX *context, int socket, const char *host, SSL_SESSION *session, const unsigned char *request, size_t length
) {
    enum ringfence_tls_outcome outcome = ringfence_tls_failed;
    size_t written = 0;
    if (session == NULL) SSL_CTX_set_psk_use_session_callback(context, make_up_session);
    SSL *client = make_client(context, socket, host);
    if (client != NULL && (session == NULL || SSL_set_session(client, session) == 1)
        && SSL_write_early_data(client, request, length, &written) == 1) {
        // A server that ends the connection because of it has refused it, too; one that says nothing has said nothing.
        const int is_silent = SSL_connect(client) != 1 && SSL_want_read(client);
        const int is_taken = SSL_get_early_data_status(client) == SSL_EARLY_DATA_ACCEPTED;
        outcome = is_taken ? ringfence_tls_taken : is_silent ? ringfence_tls_failed : ringfence_tls_refused;
    }
    SSL_free(client);
    return outcome;
}

enum ringfence_tls_outcome ringfence_tls_send_early(
    int first, int second, const char *host, const unsigned char *request, size_t length, int *has_ticket
) {
    enum ringfence_tls_outcome outcome = ringfence_tls_failed;
    sigset_t before;
    hold_pipe_signal(&before);
    SSL_CTX *context = make_context(TLS1_3_VERSION);
    SSL *client = context == NULL ? NULL : make_client(context, first, host);
    if (client != NULL && SSL_connect(client) == 1) {
        SSL_SESSION *session = fetch_session(client);
        *has_ticket = session != NULL;
        // Some servers serve one after the other, and forget the ticket of a connection that broke off.
        SSL_shutdown(client);
        shutdown(first, SHUT_RDWR);
        outcome = send_early(context, second, host, session, request, length);
        SSL_SESSION_free(session);
    }
    SSL_free(client);
    SSL_CTX_free(context);
    release_pipe_signal(&before);
    return outcome;
}
