// SPDX-License-Identifier: Apache-2.0
/* What may stand at the cursor in the terse language. */
#include <string.h>
#include "compiler/terse/lower.h"
#include "complete.h"
#include "named.h"

static void offer_docs(struct offering *o, enum terse_words what, enum offer_kind kind)
{
	size_t count;
	const struct word_doc *all = terse_docs(&count);

	for (size_t i = 0; i < count; i++)
		if (all[i].what == what)
			offer(o, &(struct offer){
					 .label = all[i].word, .kind = kind, .doc = all[i].text});
}

static void offer_plain(struct offering *o, const char *const *words, enum offer_kind kind)
{
	for (; *words; words++)
		offer(o, &(struct offer){.label = *words, .kind = kind});
}

/* ---- arguments -------------------------------------------------------------------------- */

static bool is_listed(const struct offering *o, const char *name)
{
	for (size_t i = 0; i < o->c.listed_count; i++)
		if (!strcmp(o->c.listed[i].name, name))
			return true;
	return false;
}

/* The kernel's names, or numbers where it has none. */
static void offer_arguments(struct offering *o, bool also_listed)
{
	size_t kernel;
	const struct kfunction *f = view_any(o->arena, o->doc->setup, &o->c.hook, &kernel);

	for (size_t i = 0; f && i < f->param_count; i++) {
		const char *name = f->params[i].name;

		if (!name || !*name)
			name = arena_printf(o->arena, "arg%zu", i);
		if (also_listed || !is_listed(o, name))
			offer(o, &(struct offer){.label = name,
						 .kind = OFFER_VARIABLE,
						 .detail = f->params[i].type.text});
	}
}

static void offer_listed(struct offering *o)
{
	for (size_t i = 0; i < o->c.listed_count; i++)
		offer(o, &(struct offer){.label = o->c.listed[i].name,
					 .kind = OFFER_VARIABLE,
					 .detail = o->c.listed[i].type});
}

static void offer_named(struct offering *o, bool macros)
{
	struct names all = named_all(o->arena, o->doc->analysis);

	for (size_t i = 0; i < all.n; i++)
		if (all.v[i].kind != LIST && (all.v[i].kind == MACRO) == macros)
			offer(o, &(struct offer){.label = all.v[i].name,
						 .kind = macros ? OFFER_FUNCTION : OFFER_CONSTANT,
						 .detail = terse_keyword_text(all.v[i].kind)});
}

static void offer_lists(struct offering *o)
{
	struct names all = named_all(o->arena, o->doc->analysis);

	for (size_t i = 0; i < all.n; i++)
		if (all.v[i].kind == LIST)
			offer(o, &(struct offer){.label = all.v[i].name,
						 .kind = OFFER_CONSTANT,
						 .detail = "list"});
}

static void offer_condition(struct offering *o)
{
	offer_listed(o);
	offer_arguments(o, false);
	offer_named(o, true);
	offer_docs(o, TERSE_SUBJECT_WORDS, OFFER_PROPERTY);
	offer(o, &(struct offer){.label = "not", .kind = OFFER_KEYWORD});
}

/* ---- types ------------------------------------------------------------------------------ */

/* The policy's type of what is compared; NULL: not known. */
static const struct type_info *type_of(struct offering *o, const char *path)
{
	struct checking c = {.arena = o->arena};
	const char *name = NULL;
	struct ktype have;
	struct view_type t;

	for (size_t i = 0; i < o->c.listed_count; i++)
		if (!strcmp(o->c.listed[i].name, path))
			name = o->c.listed[i].type;
	if (!name && view_path(o->arena, o->doc->setup, &o->c, path, &t)) {
		c.btf = t.btf;
		have = kbtf_classify(t.btf, o->arena, t.id);
		name = fitting_type(&c, &have, t.id);
	}
	return name && type_find(name) < TYPE_COUNT ? type_get(type_find(name)) : NULL;
}

static bool is_network(const struct type_info *t)
{
	return t->class == CLASS_SOCK || t->class == CLASS_SKB || t->class == CLASS_SOCKADDR;
}

