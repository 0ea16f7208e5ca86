// SPDX-License-Identifier: Apache-2.0
#ifndef RINGFENCE_CNETWORK_H
#define RINGFENCE_CNETWORK_H
#include "clock.h"
#include "file.h"
#include "media_socket.h"
#include "names.h"
#include "process.h"
#include "reception.h"
#include "tls_abuse.h"
#endif
