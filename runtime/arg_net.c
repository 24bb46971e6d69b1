// SPDX-License-Identifier: Apache-2.0
/* Sockets, packets and addresses. */
#include <string.h>
#include "runtime/arg_json.h"
#include "runtime/arg_names.h"
#include "runtime/arg_net.h"

static void ipv4_text(struct buffer *out, const uint8_t at[4])
{
	buffer_print(out, "%u.%u.%u.%u", at[0], at[1], at[2], at[3]);
}

/* The first longest run of at least two zero words, which is left out. */
static void longest_zeros(const uint16_t words[8], int *start, int *length)
{
	*start = 8;
	*length = 1;
	for (int i = 0, n; i < 8; i += n ? n : 1) {
		for (n = 0; i + n < 8 && !words[i + n]; n++)
			;
		if (n > *length) {
			*start = i;
			*length = n;
		}
	}
}

static void ipv6_text(struct buffer *out, const uint8_t at[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	uint16_t words[8];
	int start, length;

	if (!memcmp(at, mapped, sizeof(mapped))) {
		buffer_text(out, "::ffff:");
		ipv4_text(out, at + 12);
		return;
	}
	for (int i = 0; i < 8; i++)
		words[i] = (uint16_t)(at[2 * i] << 8 | at[2 * i + 1]);
	longest_zeros(words, &start, &length);
	for (int i = 0; i < 8; i++) {
		if (i == start) {
			buffer_text(out, "::");
			i += length - 1;
			continue;
		}
		buffer_print(out, i && i != start + length ? ":%x" : "%x", words[i]);
	}
}

void arg_address(struct buffer *out, uint16_t family, const uint64_t address[2])
{
	uint8_t bytes[16];

	memcpy(bytes, address, sizeof(bytes));
	if (family == TG_AF_INET)
		ipv4_text(out, bytes);
	else if (family == TG_AF_INET6)
		ipv6_text(out, bytes);
	else
		buffer_text(out, "invalid IP");
}

static void print_address(struct json *j, const char *name, uint16_t family,
			  const uint64_t address[2])
{
	struct buffer text = {0};

	arg_address(&text, family, address);
	if (!text.failed)
		json_bytes(j, name, text.data, text.size);
	buffer_free(&text);
}

/* Tracepoints know three families by name, and nothing of the others. */
static void print_family(struct json *j, uint16_t family, enum event_kind kind)
{
	if (kind != EVENT_TRACEPOINT || family == TG_AF_UNIX || family == TG_AF_INET ||
	    family == TG_AF_INET6)
		arg_json_word(j, "family", ARG_NAMES_FAMILY, family);
}

static void print_sock(struct json *j, const struct tg_socket *s, enum event_kind kind)
{
	json_open(j, "sock_arg", '{');
	print_family(j, s->family, kind);
	arg_json_word(j, "type", ARG_NAMES_SOCKET_TYPE, s->type);
	arg_json_word(j, "protocol", ARG_NAMES_PROTOCOL, s->protocol);
	arg_json_uint_unless_0(j, "mark", s->mark);
	arg_json_uint_unless_0(j, "priority", s->priority);
	print_address(j, "saddr", s->family, (const uint64_t *)s->saddr);
	print_address(j, "daddr", s->family, (const uint64_t *)s->daddr);
	arg_json_uint_unless_0(j, "sport", s->sport);
	arg_json_uint_unless_0(j, "dport", s->dport);
	if (s->address)
		json_uint64(j, "cookie", s->address);
	arg_json_word(j, "state", ARG_NAMES_TCP_STATE, s->state);
	json_close(j, '}');
}

static void print_skb(struct json *j, const struct tg_packet *p, enum event_kind kind)
{
	const struct tg_socket *s = &p->socket;

	json_open(j, "skb_arg", '{');
	arg_json_uint_unless_0(j, "hash", p->hash);
	arg_json_uint_unless_0(j, "len", p->len);
	arg_json_uint_unless_0(j, "priority", s->priority);
	arg_json_uint_unless_0(j, "mark", s->mark);
	print_address(j, "saddr", s->family, (const uint64_t *)s->saddr);
	print_address(j, "daddr", s->family, (const uint64_t *)s->daddr);
	arg_json_uint_unless_0(j, "sport", s->sport);
	arg_json_uint_unless_0(j, "dport", s->dport);
	arg_json_uint_unless_0(j, "proto", s->protocol);
	arg_json_uint_unless_0(j, "sec_path_len", p->path_len);
	arg_json_uint_unless_0(j, "sec_path_olen", p->path_olen);
	arg_json_word(j, "protocol", ARG_NAMES_PROTOCOL, s->protocol);
	print_family(j, s->family, kind);
	json_close(j, '}');
}

static void print_sockaddr(struct json *j, const struct tg_socket *s, enum event_kind kind)
{
	json_open(j, "sockaddr_arg", '{');
	print_family(j, s->family, kind);
	print_address(j, "addr", s->family, (const uint64_t *)s->saddr);
	arg_json_uint_unless_0(j, "port", s->sport);
	json_close(j, '}');
}

/* An abstract name begins with a NUL and ends somewhere: `@`, and no NULs. */
static void print_unix(struct json *j, const struct event_arg *arg)
{
	char path[TG_UNIX_MAX + 2];
	size_t n = 0;

	json_open(j, "sockaddrun_arg", '{');
	if ((uint16_t)arg->slot.value == TG_AF_UNIX)
		json_text(j, "family", "AF_UNIX");
	if (arg->slot.value & TG_UNIX_ABSTRACT)
		path[n++] = '@';
	for (size_t i = 0; i < arg->text.size && n < sizeof(path); i++)
		if (arg->text.bytes[i])
			path[n++] = arg->text.bytes[i];
	if (n)
		json_bytes(j, "path", path, n);
	json_close(j, '}');
}

bool arg_json_net(struct json *j, const struct event_arg *arg, enum event_kind kind)
{
	struct tg_packet p = {0};

	switch (arg->type) {
	case TG_ARG_SOCK:
		return arg_take(arg, &p.socket, sizeof(p.socket)) &&
		       (print_sock(j, &p.socket, kind), true);
	case TG_ARG_SOCKADDR:
		return arg_take(arg, &p.socket, sizeof(p.socket)) &&
		       (print_sockaddr(j, &p.socket, kind), true);
	case TG_ARG_SKB:
		return arg_take(arg, &p, sizeof(p)) && (print_skb(j, &p, kind), true);
	case TG_ARG_SOCKADDR_UN:
		return print_unix(j, arg), true;
	default:
		return false;
	}
}
