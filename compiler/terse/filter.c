// SPDX-License-Identifier: Apache-2.0
/* The terse language: single tests as entries of a selector's sections. */
#include <stdlib.h>
#include <string.h>
#include "lower.h"

static const struct subject {
	const char *word, *section;
	enum value_words words;
	const char *suffix, *flag;
	bool opposite;
} subjects[] = {
#define SUBJECT(...) {__VA_ARGS__},
#include "grammar/terse-subjects.def"
};

static const struct member {
	const char *word, *op, *negated;
	enum value_words words;
} members[] = {
#define MEMBER(...) {__VA_ARGS__},
#include "grammar/terse-subjects.def"
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void append_entry(struct terse_lowering *l, struct yaml_node *selector, const char *section,
			 struct span at, struct yaml_node *entry)
{
	struct yaml_node *list = doc_list_at(l->arena, selector, section, at);

	if (list)
		doc_append(l->arena, list, entry);
	else
		terse_say(l, DIAG_TERSE_CONDITION, at, "`@%s` has given this another value",
			  section);
}

static void put_word(struct terse_lowering *l, struct yaml_node *map, const char *key,
		     struct span at, const char *word)
{
	doc_put(l->arena, map, key, at, doc_string(l->arena, at, word));
}

/* ---- the process ------------------------------------------------------------------------ */

static const char *process_op(const struct terse_node *test)
{
	switch (test->op) {
	case TEST_EQUAL:
		return test->negated ? "NotIn" : "In";
	case TEST_STARTS:
		return test->negated ? "NotPrefix" : "Prefix";
	case TEST_ENDS:
		return test->negated ? "NotPostfix" : "Postfix";
	case TEST_ESCAPE:
		return test->negated ? NULL : test->text;
	default:
		return NULL;
	}
}

static void put_flags(struct terse_lowering *l, struct yaml_node *entry, const char *flags,
		      struct span at)
{
	const char *blank = flags ? strchr(flags, ' ') : NULL;

	if (!flags)
		return;
	if (blank) {
		put_flags(l, entry, arena_strndup(l->arena, flags, (size_t)(blank - flags)), at);
		flags = blank + 1;
	}
	doc_put(l->arena, entry, flags, at, doc_boolean(l->arena, at, true));
}

static bool is_path(const struct subject *s)
{
	return !strcmp(s->section, "matchBinaries") || !strcmp(s->section, "matchParentBinaries");
}

static bool check_paths(struct terse_lowering *l, const struct terse_node *list)
{
	struct terse_node *all;

	if (!values_expand(l, list, &all))
		return false;
	for (size_t i = 0; i < all->count; i++)
		if (all->kids[i]->kind != T_STRING) {
			terse_say(l, DIAG_TERSE_VALUE, all->kids[i]->at,
				  "a program is named by its path, in quotes");
			return false;
		}
	return true;
}

/* Process identifiers are numbers in YAML; everything else is text. */
static struct yaml_node *process_values(struct terse_lowering *l, const struct subject *s,
					const struct terse_node *list)
{
	struct yaml_node *values, *numbers;
	struct terse_node *all;

	if (is_path(s) && !check_paths(l, list))
		return NULL;
	values = values_lower(l, list, s->words);
	if (!values || strcmp(s->section, "matchPIDs"))
		return values;
	numbers = doc_list(l->arena, values->at);
	if (!values_expand(l, list, &all))
		return NULL;
	for (size_t i = 0; i < all->count; i++) {
		int64_t number;

		if (!value_number(l, all->kids[i], &number))
			return NULL;
		doc_append(l->arena, numbers, doc_integer(l->arena, all->kids[i]->at, number));
	}
	return numbers;
}

/* `ns.pid_for_children`: PidForChildren. */
static bool put_suffix(struct terse_lowering *l, const struct subject *s,
		       const struct terse_node *ref, struct yaml_node *entry)
{
	const struct terse_node *member = kid(ref, 1);
	const char *word;

	if (!member && (!s->suffix || strcmp(s->section, "matchNamespaces")))
		return true;
	if (!s->suffix || ref->count > 2 || !member || member->kind != T_NAME) {
		diag_hint(l->d,
			  terse_say(l, DIAG_TERSE_NAME, ref->at, "there is no `%.60s`",
				    ref_text(l->arena, ref, 0)),
			  "%s",
			  !s->suffix			   ? s->word
			  : strcmp(s->suffix, "namespace") ? "caps.effective, caps.permitted, "
							     "caps.inheritable"
							   : "ns.pid, ns.mnt, ns.net, ns.user ...");
		return false;
	}
	word = value_text(l, member, WORDS_FOLDED);
	put_word(l, entry, s->suffix, member->at, word);
	return true;
}

static void report_operator(struct terse_lowering *l, const struct terse_node *test,
			    const char *what, const char *hint)
{
	struct diag *g = terse_say(l, DIAG_TERSE_CONDITION, test->at,
				   "%s cannot be compared like this", what);

	if (hint)
		diag_hint(l->d, g, "%s", hint);
}

/* In some sections, NotIn is more than the opposite of In. */
static void report_no_opposite(struct terse_lowering *l, const struct terse_node *test,
			       const struct subject *s)
{
	struct diag *g = terse_say(l, DIAG_TERSE_CONDITION, test->at,
				   "`not` cannot be said of `%s`", s->word);

	diag_note(l->d, g, "here, `not in` does not hold wherever `in` does not");
	diag_hint(l->d, g, "write `%s not in ...` if that is meant, or two rules", s->word);
}

static void lower_process(struct terse_lowering *l, const struct subject *s,
			  const struct terse_node *test, struct yaml_node *selector)
{
	const struct terse_node *ref = kid(test, 0);
	struct yaml_node *entry = doc_map(l->arena, test->at), *values;
	const char *op = process_op(test);

	if (test->flags & TEST_TURNED && !s->opposite) {
		report_no_opposite(l, test, s);
		return;
	}
	if (test->count != 2 || !op || !kid(test, 1)) {
		report_operator(
			l, test, arena_printf(l->arena, "`%s`", s->word),
			!strcmp(s->section, "matchBinaries") ||
					!strcmp(s->section, "matchParentBinaries")
				? "there are ==, !=, in, not in, under, starts, ends and matches"
				: "there are ==, !=, in and not in");
		return;
	}
	if (!put_suffix(l, s, ref, entry))
		return;
	put_word(l, entry, "operator", test->at, op);
	values = process_values(l, s, kid(test, 1));
	if (!values)
		return;
	doc_put(l->arena, entry, "values", values->at, values);
	put_flags(l, entry, s->flag, ref->at);
	append_entry(l, selector, s->section, test->at, entry);
}

/* ---- arguments -------------------------------------------------------------------------- */

/* What a test is about. */
struct target {
	const char *section;
	const struct terse_args *args; /* NULL: the return value */
	size_t entry;
	const struct member *member;
};

static bool find_entry(struct terse_lowering *l, const struct terse_node *ref, struct target *out)
{
	const struct terse_args *lists[] = {&l->hook->args, &l->hook->data};
	static const char *const section_names[] = {"matchArgs", "matchData"};
	const char *path = ref_text(l->arena, ref, 0);

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < lists[k]->n; i++) {
			const struct terse_arg *arg = &lists[k]->v[i];

			if (!is_called(arg, path))
				continue;
			*out = (struct target){section_names[k], lists[k], i, NULL};
			return true;
		}
	return false;
}

