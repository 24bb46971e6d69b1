/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GetUrl and DnsLookup: requests that an event asks for, made only when the user has allowed it.
 * Each is made by a child that lives for some seconds at most, so nothing waits for the network;
 * answers and errors are ignored, as in Tetragon.
 */
#ifndef TGRUN_REQUESTS_H
#define TGRUN_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "runtime/artifact.h"

#define REQUESTS_MAX 16 /* at one time */

struct requests {
	bool allowed;
	pid_t running[REQUESTS_MAX];
	size_t count;
	uint64_t made, dropped; /* dropped: as many as may be are under way */
};

struct url {
	bool tls;
	bool numeric; /* the host is an IPv6 address */
	char host[256], port[6];
	const char *path; /* in the text; "" for none */
};

/* "http://HOST[:PORT][/PATH]", or "https://"; false for anything else. An IPv6 address is in
 * brackets. */
bool url_parse(struct url *out, const char *text);
/*
 * What the child does for GetUrl: asks, and reads the answer to its end. The certificate of an
 * https:// server must be for the host, and signed by one that the system trusts: else nothing is
 * asked, and a line on stderr says why. False when the request was not sent.
 */
bool request_url(const char *text);
/* A query for the IPv4 addresses of a name; its size, or 0 when the name is none. */
size_t dns_query(uint8_t out[300], const char *name);

/* What a selector asks for when its event is sent; nothing for most. */
void requests_make(struct requests *r, const struct artifact *a,
		   const struct tg_selector_entry *selector);
/* Takes leave of the children that have ended. */
void requests_reap(struct requests *r);

#endif
