// SPDX-License-Identifier: Apache-2.0
#include "fake.h"
#include <string.h>
#include "bpf-templates/tg_args.h"
#include "sockets.h"

/* Set to the kernel's object when a `socket` is made: it is asked for at once. */
static uint64_t last_sock;

static uint64_t sock(const struct shape_socket *s)
{
	void *sk = fake_object(FAKE_SOCK);

	fake_put(sk, FAKE_SOCK_FAMILY, s->family);
	fake_put(sk, FAKE_SOCK_TYPE, s->type);
	fake_put(sk, FAKE_SOCK_PROTOCOL, s->protocol);
	fake_put(sk, FAKE_SOCK_STATE, s->state);
	fake_put(sk, FAKE_SOCK_MARK, s->mark);
	fake_put(sk, FAKE_SOCK_PRIORITY, s->priority);
	fake_put(sk, FAKE_SOCK_SPORT, s->source_port);
	fake_put(sk, FAKE_SOCK_DPORT, __builtin_bswap16(s->destination_port));
	if (s->family == TG_AF_INET6) {
		memcpy(fake_member(sk, FAKE_SOCK_SADDR6), s->source, 16);
		memcpy(fake_member(sk, FAKE_SOCK_DADDR6), s->destination, 16);
	} else {
		memcpy(fake_member(sk, FAKE_SOCK_SADDR), s->source, 4);
		memcpy(fake_member(sk, FAKE_SOCK_DADDR), s->destination, 4);
	}
	return fake_address(sk);
}

/* As a program writes it. */
static uint64_t sockaddr(const struct shape_socket *s, bool from_user)
{
	unsigned char *at = from_user ? fake_user_alloc(28) : fake_alloc(28, 0);
	uint16_t port = __builtin_bswap16(s->source_port);

	memset(at, 0, 28);
	memcpy(at, &s->family, 2);
	memcpy(at + 2, &port, 2);
	memcpy(at + (s->family == TG_AF_INET6 ? 8 : 4), s->source,
	       s->family == TG_AF_INET6 ? 16 : 4);
	return from_user ? (uint64_t)at : fake_kernel_address(at);
}

uint64_t socket_value(const struct shape_arg *type, const struct argument *a, bool from_user)
{
	bool of_file = !strcmp(type->type, "socket");
	void *object;

	last_sock = 0;
	if (!strcmp(type->type, "sockaddr"))
		return a->kind == ARGUMENT_SOCKET ? sockaddr(&a->socket, from_user) : 0;
	if (a->kind == ARGUMENT_SOCKET)
		last_sock = sock(&a->socket);
	if (!of_file || a->kind == ARGUMENT_NULL)
		return last_sock;
	object = fake_object(FAKE_SOCKET); /* one without a sock, at times */
	fake_put(object, FAKE_SOCKET_SK, last_sock);
	return fake_address(object);
}

uint64_t socket_address(const struct shape_arg *type, uint64_t value)
{
	return !strcmp(type->type, "sockaddr") ? 0 : !value ? 0 : last_sock;
}

void socket_shown(const struct shape_arg *type, const struct argument *a, uint64_t address,
		  struct tg_socket *out)
{
	const struct shape_socket *s = &a->socket;
	unsigned size = s->family == TG_AF_INET ? 4 : s->family == TG_AF_INET6 ? 16 : 0;

	memset(out, 0, sizeof(*out));
	if (a->kind != ARGUMENT_SOCKET)
		return;
	out->family = s->family;
	memcpy(out->saddr, s->source, size);
	if (!strcmp(type->type, "sockaddr")) {
		out->sport = size ? s->source_port : 0;
		return;
	}
	memcpy(out->daddr, s->destination, size);
	out->address = address;
	out->mark = s->mark;
	out->priority = s->priority;
	out->type = s->type;
	out->protocol = s->protocol;
	out->state = s->state;
	out->sport = s->source_port;
	out->dport = s->destination_port;
}