/* `args[2]`, `data[0]`. */
static bool find_number(struct terse_lowering *l, const struct terse_node *ref, struct target *out)
{
	bool args = node_is(kid(ref, 0), "args"), data = node_is(kid(ref, 0), "data");
	const struct terse_args *list = args ? &l->hook->args : &l->hook->data;
	int64_t number;

	if ((!args && !data) || ref->count != 2 || kid(ref, 1)->kind != T_NUMBER ||
	    !value_number(l, kid(ref, 1), &number))
		return false;
	if (number < 0 || (uint64_t)number >= list->n) {
		terse_say(l, DIAG_TERSE_NAME, ref->at, "the hook lists %zu %s, counted from 0",
			  list->n, args ? "arguments" : "entries of `data`");
		return false;
	}
	*out = (struct target){args ? "matchArgs" : "matchData", list, (size_t)number, NULL};
	return true;
}

static const struct member *find_member(const struct terse_node *ref)
{
	const struct terse_node *last = ref->count > 1 ? kid(ref, ref->count - 1) : NULL;

	for (size_t i = 0; last && last->kind == T_NAME && i < COUNT(members); i++)
		if (!strcmp(members[i].word, last->text))
			return &members[i];
	return NULL;
}

/* An argument that the hook does not list is read because a condition asks for it. */
static bool imply_entry(struct terse_lowering *l, const struct terse_node *ref, struct target *out)
{
	struct terse_node *kids[] = {NULL, (struct terse_node *)ref, NULL, NULL, NULL};
	struct terse_node param = {.kind = T_PARAM, .at = ref->at, .kids = kids, .count = 5};
	unsigned errors = diag_errors(l->d);
	size_t args = l->hook->args.n;
	size_t n = add_argument(l, &param, true);

	if (diag_errors(l->d) != errors)
		return false;
	*out = l->hook->args.n > args ? (struct target){"matchArgs", &l->hook->args, n, NULL}
				      : (struct target){"matchData", &l->hook->data, n, NULL};
	return true;
}

