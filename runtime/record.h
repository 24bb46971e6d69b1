/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoding of kernel records (bpf-templates/tg_event.h). The bytes are hostile input: a
 * record that decodes has counts, lengths and a kind that fit each other and its size.
 */
#ifndef TGRUN_RECORD_H
#define TGRUN_RECORD_H

#include <stddef.h>
#include "bpf-templates/tg_event.h"

/* Bytes inside the record's own memory: no terminator, may hold anything. */
struct record_text {
	const char *bytes;
	size_t size;
};

struct record {
	struct tg_head head;
	union {
		struct {
			struct tg_exec fixed;
			struct record_text path, args, cwd, cgroup;
			struct tg_exec_more more; /* all 0 when the record has none */
			struct record_text env;	  /* NUL-separated */
		} exec;
		struct {
			struct tg_rest fixed;
			struct record_text bytes;
		} rest;
		struct tg_clone clone;
		struct tg_exit exit;
		struct tg_cancel cancel;
		struct {
			struct tg_hook fixed;
			struct tg_slot slots[TG_SLOTS_MAX];
			struct record_text texts[TG_SLOTS_MAX];	      /* empty for numbers */
			struct record_text parts[TG_PART_KIND_COUNT]; /* by enum tg_part_kind */
		} hook;
	};
};

/* `data` needs no alignment and must outlive `out`. 0, or -1 for a record to be dropped. */
int record_decode(struct record *out, const void *data, size_t size);

#endif