/* Members of the kernel's struct, and what operators of their own look at. */
static void offer_path(struct offering *o)
{
	static const char *const namespaces[] = {"uts",
						 "ipc",
						 "mnt",
						 "pid",
						 "pid_for_children",
						 "net",
						 "time",
						 "time_for_children",
						 "cgroup",
						 "user",
						 NULL};
	static const char *const sets[] = {"effective", "inheritable", "permitted", NULL};
	const struct type_info *type = type_of(o, o->c.path);
	struct view_type t;

	if (!strcmp(o->c.path, "ns"))
		offer_plain(o, namespaces, OFFER_FIELD);
	else if (!strcmp(o->c.path, "caps") || !strcmp(o->c.path, "nscaps") ||
		 !strcmp(o->c.path, "cap_changes") || !strcmp(o->c.path, "nscap_changes"))
		offer_plain(o, sets, OFFER_FIELD);
	if (type && type->class == CLASS_PATH)
		offer(o, &(struct offer){.label = "type",
					 .kind = OFFER_PROPERTY,
					 .doc = terse_doc(TERSE_MEMBER_WORDS, "type")});
	if (type && is_network(type)) {
		size_t count;
		const struct word_doc *all = terse_docs(&count);

		for (size_t i = 0; i < count; i++)
			if (all[i].what == TERSE_MEMBER_WORDS && strcmp(all[i].word, "type"))
				offer(o, &(struct offer){.label = all[i].word,
							 .kind = OFFER_PROPERTY,
							 .doc = all[i].text});
	}
	if (view_path(o->arena, o->doc->setup, &o->c, o->c.path, &t))
		offer_members(o, t);
}

/* ---- operators and values --------------------------------------------------------------- */

/* The last part of a path: "dport". */
static const char *last_part(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

static bool operator_fits(const char *op, const struct type_info *type, const char *path)
{
	static const char *const texts[] = {"under",	"starts",    "ends",
					    "contains", "icontains", "matches"};
	static const char *const orders[] = {"<", "<=", ">", ">=", "&"};
	bool network = path && terse_doc(TERSE_MEMBER_WORDS, last_part(path));

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!strcmp(op, texts[i]))
			return !network &&
			       (!type || (type->class != CLASS_INT && type->class != CLASS_CAPS));
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
		if (!strcmp(op, orders[i]))
			return !network &&
			       (!type || type->class == CLASS_INT || type->class == CLASS_CAPS);
	if (!strcmp(op, "is"))
		return path && (strstr(path, "port") || !type);
	return strcmp(op, "and") && strcmp(op, "or") && strcmp(op, "not") && strcmp(op, "where");
}

static void offer_operators(struct offering *o)
{
	const struct type_info *type = o->c.path ? type_of(o, o->c.path) : NULL;
	size_t count;
	const struct word_doc *all = terse_docs(&count);

	for (size_t i = 0; i < count; i++)
		if (all[i].what == TERSE_OPERATOR_WORDS &&
		    operator_fits(all[i].word, type, o->c.path))
			offer(o, &(struct offer){.label = all[i].word,
						 .kind = OFFER_KEYWORD,
						 .detail = all[i].text});
	offer(o, &(struct offer){.label = "=>", .kind = OFFER_KEYWORD, .detail = "then"});
}

static void offer_after(struct offering *o)
{
	static const char *const words[] = {"and", "or", "=>", NULL};
	static const char *const header[] = {"where", "->", "{", NULL};

	offer_plain(o,
		    o->c.hook.is_hook && o->c.place == PLACE_AFTER && !o->c.path ? header : words,
		    OFFER_KEYWORD);
}

static const struct {
	const char *member;
	enum name_set set;
} member_values[] = {{"proto", NAMES_PROTOCOL},		{"family", NAMES_FAMILY},
		     {"state", NAMES_TCP_STATE},	{"type", NAMES_FILE_TYPE},
		     {"effective", NAMES_CAPABILITY},	{"inheritable", NAMES_CAPABILITY},
		     {"permitted", NAMES_CAPABILITY},	{"caps", NAMES_CAPABILITY},
		     {"cap_changes", NAMES_CAPABILITY}, {"ns_changes", NAMES_NAMESPACE}};