static bool find_target(struct terse_lowering *l, const struct terse_node *ref, struct target *out)
{
	const struct member *member = find_member(ref);
	struct terse_node base = *ref;
	unsigned errors = diag_errors(l->d);

	if (ref->count == 1 && node_is(kid(ref, 0), "return")) {
		*out = (struct target){.section = "matchReturnArgs"};
		return true;
	}
	if (find_entry(l, ref, out) || find_number(l, ref, out))
		return true;
	if (diag_errors(l->d) != errors)
		return false;
	if (!member)
		return imply_entry(l, ref, out);
	base.count--;
	if (base.count == 1 && node_is(kid(ref, 0), "return"))
		*out = (struct target){.section = "matchReturnArgs"};
	else if (!find_entry(l, &base, out) && !find_number(l, &base, out) &&
		 (diag_errors(l->d) != errors || !imply_entry(l, &base, out)))
		return false;
	out->member = member;
	return true;
}

/* Whether YAML's `index` finds the entry; else its number in the list is used. */
static bool found_by_index(const struct target *t)
{
	for (size_t i = 0; i < t->args->n; i++)
		if (t->args->v[i].position == t->args->v[t->entry].position)
			return i == t->entry;
	return false;
}

static void put_target(struct terse_lowering *l, struct yaml_node *entry, const struct target *t,
		       const struct target *second, struct span at)
{
	bool events = l->hook->kind == TRACEPOINT;
	struct yaml_node *list, *result;

	if (!t->args) {
		result = doc_get(l->hook->map, "returnArg");
		result = result ? doc_get(result, "index") : NULL;
		if (result && result->type == NODE_INT && result->integer)
			doc_put(l->arena, entry, "index", at, result);
		return;
	}
	if (!second && !strcmp(t->section, "matchData")) {
		doc_put(l->arena, entry, "index", at, doc_integer(l->arena, at, (int64_t)t->entry));
		return;
	}
	if (!second && !events && found_by_index(t)) {
		doc_put(l->arena, entry, "index", at,
			doc_integer(l->arena, at, t->args->v[t->entry].position));
		return;
	}
	list = doc_list(l->arena, at);
	doc_append(l->arena, list, doc_integer(l->arena, at, (int64_t)t->entry));
	if (second)
		doc_append(l->arena, list, doc_integer(l->arena, at, (int64_t)second->entry));
	doc_put(l->arena, entry, "args", at, list);
}

/* ---- operators -------------------------------------------------------------------------- */

static size_t count_kind(const struct terse_node *all, enum terse_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++)
		count += all->kids[i]->kind == kind;
	return count;
}

/* `in 1..5, 9`: single values are ranges of one. */
static struct yaml_node *range_values(struct terse_lowering *l, const struct terse_node *all)
{
	struct yaml_node *out = doc_list(l->arena, all->at);

	for (size_t i = 0; i < all->count; i++) {
		const struct terse_node *n = all->kids[i];
		const char *text = value_text(l, n, WORDS_NONE);

		if (!text)
			return NULL;
		if (n->kind != T_RANGE)
			text = arena_printf(l->arena, "%s:%s", text, text);
		doc_append(l->arena, out, doc_string(l->arena, n->at, text));
	}
	return out;
}

/* x > 4 for x >= 5. */
static struct yaml_node *next_values(struct terse_lowering *l, const struct terse_node *all,
				     int step)
{
	struct yaml_node *out = doc_list(l->arena, all->at);

	for (size_t i = 0; i < all->count; i++) {
		int64_t number;

		if (!value_number(l, all->kids[i], &number))
			return NULL;
		if (__builtin_add_overflow(number, step, &number)) {
			terse_say(l, DIAG_TERSE_VALUE, all->kids[i]->at,
				  "every number is on this side of it");
			return NULL;
		}
		doc_append(l->arena, out,
			   doc_string(l->arena, all->kids[i]->at,
				      arena_printf(l->arena, "%lld", (long long)number)));
	}
	return out;
}

