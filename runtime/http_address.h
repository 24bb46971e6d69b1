/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_HTTP_ADDRESS_H
#define TGRUN_HTTP_ADDRESS_H

#include <stddef.h>
#include "runtime/failure.h"

/* A listening socket, non-blocking, that the caller closes; -1 with a sentence. See http_open(). */
int http_address_listen(const char *address, struct failure *why);
/* Where it listens, as text; "" when that cannot be told. */
void http_address_of(int fd, char *text, size_t size);

#endif