static void offer_values(struct offering *o)
{
	const char *member = o->c.path ? last_part(o->c.path) : "";
	const struct type_info *type = o->c.path ? type_of(o, o->c.path) : NULL;

	offer_named(o, false);
	if (o->c.path && !strncmp(o->c.path, "ns.", 3))
		offer(o, &(struct offer){.label = "host", .kind = OFFER_CONSTANT});
	for (size_t i = 0; i < sizeof(member_values) / sizeof(member_values[0]); i++)
		if (!strcmp(member, member_values[i].member)) {
			offer_set(o, member_values[i].set);
			return;
		}
	if (!terse_doc(TERSE_MEMBER_WORDS, member) &&
	    (!type || type->class == CLASS_INT || type->class == CLASS_CAPS))
		offer_known(o, KNOWN_CONSTANT, o->c.typed, "");
	offer(o, &(struct offer){.label = "list", .kind = OFFER_KEYWORD});
	offer(o, &(struct offer){.label = "load", .kind = OFFER_KEYWORD, .put = "load \""});
}

static void offer_action_words(struct offering *o)
{
	static const char *const scopes[] = {"thread", "process", "global", "kernel", "user", NULL};
	static const char *const notify[] = {"override", "signal", NULL};

	if (!o->c.path || !strcmp(o->c.path, "post")) {
		offer_docs(o, TERSE_ACTION_PART_WORDS, OFFER_KEYWORD);
		offer_plain(o, scopes, OFFER_KEYWORD);
	} else if (!strcmp(o->c.path, "signal")) {
		offer_set(o, NAMES_SIGNAL);
	} else if (!strcmp(o->c.path, "deny") || !strcmp(o->c.path, "override")) {
		offer_set(o, NAMES_ERRNO);
	} else if (!strcmp(o->c.path, "notify")) {
		offer_plain(o, notify, OFFER_KEYWORD);
		offer_set(o, NAMES_ERRNO);
		offer_set(o, NAMES_SIGNAL);
	} else if (!strcmp(o->c.path, "on")) {
		offer(o, &(struct offer){.label = "return", .kind = OFFER_KEYWORD});
		offer_docs(o, TERSE_ACTION_WORDS, OFFER_KEYWORD);
	} else {
		offer_listed(o);
	}
}

static void complete_outside(struct offering *o)
{
	static const char *const modes[] = {"monitor", "enforce", NULL};
	static const char *const who[] = {"pods", "containers", "hosts", "nodes", NULL};
	static const char *const needs[] = {"has", "lacks", NULL}, *const kernel[] = {"kernel",
										      NULL};

	switch (o->c.place) {
	case PLACE_STATEMENT:
		offer_docs(o, TERSE_STATEMENT_WORDS, OFFER_KEYWORD);
		break;
	case PLACE_MODE:
		offer_plain(o, modes, OFFER_KEYWORD);
		break;
	case PLACE_FOR:
		offer_plain(o, who, OFFER_KEYWORD);
		break;
	case PLACE_OPTION:
		offer_words(o, WORDS_OPTION);
		break;
	case PLACE_LIST_TYPE:
		offer_words(o, WORDS_LIST_TYPE);
		break;
	case PLACE_LIST_NAME:
		offer_lists(o);
		break;
	case PLACE_HOOK:
		offer_hooks(o, &o->c.hook);
		break;
	case PLACE_NEED:
		offer_plain(o, strcmp(o->c.path, "has") ? kernel : needs, OFFER_KEYWORD);
		break;
	case PLACE_KERNEL_NAME:
		offer_functions(o);
		break;
	default:
		break;
	}
}

void complete_terse(struct offering *o)
{
	switch (o->c.place) {
	case PLACE_ARGUMENT:
		offer_arguments(o, true);
		offer(o, &(struct offer){.label = "task", .kind = OFFER_VARIABLE});
		break;
	case PLACE_TYPE:
		offer_words(o, WORDS_ARG_TYPE);
		break;
	case PLACE_MEMBER:
		offer_path(o);
		break;
	case PLACE_RULE:
		offer_docs(o, TERSE_RULE_WORDS, OFFER_KEYWORD);
		offer_condition(o);
		break;
	case PLACE_CONDITION:
		offer_condition(o);
		break;
	case PLACE_OPERATOR:
		offer_operators(o);
		break;
	case PLACE_VALUE:
		offer_values(o);
		break;
	case PLACE_AFTER:
		offer_after(o);
		break;
	case PLACE_ACTION:
		offer_docs(o, TERSE_ACTION_WORDS, OFFER_KEYWORD);
		break;
	case PLACE_ACTION_WORD:
		offer_action_words(o);
		break;
	case PLACE_ESCAPE:
		offer_words(o, WORDS_ARG_OPERATOR);
		break;
	default:
		complete_outside(o);
	}
}