/* The operator in YAML's words; `values` may be replaced. NULL: there is none. */
static const char *equal_op(struct terse_lowering *l, const struct terse_node *test,
			    const struct terse_node *all, struct yaml_node **values)
{
	size_t ranges = count_kind(all, T_RANGE), named = count_kind(all, T_NAMED);

	if (named)
		return named != all->count ? NULL : test->negated ? "NotInMap" : "InMap";
	if (!ranges)
		return test->negated ? "NotEqual" : "Equal";
	*values = range_values(l, all);
	return test->negated ? "NotInRange" : "InRange";
}

static const char *order_op(struct terse_lowering *l, const struct terse_node *test,
			    const struct terse_node *all, struct yaml_node **values)
{
	bool less = test->op == TEST_LESS || test->op == TEST_AT_MOST;
	bool exact = test->op == TEST_AT_MOST || test->op == TEST_AT_LEAST;

	if (test->negated && all->count != 1)
		return NULL; /* several values are alternatives, so their opposites are not */
	if (test->negated) {
		less = !less;
		exact = !exact;
	}
	if (exact)
		*values = next_values(l, all, less ? 1 : -1);
	return less ? "LT" : "GT";
}

static const char *argument_op(struct terse_lowering *l, const struct terse_node *test,
			       const struct terse_node *all, struct yaml_node **values)
{
	switch (test->op) {
	case TEST_EQUAL:
		return equal_op(l, test, all, values);
	case TEST_LESS:
	case TEST_GREATER:
	case TEST_AT_MOST:
	case TEST_AT_LEAST:
		return order_op(l, test, all, values);
	case TEST_STARTS:
		return test->negated ? "NotPrefix" : "Prefix";
	case TEST_ENDS:
		return test->negated ? "NotPostfix" : "Postfix";
	case TEST_BITS:
		return test->negated ? NULL : "Mask";
	case TEST_CONTAINS:
		return test->negated ? NULL : "SubString";
	case TEST_ICONTAINS:
		return test->negated ? NULL : "SubStringIgnCase";
	case TEST_ESCAPE:
		return test->negated ? NULL : test->text;
	default:
		return NULL;
	}
}

static const char *member_op(const struct member *m, const struct terse_node *test)
{
	bool source = !strcmp(m->word, "sport"), target = !strcmp(m->word, "dport");

	if (test->op == TEST_IS && (source || target) &&
	    node_is(kid(kid(test, 1), 0), "privileged"))
		return test->negated ? (source ? "NotSportPriv" : "NotDPortPriv")
				     : (source ? "SPortPriv" : "DPortPriv");
	if (test->op == TEST_ESCAPE)
		return test->negated ? NULL : test->text;
	if (test->op != TEST_EQUAL)
		return NULL;
	return test->negated ? m->negated : m->op;
}

static void report_no_operator(struct terse_lowering *l, const struct terse_node *test,
			       const struct target *t)
{
	const char *what = arena_printf(l->arena, "`%.60s`", ref_text(l->arena, kid(test, 0), 0));
	struct diag *g;

	if (!test->negated || test->op == TEST_IS) {
		report_operator(
			l, test, what,
			t->member ? "parts of sockets have ==, !=, in and not in"
				  : "x == 1, x in 1..5, x & 0x3, x < 10, path under \"/etc\"");
		return;
	}
	g = terse_say(l, DIAG_TERSE_CONDITION, test->at,
		      "no filter can say that this does not hold for %s", what);
	diag_hint(l->d, g,
		  "make a rule of the condition itself, before this one, with the actions of "
		  "the other case");
}

/* The values as the operator wants them. NULL: reported, or there are none. */
static bool test_values(struct terse_lowering *l, const struct terse_node *test,
			const struct target *t, struct terse_node **all, struct yaml_node **values)
{
	const struct terse_node *list = kid(test, test->count - 1);

	*values = NULL;
	*all = NULL;
	if (!list || test->op == TEST_IS)
		return true;
	if (!values_expand(l, list, all))
		return false;
	*values = values_lower(l, list, t->member ? t->member->words : WORDS_NONE);
	return *values;
}

static void lower_argument(struct terse_lowering *l, const struct terse_node *test,
			   struct yaml_node *selector)
{
	bool two = test->count == 3;
	struct target t, second;
	struct yaml_node *entry = doc_map(l->arena, test->at), *values;
	struct terse_node *all;
	const char *op;

