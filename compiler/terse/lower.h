/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts that make YAML's tree of a .tg file (lower_*.c, names.c, constants.c) only.
 */
#ifndef TGC_TERSE_LOWER_H
#define TGC_TERSE_LOWER_H

#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "doc.h"
#include "lex.h"
#include "terse.h"
#include "tree.h"

enum {
	TERSE_MAX_SELECTORS = 64,    /* that one rule becomes */
	TERSE_MAX_INCLUDES = 64,     /* files of one run, included or loaded */
	TERSE_MAX_VALUES = 100000,   /* of one list, `let`s spelled out */
	TERSE_MAX_NESTED = 64,	     /* lets of lets, macros of macros */
	TERSE_MAX_EXPANSION = 20000, /* tests of one condition, macros spelled out */
};

/* What `let`, `param` and `macro` give a name to. */
struct terse_binding {
	int kind; /* the keyword's token */
	const char *name;
	struct span at;
	const struct terse_node *value; /* LIST of values, or a condition; NULL: a param without */
	bool open;			/* being spelled out */
};

/* An entry of a hook's args or data. */
struct terse_arg {
	const char *name;  /* what conditions call it; NULL: only by its number */
	const char *path;  /* "file.f_inode.i_uid": as `ref_text` gives it */
	const char *type;  /* NULL: not known here */
	uint32_t position; /* in the function, or in `data` */
	bool whole;	   /* no path behind it */
};

struct terse_args {
	struct terse_arg *v;
	size_t n, room;
};

struct terse_hook {
	const struct terse_node *node;
	int kind; /* token: KPROBE, FENTRY, TRACEPOINT, LSM, UPROBE, USDT */
	bool syscall;
	const char *symbol; /* as the kernel calls it; NULL: a list */
	const char *subsystem;
	struct yaml_node *map;
	struct terse_args args, data;
};

struct terse_lowering {
	struct arena *arena;
	struct diags *d;
	struct sources *sources;
	const struct terse_options *options;
	struct yaml_docs *out;
	struct terse_binding *bindings;
	size_t binding_count, binding_room;
	struct yaml_node *root, *metadata, *spec; /* of the policy being read; NULL: none yet */
	struct terse_hook *hook;
	unsigned includes, depth, nested;
	size_t expanded; /* tests of the condition being spelled out */
	bool bad;
};

/* Reports; returns the message for notes and hints. */
struct diag *terse_say(struct terse_lowering *l, enum diag_id id, struct span at, const char *text,
		       ...) __attribute__((format(printf, 4, 5)));

static inline struct terse_node *kid(const struct terse_node *n, size_t i)
{
	return n && i < n->count ? n->kids[i] : NULL;
}

static inline bool node_is(const struct terse_node *n, const char *text)
{
	return n && n->text && !strcmp(n->text, text);
}

/* lower_policy.c: the statements of a file, included ones in their place. */
void terse_lower_statements(struct terse_lowering *l, const struct terse_node *list);
/* Adds `@key(value)`s to the mapping they stand with. */
void terse_lower_attrs(struct terse_lowering *l, struct yaml_node *map,
		       const struct terse_node *attrs);
struct yaml_node *terse_lower_json(struct terse_lowering *l, const struct terse_node *n);
struct yaml_node *terse_lower_labels(struct terse_lowering *l,
				     const struct terse_node *requirements, struct span at);
struct terse_binding *find_binding(struct terse_lowering *l, const char *name);

/* terse_lower_hook.c */
void terse_lower_hook(struct terse_lowering *l, const struct terse_node *n);

/* terse_lower_rule.c: a rule's selectors, behind those of the hook. */
void terse_lower_rule(struct terse_lowering *l, const struct terse_node *rule);
/* condition.c: as ORs of ANDs: a list of lists of tests. NULL: reported. */
struct conjunction {
	const struct terse_node **v; /* T_TEST (`negated` is meant), T_CALL, T_ATTR */
	size_t n, room;
};
struct disjunction {
	struct conjunction *v;
	size_t n, room;
};
bool condition_normalise(struct terse_lowering *l, const struct terse_node *n,
			 struct disjunction *out);

/* filter.c: one test as an entry of a section of the selector. */
void terse_lower_test(struct terse_lowering *l, const struct terse_node *test,
		      struct yaml_node *selector);

/* action.c */
void terse_lower_actions(struct terse_lowering *l, const struct terse_node *actions,
			 struct yaml_node *selector);

/* value.c */
enum value_words {
	WORDS_NONE,   /* names are constants */
	WORDS_KEPT,   /* names are the language's own words: AF_INET, CAP_SYS_ADMIN */
	WORDS_FOLDED, /* the same, in YAML's spelling: kinds of namespaces */
};
/* Loads the file that a string names. -1: reported. */
int values_open_file(struct terse_lowering *l, const struct terse_node *n);
/* The same of the standard library's folder. */
int values_open_library(struct terse_lowering *l, const struct terse_node *n);
/* The leaves of a list, with lets, params and files spelled out. */
bool values_expand(struct terse_lowering *l, const struct terse_node *list,
		   struct terse_node **out);
/* A list of strings, as YAML writes values. NULL: reported. */
struct yaml_node *values_lower(struct terse_lowering *l, const struct terse_node *list,
			       enum value_words words);
void report_nested(struct terse_lowering *l, struct span at);
/* One value as text. NULL: reported. */
const char *value_text(struct terse_lowering *l, const struct terse_node *n,
		       enum value_words words);
bool value_number(struct terse_lowering *l, const struct terse_node *n, int64_t *out);

/* constants.c: a constant of the system's headers. */
bool constant_find(const char *name, int64_t *value);
/* The i-th by name; NULL behind the last. */
const char *constant_at(size_t i, int64_t *value);
const char *constant_nearest(struct arena *a, const char *name);

/* names.c: what kernels say. */
/* The position and type of an argument by the kernel's own name. False: reported. */
bool kernel_argument(struct terse_lowering *l, const struct terse_node *name, uint32_t *position,
		     const char **type);
/* The type of an argument by position; NULL: not known. */
const char *kernel_type(struct terse_lowering *l, uint32_t position);
/* names_event.c: the fields of the hook's tracepoint as parameters. NULL: the kernel has none. */
const struct kfunction *event_function(struct terse_lowering *l, const struct kernel *k);
bool kernel_constant(struct terse_lowering *l, const char *name, int64_t *value);

/* "file.f_inode.i_uid", "x[2].y": from kid `from` on. */
const char *ref_text(struct arena *a, const struct terse_node *ref, size_t from);
/* N of `argN`; false: the name is another. */
bool argument_number(const char *name, uint32_t *n);
/* Whether a condition that writes `path` means the argument. */
bool is_called(const struct terse_arg *arg, const char *path);
/* Adds an entry to args (or data). Returns its number. */
size_t add_argument(struct terse_lowering *l, const struct terse_node *param, bool implied);

#endif
