// SPDX-License-Identifier: Apache-2.0
// Put in front of the shared load tool, so that its connections ask for the name in $SERVER_NAME (RFC 6066 section 3).
// Asked for before the first header, as the tool does itself.
#define _GNU_SOURCE
#include <openssl/ssl.h>
#include <stdlib.h>

static SSL *named_connection(SSL_CTX *context) {
    SSL *connection = SSL_new(context);
    const char *name = getenv("SERVER_NAME");
    if (connection && name) SSL_set_tlsext_host_name(connection, name);
    return connection;
}
#define SSL_new named_connection