	if (!find_target(l, kid(test, 0), &t) || (two && !find_target(l, kid(test, 1), &second)) ||
	    !test_values(l, test, &t, &all, &values))
		return;
	op = t.member ? member_op(t.member, test) : argument_op(l, test, all, &values);
	if (!op) {
		report_no_operator(l, test, &t);
		return;
	}
	put_target(l, entry, &t, two ? &second : NULL, kid(test, 0)->at);
	put_word(l, entry, "operator", test->at, op);
	if (values)
		doc_put(l->arena, entry, "values", values->at, values);
	append_entry(l, selector, t.section, test->at, entry);
}

/* ---- pods(...), cel("...") -------------------------------------------------------------- */

static void lower_workload(struct terse_lowering *l, const struct terse_node *call,
			   struct yaml_node *selector, const char *key)
{
	struct yaml_node *map = doc_map_at(l->arena, selector, "matchWorkloads", call->at);

	if (!map)
		return;
	if (doc_get(map, key)) {
		diag_hint(l->d,
			  terse_say(l, DIAG_TERSE_CONDITION, call->at,
				    "`%s` stands twice in one alternative of the condition",
				    ref_text(l->arena, kid(call, 0), 0)),
			  "pods(app = \"web\", tier in (\"front\"))");
		return;
	}
	doc_put(l->arena, map, key, call->at, terse_lower_labels(l, kid(call, 1), call->at));
}

static void lower_cel(struct terse_lowering *l, const struct terse_node *call,
		      struct yaml_node *selector)
{
	struct yaml_node *entry = doc_map(l->arena, call->at);
	struct yaml_node *values = values_lower(l, kid(call, 1), WORDS_KEPT);

	if (!values)
		return;
	put_word(l, entry, "operator", call->at, "CelExpr");
	doc_put(l->arena, entry, "values", values->at, values);
	append_entry(l, selector, "matchArgs", call->at, entry);
}

static void lower_call(struct terse_lowering *l, const struct terse_node *call,
		       struct yaml_node *selector)
{
	const struct terse_node *ref = kid(call, 0), *name = kid(ref, 0);
	struct diag *g;

	if (ref->count == 1 && node_is(name, "pods"))
		lower_workload(l, call, selector, "podSelector");
	else if (ref->count == 1 && node_is(name, "containers"))
		lower_workload(l, call, selector, "containerSelector");
	else if (ref->count == 1 && node_is(name, "hosts"))
		lower_workload(l, call, selector, "hostSelector");
	else if (ref->count == 1 && node_is(name, "cel") && kid(call, 1)->count == 1 &&
		 kid(kid(call, 1), 0)->kind == T_STRING)
		lower_cel(l, call, selector);
	else {
		g = terse_say(l, DIAG_TERSE_NAME, call->at, "there is no function `%.60s`",
			      ref_text(l->arena, ref, 0));
		diag_hint(l->d, g,
			  "pods(app = \"web\"), containers(name = \"x\"), hosts(), cel(\"arg0 > "
			  "1\")");
	}
}

/* ---- any of them ------------------------------------------------------------------------ */

/* A hook's own argument of that name comes first; `process.pid` is never one. */
static const struct subject *find_subject(struct terse_lowering *l, const struct terse_node *ref,
					  bool *prefixed)
{
	const struct terse_node *word = kid(ref, 0);
	struct target t;

	*prefixed = ref->count > 1 && node_is(word, "process") && kid(ref, 1)->kind == T_NAME;
	if (*prefixed)
		word = kid(ref, 1);
	else if (find_entry(l, ref, &t))
		return NULL;
	for (size_t i = 0; word->kind == T_NAME && i < COUNT(subjects); i++)
		if (!strcmp(subjects[i].word, word->text))
			return &subjects[i];
	return NULL;
}

void terse_lower_test(struct terse_lowering *l, const struct terse_node *test,
		      struct yaml_node *selector)
{
	const struct subject *subject;
	struct terse_node ref, copy = *test, *kids[2];
	bool prefixed;

	if (test->kind == T_ATTR) {
		struct terse_node *attr[] = {(struct terse_node *)test};
		struct terse_node list = {.kind = T_LIST, .kids = attr, .count = 1};

		terse_lower_attrs(l, selector, &list);
		return;
	}
	if (test->kind == T_CALL) {
		lower_call(l, test, selector);
		return;
	}
	subject = find_subject(l, kid(test, 0), &prefixed);
	if (!subject) {
		lower_argument(l, test, selector);
		return;
	}
	if (prefixed && test->count == 2) {
		ref = *kid(test, 0);
		ref.kids++;
		ref.count--;
		kids[0] = &ref;
		kids[1] = kid(test, 1);
		copy.kids = kids;
	}
	lower_process(l, subject, &copy, selector);
}
