/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the sections about processes: matchPIDs, matchBinaries, matchNamespaces and so on. */
#ifndef TGC_PROCESS_VALUE_H
#define TGC_PROCESS_VALUE_H

#include "compiler/words/types.h"
#include "value_error.h"

/* matchPIDs; 0 is the idle task, and with isNamespacePID every process of the host. */
bool pid_check(struct arena *a, int64_t pid, struct value_error *e);

/* matchBinaries, matchParentBinaries: In, NotIn, Prefix, Postfix and their negations. */
bool binary_check(struct arena *a, const struct ast_str *text, enum op op, struct value_error *e);

struct namespace_value {
	bool is_host; /* host_ns: that of process 1 */
	uint32_t inode;
};

/* matchNamespaces */
bool namespace_parse(struct arena *a, const struct ast_str *text, struct namespace_value *out,
		     struct value_error *e);
/* matchNamespaceChanges: a kind's name; ORs its bit (names.def's number) into `*kinds`. */
bool namespace_kind_parse(struct arena *a, const struct ast_str *text, uint32_t *kinds,
			  struct value_error *e);
/*
 * matchCapabilities and matchCapabilityChanges: a name, blanks around it allowed; ORs its bit
 * into `*mask`. `*spelling_differs` is set when Tetragon refuses this spelling.
 */
bool capability_parse(struct arena *a, const struct ast_str *text, uint64_t *mask,
		      bool *spelling_differs, struct value_error *e);

#endif
