// SPDX-License-Identifier: Apache-2.0
/* Addresses and networks in conditions on events, as Kubernetes' functions of CEL read them. */
#include <arpa/inet.h>
#include <string.h>
#include "runtime/event_cel_tree.h"

static bool is_mapped(const uint8_t *bytes)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	return !memcmp(bytes, mapped, sizeof(mapped));
}

/* No zone, and no IPv4 address written as one of IPv6. */
bool cel_read_address(struct cel_address *out, const char *text, size_t size)
{
	char copy[INET6_ADDRSTRLEN];

	*out = (struct cel_address){0};
	if (size >= sizeof(copy) || memchr(text, '\0', size))
		return false;
	memcpy(copy, text, size);
	copy[size] = '\0';
	if (inet_pton(AF_INET, copy, out->bytes) == 1) {
		out->family = 4;
		out->prefix = 32;
		return true;
	}
	if (inet_pton(AF_INET6, copy, out->bytes) != 1 || is_mapped(out->bytes))
		return false;
	out->family = 6;
	out->prefix = 128;
	return true;
}

/* Decimal, without a leading 0. */
static bool read_prefix(uint8_t *out, const char *text, size_t size, unsigned int most)
{
	unsigned int n = 0;

	if (!size || size > 3 || (text[0] == '0' && size > 1))
		return false;
	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		n = n * 10 + (unsigned int)(text[i] - '0');
	}
	*out = (uint8_t)n;
	return n <= most;
}

bool cel_read_cidr(struct cel_address *out, const char *text, size_t size)
{
	const char *slash = memchr(text, '/', size);
	size_t before = slash ? (size_t)(slash - text) : 0;

	return slash && cel_read_address(out, text, before) &&
	       read_prefix(&out->prefix, slash + 1, size - before - 1, out->prefix);
}

bool cel_cidr_has(const struct cel_address *cidr, const struct cel_address *inner)
{
	unsigned int whole = cidr->prefix / 8, bits = cidr->prefix % 8;

	if (cidr->family != inner->family || inner->prefix < cidr->prefix ||
	    memcmp(cidr->bytes, inner->bytes, whole) != 0)
		return false;
	return !bits || (cidr->bytes[whole] ^ inner->bytes[whole]) >> (8 - bits) == 0;
}
