/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small HTTP server for pages that a monitor reads. It runs inside the main loop and waits for
 * nobody: a client that is slow, silent or one too many is let go. libmicrohttpd does the work; it
 * is loaded when a server is asked for, so nodes without one need neither the library nor its
 * memory.
 */
#ifndef TGRUN_HTTP_H
#define TGRUN_HTTP_H

#include "runtime/relay.h"

struct http;

/* Answers a GET of `path`: appends to `body` and returns the status; 404 where there is no page. */
typedef unsigned int http_page(void *context, const char *path, struct buffer *body);

/*
 * `address`: HOST:PORT with a number, localhost or nothing (localhost too) as HOST, IPv6 in
 * brackets; port 0 is any that is free. NULL with a sentence.
 */
struct http *http_open(const char *address, http_page *page, void *context, struct failure *why);

/* Where it listens: "127.0.0.1:2112". */
const char *http_address(const struct http *h);

/* For relay_serve(); the state is the server. */
int http_fd(const struct http *h);
extern const struct relay_service http_service;

void http_close(struct http *h); /* NULL is fine */

#endif
