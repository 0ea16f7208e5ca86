// SPDX-License-Identifier: Apache-2.0
#include "ccurl.h"

#include <curl/curl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void begin(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

struct reading {
    const uint8_t *bytes;
    size_t left;
};

static size_t read_some(char *to, size_t size, size_t count, void *context) {
    struct reading *from = context;
    size_t room = size * count;
    size_t take = room < from->left ? room : from->left;
    memcpy(to, from->bytes, take);
    from->bytes += take;
    from->left -= take;
    return take;
}

// Nothing of an answer is kept. One that does not end is cut off.
static size_t ignore(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes;
    size_t *left = context;
    size_t length = size * count;
    if (length > *left) return 0;
    *left -= length;
    return length;
}

static int add_all(struct curl_slist **list, const char *const *texts, size_t count) {
    for (size_t index = 0; index < count; index += 1) {
        struct curl_slist *longer = curl_slist_append(*list, texts[index]);
        if (longer == NULL) return 0;
        *list = longer;
    }
    return 1;
}

// Whoever has a failure here must not go on: an option that is not set would be one that protects.
#define SET(option, value) \
    do { \
        if (done == CURLE_OK) done = curl_easy_setopt(curl, option, value); \
    } while (0)

static CURLcode set_common(
    CURL *curl, const RingfenceDelivery *delivery, const char *protocols, char *text, size_t *left,
    struct curl_slist *resolve
) {
    CURLcode done = CURLE_OK;
    SET(CURLOPT_ERRORBUFFER, text);
    SET(CURLOPT_URL, delivery->url);
    SET(CURLOPT_PROTOCOLS_STR, protocols);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_NOSIGNAL, 1L);
    // No proxy of the environment: it would be told where to go, and the addresses were looked at here.
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_RESOLVE, resolve);
    SET(CURLOPT_DNS_CACHE_TIMEOUT, 0L);
    SET(CURLOPT_FRESH_CONNECT, 1L);
    SET(CURLOPT_FORBID_REUSE, 1L);
    SET(CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (delivery->authority != NULL) {
        struct curl_blob roots = {(void *)delivery->authority, strlen(delivery->authority), CURL_BLOB_COPY};
        SET(CURLOPT_CAINFO_BLOB, &roots);
        SET(CURLOPT_CAPATH, NULL);
    }
    SET(CURLOPT_CONNECTTIMEOUT_MS, delivery->connect_milliseconds);
    SET(CURLOPT_TIMEOUT_MS, delivery->total_milliseconds);
    SET(CURLOPT_WRITEFUNCTION, ignore);
    SET(CURLOPT_WRITEDATA, left);
    SET(CURLOPT_MAXFILESIZE, (long)delivery->answer_limit);
    return done;
}

static long milliseconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// How long an other side that lets nobody in has to say so.
enum { REFUSAL_MILLISECONDS = 1000 };

// Over a connection that stands.
static CURLcode send_all(CURL *curl, const RingfenceDelivery *delivery) {
    curl_socket_t descriptor = CURL_SOCKET_BAD;
    CURLcode done = curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &descriptor);
    if (done != CURLE_OK || descriptor == CURL_SOCKET_BAD) return CURLE_COULDNT_CONNECT;
    struct pollfd socket = {descriptor, POLLOUT, 0};
    long end = milliseconds_now() + delivery->total_milliseconds;
    for (size_t sent = 0; sent < delivery->body_length;) {
        size_t count = 0;
        done = curl_easy_send(curl, delivery->body + sent, delivery->body_length - sent, &count);
        sent += count;
        if (done != CURLE_OK && done != CURLE_AGAIN) return done;
        long left = end - milliseconds_now();
        if (left <= 0) return CURLE_OPERATION_TIMEDOUT;
        if (done == CURLE_AGAIN) poll(&socket, 1, left < 1000 ? (int)left : 1000);
    }
    socket.events = POLLIN;
    char answer[512];
    for (long quiet = milliseconds_now() + REFUSAL_MILLISECONDS;;) {
        long left = quiet - milliseconds_now();
        if (left <= 0 || poll(&socket, 1, (int)left) == 0) return CURLE_OK;
        size_t count = 0;
        done = curl_easy_recv(curl, answer, sizeof answer, &count);
        if (done == CURLE_OK && count == 0) return CURLE_GOT_NOTHING;
        if (done != CURLE_OK && done != CURLE_AGAIN) return done;
    }
}

