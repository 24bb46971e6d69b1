// SPDX-License-Identifier: Apache-2.0
/* Sockets, packets and addresses against the values of a filter (reference 3.13). */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include "internal.h"

#define PRIVILEGED 1024

static bool number_in(const struct tir_filter *f, uint16_t number)
{
	for (size_t i = 0; i < f->value_count; i++) {
		const struct value *v = &f->values[i];

		if (v->kind == VALUE_IS_RANGE ? number >= v->low && number <= v->high
					      : number == v->number)
			return true;
	}
	return false;
}

static bool number_decides(struct evaluation *e, const struct tir_filter *f, const char *what,
			   uint16_t number, bool holds)
{
	return holds != op_negated(f->op) || miss(e, "the %s is %u", what, number);
}

/* ---- addresses ------------------------------------------------------------------------- */

static bool in_block(const uint8_t *address, const struct value *v)
{
	for (unsigned bit = 0; bit < v->prefix; bit++)
		if ((address[bit / 8] ^ v->address[bit / 8]) & 0x80 >> bit % 8)
			return false;
	return true;
}

/* IPv4 and IPv6 are worlds of their own: a value of one family says nothing of the other. */
static bool address_holds(struct evaluation *e, const struct tir_filter *f,
			  const struct eval_socket *s, const uint8_t *address)
{
	char text[INET6_ADDRSTRLEN] = "";
	bool any = false;

	if (s->family != AF_INET && s->family != AF_INET6)
		return miss(e, "there is no IP address: the family is %u", s->family);
	for (size_t i = 0; i < f->value_count; i++)
		any |= f->values[i].family == (s->family == AF_INET ? 4 : 6) &&
		       in_block(address, &f->values[i]);
	if (any != op_negated(f->op))
		return true;
	inet_ntop(s->family, address, text, sizeof(text));
	return miss(e, "the address is %s", text);
}

/* ---- all of them ----------------------------------------------------------------------- */

bool socket_holds(struct evaluation *e, const struct tir_filter *f, const struct eval_value *v)
{
	const struct eval_socket *s = &v->socket;

	switch (op_get(f->op)->plain) {
	case OP_SPORT:
		return number_decides(e, f, "source port", s->source_port,
				      number_in(f, s->source_port));
	case OP_DPORT:
		return number_decides(e, f, "destination port", s->destination_port,
				      number_in(f, s->destination_port));
	case OP_SPORT_PRIV:
		return number_decides(e, f, "source port", s->source_port,
				      s->source_port < PRIVILEGED);
	case OP_DPORT_PRIV:
		return number_decides(e, f, "destination port", s->destination_port,
				      s->destination_port < PRIVILEGED);
	case OP_PROTOCOL:
		return number_decides(e, f, "protocol", s->protocol, number_in(f, s->protocol));
	case OP_FAMILY:
		return number_decides(e, f, "family", s->family, number_in(f, s->family));
	case OP_STATE:
		return number_decides(e, f, "state", s->state, number_in(f, s->state));
	case OP_SADDR:
		return address_holds(e, f, s, s->source);
	case OP_DADDR:
		return address_holds(e, f, s, s->destination);
	default:
		return miss(e, "sockets cannot be compared so");
	}
}
