/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_ARG_NET_H
#define TGRUN_ARG_NET_H

#include "bpf-templates/tg_args.h"
#include "runtime/buffer.h"

/* `invalid IP` for a family without addresses. */
void arg_address(struct buffer *out, uint16_t family, const uint64_t address[2]);

#endif
