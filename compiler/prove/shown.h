/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of a bundle that may be anybody's: clean UTF-8 without control characters. */
#ifndef TGC_SHOWN_H
#define TGC_SHOWN_H

#include <stdint.h>

struct arena;
struct artifact;

const char *shown_text(struct arena *a, const char *text);
/* "kprobe security_file_open", "tracepoint sched/sched_process_exec" */
const char *shown_hook(struct arena *a, const struct artifact *artifact, uint32_t hook);

#endif
