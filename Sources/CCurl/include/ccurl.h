// SPDX-License-Identifier: Apache-2.0
// One delivery over TLS by libcurl: a mail by SMTP, a POST by HTTPS, or bytes for whoever reads them. Blocks; for a thread of its own.
#ifndef RINGFENCE_CCURL_H
#define RINGFENCE_CCURL_H

#include <stddef.h>
#include <stdint.h>

// What is delivered, and where. Texts are UTF-8 without a zero in them.
typedef struct {
    // smtp://host:port/we, smtps://host:port/we or https://host:port/path; for bytes alone https://host:port/.
    const char *url;
    // host:port:address, so that no name is looked up again.
    const char *resolve;
    // PEM of the roots to trust instead of the machine's; NULL for those.
    const char *authority;
    // NULL for no login.
    const char *username;
    const char *password;
    // Of a mail.
    const char *sender;
    const char *const *recipients;
    size_t recipient_count;
    // Of a POST: whole header lines.
    const char *const *headers;
    size_t header_count;
    const uint8_t *body;
    size_t body_length;
    long connect_milliseconds;
    long total_milliseconds;
    // Bytes of an answer that are read at most.
    size_t answer_limit;
} RingfenceDelivery;

typedef struct {
    // Of libcurl; 0 for done.
    int code;
    // The last one of the other side: 250 of SMTP, 204 of HTTP; 0 for none.
    long response;
    // What libcurl says of it; never a secret.
    char text[256];
} RingfenceDelivered;

RingfenceDelivered ringfence_deliver_mail(const RingfenceDelivery *delivery);
RingfenceDelivered ringfence_deliver_post(const RingfenceDelivery *delivery);
// The body and nothing else. There is no answer: it is delivered when the other side has not closed the connection a moment later,
// in which a server that wants another client says so (TLS 1.3 does after our first bytes).
RingfenceDelivered ringfence_deliver_bytes(const RingfenceDelivery *delivery);

// Whether a failure is one of the other side's certificate.
int ringfence_is_certificate_failure(int code);
int ringfence_is_login_failure(int code);
int ringfence_is_timeout(int code);
int ringfence_is_unreachable(int code);
int ringfence_is_without_tls(int code);

#endif
