// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/words/names.h"
#include "number.h"
#include "process_value.h"

#define BINARY_MAX  255
#define POSTFIX_MAX 127
#define PID_MAX	    4194304 /* the kernel's own limit; ids are below it */

bool pid_check(struct arena *a, int64_t pid, struct value_error *e)
{
	if (pid < 0)
		return refuse(
			e, arena_printf(a, "%" PRId64 " is no process id: they are positive", pid));
	if (pid >= PID_MAX)
		return refuse(e, arena_printf(a,
					      "%" PRId64 " is no process id: the kernel gives "
					      "none above %d",
					      pid, PID_MAX - 1));
	return true;
}

bool binary_check(struct arena *a, const struct ast_str *text, enum op op, struct value_error *e)
{
	bool postfix = op_get(op)->plain == OP_POSTFIX;
	size_t most = postfix ? POSTFIX_MAX : BINARY_MAX;

	if (!text->len)
		return refuse(e, "an empty value is no path");
	if (memchr(text->s, 0, text->len))
		return refuse(e, "a NUL byte, which no path contains");
	if (text->len > most)
		return refuse(e, arena_printf(a,
					      postfix ? "%zu bytes: the end of a binary's path is "
							"compared over %zu"
						      : "%zu bytes: a binary's path is compared "
							"over %zu",
					      text->len, most));
	return true;
}

bool namespace_parse(struct arena *a, const struct ast_str *text, struct namespace_value *out,
		     struct value_error *e)
{
	const char *word = shown(a, text->s, text->len);
	struct number n;

	*out = (struct namespace_value){.inode = 0};
	if (text->len == 7 && !memcmp(text->s, "host_ns", 7)) {
		out->is_host = true;
		return true;
	}
	if (!number_decimal(text->s, text->len, SIGN_NONE, &n)) {
		refuse_hint(e, arena_printf(a, "`%s` is no namespace", word),
			    "write its inode number, or `host_ns` for that of process 1; a "
			    "Kubernetes namespace is chosen with a TracingPolicyNamespaced, or "
			    "with `podSelector`");
		if (!strcmp(word, "host") || !strcmp(word, "hostns") || !strcmp(word, "host-ns") ||
		    !strcmp(word, "HOST_NS"))
			e->replacement = "host_ns";
		return false;
	}
	if (!number_fits(&n, 32, false))
		return refuse(e, arena_printf(a, "%s is no inode of a namespace: they have 32 bits",
					      word));
	out->inode = (uint32_t)n.magnitude;
	return true;
}

static bool find_name(struct arena *a, enum name_set set, const struct ast_str *text, size_t from,
		      size_t to, const struct name **out, struct value_error *e)
{
	*out = name_find(set, text->s + from, to - from);
	if (*out)
		return true;
	if (from == to)
		return refuse(e, arena_printf(a, "an empty value is no %s", names_noun(set)));
	return refuse_mend(
		e, arena_printf(a, "`%s` is no %s", shown(a, text->s, text->len), names_noun(set)),
		name_nearest(a, set, text->s + from, to - from));
}

bool namespace_kind_parse(struct arena *a, const struct ast_str *text, uint32_t *kinds,
			  struct value_error *e)
{
	const struct name *kind;

	if (!find_name(a, NAMES_NAMESPACE, text, 0, text->len, &kind, e))
		return false;
	*kinds |= 1u << kind->number;
	return true;
}

bool capability_parse(struct arena *a, const struct ast_str *text, uint64_t *mask,
		      bool *spelling_differs, struct value_error *e)
{
	const struct name *cap;
	size_t from = 0, to = text->len;

	while (from < to && (text->s[from] == ' ' || text->s[from] == '\t'))
		from++;
	while (to > from && (text->s[to - 1] == ' ' || text->s[to - 1] == '\t'))
		to--;
	if (!find_name(a, NAMES_CAPABILITY, text, from, to, &cap, e))
		return false;
	*mask |= 1ull << cap->number;
	*spelling_differs = cap->spelling_differs;
	return true;
}
