/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_GRPC_LISTEN_H
#define TGRUN_GRPC_LISTEN_H

#include "runtime/grpc/server.h"

/*
 * Listens at unix:///PATH, a socket of mode 0660 in place of one that nobody serves any more, or
 * at HOST:PORT of this machine. 0, or -1 with a sentence.
 */
int grpc_listen(struct grpc_listener *l, const char *address, struct failure *why);

/* Closes it; the socket is removed if it is still there and this process may. */
void grpc_unlisten(const struct grpc_listener *l);

#endif
