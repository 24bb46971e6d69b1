// SPDX-License-Identifier: Apache-2.0
/* Sockets: filters on what they are and where they lead, and such sockets. */
#include <string.h>
#include <sys/socket.h>
#include "compiler/base/arena.h"
#include "gen.h"

static const uint16_t ports[] = {0, 1, 22, 80, 443, 1023, 1024, 8080, 8443, 65535};
static const uint8_t protocols[] = {0, 1, 6, 17, 58};
static const uint16_t families[] = {AF_INET, AF_INET6, AF_INET, AF_INET6, AF_UNIX, 16};

static const char *const blocks[] = {
	"10.0.0.0/8", "10.1.2.3", "10.1.2.0/24", "192.168.0.0/16", "0.0.0.0/0", "127.0.0.1",
	"::1",	      "fd00::/8", "fd00::1:2:3", "2001:db8::/33",  "::/0",	"fe80::/10"};
/* Some of them, and some beside. */
static const uint8_t fours[][4] = {{10, 1, 2, 3},	 {10, 1, 2, 255},    {10, 1, 3, 0},
				   {11, 0, 0, 0},	 {9, 255, 255, 255}, {192, 168, 1, 1},
				   {192, 169, 0, 0},	 {127, 0, 0, 1},     {127, 0, 0, 2},
				   {255, 255, 255, 255}, {0, 0, 0, 0}};
static const uint8_t sixes[][16] = {
	{0},
	{[15] = 1},
	{0xfd},
	{0xfd, [11] = 1, [13] = 2, [15] = 3},
	{0xfc, 0xff, 0xff},
	{0xfe, 0x80, [15] = 1},
	{0xfe, 0xc0},
	{0x20, 0x01, 0x0d, 0xb8, 0x7f, 0xff},
	{0x20, 0x01, 0x0d, 0xb8, 0x80},
};

static struct part *port(struct gen *g)
{
	unsigned a = DRAW_FROM(g->draw, ports), b = DRAW_FROM(g->draw, ports);

	if (draw_one_in(g->draw, 2))
		return part_leaf(g->set->arena, "\"%u\"", a);
	return part_leaf(g->set->arena, "\"%u:%u\"", a < b ? a : b, a < b ? b : a);
}

struct part *gen_socket_value(struct gen *g, enum op op)
{
	struct arena *a = g->set->arena;

	switch (op_get(op)->takes) {
	case OPERAND_PORT:
		return port(g);
	case OPERAND_ADDRESS:
		return part_leaf(a, "\"%s\"", DRAW_FROM(g->draw, blocks));
	case OPERAND_PROTOCOL:
		return part_leaf(a, "\"%u\"", DRAW_FROM(g->draw, protocols));
	case OPERAND_FAMILY:
		return part_leaf(a, "\"%u\"", DRAW_FROM(g->draw, families));
	case OPERAND_STATE:
		return part_leaf(a, "\"%u\"", 1 + draw_below(g->draw, 12));
	default:
		return NULL;
	}
}

static void address(struct draw *d, uint16_t family, uint8_t *out)
{
	memset(out, 0, 16);
	if (family == AF_INET)
		memcpy(out, DRAW_FROM(d, fours), 4);
	else if (family == AF_INET6)
		memcpy(out, DRAW_FROM(d, sixes), 16);
	if (draw_one_in(d, 8))
		out[draw_below(d, family == AF_INET ? 4 : 16)] ^= 1 << draw_below(d, 8);
}

void gen_socket_argument(struct draw *d, struct argument *out)
{
	struct shape_socket *s = &out->socket;

	*out = (struct argument){.kind = ARGUMENT_SOCKET};
	s->family = DRAW_FROM(d, families);
	s->type = (uint16_t)(1 + draw_below(d, 3));
	s->protocol = DRAW_FROM(d, protocols);
	s->state = (uint16_t)(1 + draw_below(d, 12));
	s->source_port = DRAW_FROM(d, ports);
	s->destination_port = DRAW_FROM(d, ports);
	address(d, s->family, s->source);
	address(d, s->family, s->destination);
	s->mark = draw_below(d, 3);
	s->priority = draw_below(d, 3);
}
