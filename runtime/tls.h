/* SPDX-License-Identifier: Apache-2.0 */
/* One question to a server that has to prove who it is; for requests.c. */
#ifndef TGRUN_TLS_H
#define TGRUN_TLS_H

#include "runtime/requests.h"

/*
 * Sends the request over a connection to the URL's host, once its certificate is found good, and
 * reads the answer to its end. False, with a line on stderr, when it was not sent. Blocks.
 */
bool tls_ask(int fd, const struct url *url, const char *request, size_t size);

#endif
