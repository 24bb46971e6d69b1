/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a log of the kernel's verifier (and of libbpf, around it) is about: the line of the policy
 * that the program comes from there, the instruction, the last words, and a cause in plain
 * language.
 */
#ifndef TGRUN_VERIFIER_LOG_H
#define TGRUN_VERIFIER_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct verifier_log {
	char program[64]; /* as libbpf names it; "" unknown */
	char file[128];	  /* of a policy; "" where the kernel does not tell (before 6.9) */
	uint32_t line;
	int64_t insn;	   /* the last one looked at, in the whole program; -1 unknown */
	char words[256];   /* the line that says why; "" none */
	const char *cause; /* NULL: none of the causes that are known */
};

void verifier_log_clear(struct verifier_log *log);
/* Reads one more part of a log: whole lines. */
void verifier_log_read(struct verifier_log *log, const char *text, size_t size);

/* Whether a source file is a policy, and not tgc's own C. */
bool verifier_log_is_policy(const char *file, size_t size);

#endif