enum kind { MAIL, POST, BYTES };

static RingfenceDelivered deliver(const RingfenceDelivery *delivery, enum kind kind) {
    pthread_once(&once, begin);
    RingfenceDelivered delivered = {CURLE_FAILED_INIT, 0, ""};
    CURL *curl = curl_easy_init();
    if (curl == NULL) return delivered;
    char text[CURL_ERROR_SIZE] = "";
    size_t left = delivery->answer_limit;
    struct reading reading = {delivery->body, delivery->body_length};
    struct curl_slist *list = NULL;
    struct curl_slist *resolve = delivery->resolve ? curl_slist_append(NULL, delivery->resolve) : NULL;
    CURLcode done = (delivery->resolve != NULL && resolve == NULL) ? CURLE_OUT_OF_MEMORY : CURLE_OK;
    if (done == CURLE_OK) {
        done = set_common(curl, delivery, kind == MAIL ? "smtp,smtps" : "https", text, &left, resolve);
    }
    const char *const *texts = kind == MAIL ? delivery->recipients : delivery->headers;
    size_t count = kind == MAIL ? delivery->recipient_count : delivery->header_count;
    if (!add_all(&list, texts, count)) done = CURLE_OUT_OF_MEMORY;
    if (kind == MAIL) {
        SET(CURLOPT_MAIL_FROM, delivery->sender);
        SET(CURLOPT_MAIL_RCPT, list);
        // One mailbox that is gone keeps the mail from nobody else.
        SET(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
        SET(CURLOPT_READFUNCTION, read_some);
        SET(CURLOPT_READDATA, &reading);
        SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)delivery->body_length);
        SET(CURLOPT_UPLOAD, 1L);
        if (delivery->username != NULL) {
            SET(CURLOPT_USERNAME, delivery->username);
            SET(CURLOPT_PASSWORD, delivery->password);
        }
    } else if (kind == BYTES) {
        SET(CURLOPT_CONNECT_ONLY, 1L);
        // It would be closed before anything is sent.
        SET(CURLOPT_FORBID_REUSE, 0L);
        SET(CURLOPT_SSL_ENABLE_ALPN, 0L);
    } else {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDS, (const char *)delivery->body);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)delivery->body_length);
        SET(CURLOPT_HTTPHEADER, list);
    }
    if (done == CURLE_OK) done = curl_easy_perform(curl);
    if (done == CURLE_OK && kind == BYTES) done = send_all(curl, delivery);
    delivered.code = (int)done;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &delivered.response);
    const char *words = text[0] != 0 ? text : curl_easy_strerror(done);
    strncpy(delivered.text, words, sizeof delivered.text - 1);
    curl_easy_cleanup(curl);
    curl_slist_free_all(list);
    curl_slist_free_all(resolve);
    return delivered;
}

RingfenceDelivered ringfence_deliver_mail(const RingfenceDelivery *delivery) { return deliver(delivery, MAIL); }

RingfenceDelivered ringfence_deliver_post(const RingfenceDelivery *delivery) { return deliver(delivery, POST); }

RingfenceDelivered ringfence_deliver_bytes(const RingfenceDelivery *delivery) { return deliver(delivery, BYTES); }

int ringfence_is_certificate_failure(int code) {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
           code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_INVALIDCERTSTATUS;
}

int ringfence_is_login_failure(int code) { return code == CURLE_LOGIN_DENIED; }

int ringfence_is_timeout(int code) { return code == CURLE_OPERATION_TIMEDOUT; }

int ringfence_is_unreachable(int code) {
    return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_GOT_NOTHING;
}

int ringfence_is_long_answer(int code) { return code == CURLE_WRITE_ERROR || code == CURLE_FILESIZE_EXCEEDED; }

int ringfence_is_without_tls(int code) { return code == CURLE_USE_SSL_FAILED; }
