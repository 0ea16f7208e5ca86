// SPDX-License-Identifier: Apache-2.0
#ifndef RINGFENCE_CNETWORK_H
#define RINGFENCE_CNETWORK_H
#include "media_socket.h"
#endif
