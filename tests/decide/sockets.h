/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets as the kernel has them, and as records have them. Include after fake.h. */
#ifndef DECIDE_SOCKETS_H
#define DECIDE_SOCKETS_H

#include "shape.h"

/* The address that a program gets for it. */
uint64_t socket_value(const struct shape_arg *type, const struct argument *a, bool from_user);
/* The kernel's own object behind that, 0: there is none. */
uint64_t socket_address(const struct shape_arg *type, uint64_t value);
/* What a record shows of it. */
void socket_shown(const struct shape_arg *type, const struct argument *a, uint64_t address,
		  struct tg_socket *out);

#endif
