/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libbpf's warnings, kernel verifier logs among them: silent, but the end of them is kept
 * for the message of a failure.
 */
#ifndef TGRUN_BPF_LOG_H
#define TGRUN_BPF_LOG_H

#include <stddef.h>
#include "runtime/verifier_log.h"

/* From now on libbpf prints nothing itself. */
void bpf_log_capture(void);

/* Forgets what was kept. */
void bpf_log_clear(void);

/* The last `lines` lines kept, each indented, into `out`; "" when there are none. */
void bpf_log_tail(char *out, size_t size, unsigned int lines);

/* What all of it is about, also what is not kept: a log may have megabytes. */
const struct verifier_log *bpf_log_verifier(void);

#endif
