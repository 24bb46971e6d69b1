// SPDX-License-Identifier: Apache-2.0
/* Writing the terse language: a selector as a rule. */
#include <string.h>
#include "write.h"

static const struct subject {
	const char *word, *section;
	bool kept; /* words of the language stay as they are */
	const char *suffix, *flag;
	bool opposite;
} subjects[] = {
#define WORDS_NONE   false
#define WORDS_KEPT   true
#define WORDS_FOLDED true
#define SUBJECT(...) {__VA_ARGS__},
#include "grammar/terse-subjects.def"
};

static const struct member {
	const char *word, *op, *negated;
	bool kept;
} members[] = {
#define MEMBER(...) {__VA_ARGS__},
#include "grammar/terse-subjects.def"
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Operators as the terse language writes them: for one value, for several. */
static const struct spelling {
	const char *op, *one, *many;
} spellings[] = {
	{"In", "==", "in"},
	{"NotIn", "!=", "not in"},
	{"Equal", "==", "in"},
	{"NotEqual", "!=", "not in"},
	{"Prefix", "starts", "starts"},
	{"NotPrefix", "not starts", "not starts"},
	{"Postfix", "ends", "ends"},
	{"NotPostfix", "not ends", "not ends"},
	{"GT", ">", ">"},
	{"GreaterThan", ">", ">"},
	{"LT", "<", "<"},
	{"LessThan", "<", "<"},
	{"Mask", "&", "&"},
	{"SubString", "contains", "contains"},
	{"SubStringIgnCase", "icontains", "icontains"},
};

static const char *spelling_of(const struct yaml_node *op, const struct yaml_node *values)
{
	for (size_t i = 0; i < COUNT(spellings); i++)
		if (yaml_is(op, spellings[i].op))
			return values->count == 1 ? spellings[i].one : spellings[i].many;
	return NULL;
}

/* Prefixes that are folders: `under` says the same. */
static bool are_folders(const struct yaml_node *op, const struct yaml_node *values)
{
	if (!yaml_is(op, "Prefix") && !yaml_is(op, "NotPrefix"))
		return false;
	for (size_t i = 0; i < values->count; i++)
		if (!values->items[i]->len ||
		    values->items[i]->text[values->items[i]->len - 1] != '/')
			return false;
	return true;
}

static void write_operator(struct terse_writer *w, const struct yaml_node *op,
			   const struct yaml_node *values)
{
	if (are_folders(op, values))
		fputs(yaml_is(op, "Prefix") ? " under " : " not under ", w->to);
	else
		fprintf(w->to, " %s ", spelling_of(op, values));
}

/* ---- the process ------------------------------------------------------------------------ */

static bool is_flag(const struct yaml_node *entry, const char *key)
{
	const struct yaml_node *n = doc_get(entry, key);

	return n && n->type == NODE_BOOL && n->boolean;
}

/* The flags that an entry sets are just the subject's. */
static bool same_flags(const struct subject *s, const struct yaml_node *entry)
{
	static const char *const flags[] = {"followChildren", "followForks", "isNamespacePID",
					    "isNamespaceCapability"};

	for (size_t i = 0; i < COUNT(flags); i++)
		if (is_flag(entry, flags[i]) != (s->flag && strstr(s->flag, flags[i])))
			return false;
	return true;
}

/* PidForChildren is pid_for_children. NULL: it cannot be written in that way. */
static const char *unfolded(struct terse_writer *w, const struct yaml_node *n)
{
	char *out = arena_alloc(w->arena, n->len * 2 + 1), *to = out;

	for (const char *s = n->text; *s; s++) {
		bool upper = *s >= 'A' && *s <= 'Z';

		if ((!upper && (*s < 'a' || *s > 'z')) || (s == n->text && !upper))
			return NULL;
		if (upper && s != n->text)
			*to++ = '_';
		*to++ = (char)(upper ? *s + 32 : *s);
	}
	return n->len && strlen(n->text) == n->len ? out : NULL;
}

static bool is_integers(const struct yaml_node *n)
{
	if (!n || n->type != NODE_LIST || !n->count)
		return false;
	for (size_t i = 0; i < n->count; i++)
		if (n->items[i]->type != NODE_INT || n->items[i]->too_large)
			return false;
	return true;
}

static const char *suffix_of(struct terse_writer *w, const struct subject *s,
			     const struct yaml_node *entry, bool *ok)
{
	const struct yaml_node *n = s->suffix ? doc_get(entry, s->suffix) : NULL;
	const char *text = n && n->type == NODE_STRING ? unfolded(w, n) : NULL;

	*ok = text || (!n && (!s->suffix || strcmp(s->suffix, "namespace")));
	return text;
}

static const struct subject *subject_of(struct terse_writer *w, const char *section,
					const struct yaml_node *entry)
{
	static const char *const keys[] = {
		"operator",  "values", "followChildren",	"followForks", "isNamespacePID",
		"namespace", "type",   "isNamespaceCapability", NULL};
	const struct yaml_node *op = entry->type == NODE_MAP ? doc_get(entry, "operator") : NULL;
	const struct yaml_node *values = op ? doc_get(entry, "values") : NULL;
	bool numbers = !strcmp(section, "matchPIDs"), ok;

	if (!values || op->type != NODE_STRING || !only_keys(entry, keys) ||
	    !(numbers ? is_integers(values) : is_strings(values)) || !spelling_of(op, values))
		return NULL;
	for (size_t i = 0; i < COUNT(subjects); i++)
		if (!strcmp(subjects[i].section, section) && same_flags(&subjects[i], entry)) {
			suffix_of(w, &subjects[i], entry, &ok);
			return ok ? &subjects[i] : NULL;
		}
	return NULL;
}

static bool is_set(const struct subject *s)
{
	return strstr(s->section, "Capabilit") || strstr(s->section, "Changes");
}

static void write_numbers(struct terse_writer *w, const struct yaml_node *values)
{
	for (size_t i = 0; i < values->count; i++)
		fprintf(w->to, "%s%lld", i ? ", " : "", (long long)values->items[i]->integer);
}

static void write_process(struct terse_writer *w, const struct subject *s,
			  const struct yaml_node *entry)
{
	const struct yaml_node *op = doc_get(entry, "operator"), *values = doc_get(entry, "values");
	bool ok, numbers = !strcmp(s->section, "matchPIDs");
	const char *suffix = suffix_of(w, s, entry, &ok);

	fputs(s->word, w->to);
	if (suffix)
		fprintf(w->to, ".%s", suffix);
	if (is_set(s))
		fprintf(w->to, " %s ", yaml_is(op, "In") ? "in" : "not in");
	else
		write_operator(w, op, values);
	if (numbers)
		write_numbers(w, values);
	else
		write_values(w, values, s->kept);
}

/* ---- arguments -------------------------------------------------------------------------- */

/* Which entry a filter means, as stage "lower" finds it; -1: none, or nothing that is written so.
 */
static long entry_of(struct terse_writer *w, const char *section, const struct yaml_node *filter,
		     size_t which)
{
	bool data = !strcmp(section, "matchData");
	const struct yaml_node *list = doc_get(w->hook, data ? "data" : "args");
	const struct yaml_node *args = doc_get(filter, "args"), *index = doc_get(filter, "index");
	int64_t wanted = index && index->type == NODE_INT ? index->integer : 0;
	size_t count = list && list->type == NODE_LIST ? list->count : 0;

	if (args) {
		if (args->type != NODE_LIST || which >= args->count ||
		    args->items[which]->type != NODE_INT || args->items[which]->integer < 0)
			return -1;
		wanted = args->items[which]->integer;
		return wanted < (int64_t)count ? (long)wanted : -1;
	}
	for (size_t i = 0; !data && i < count; i++) {
		const struct yaml_node *n = doc_get(list->items[i], "index");

		if (n && n->type == NODE_INT && n->integer == wanted)
			return (long)i;
	}
	return (data || w->tracepoint) && wanted >= 0 && wanted < (int64_t)count ? (long)wanted
										 : -1;
}

static const struct member *member_of(const struct yaml_node *op)
{
	for (size_t i = 0; i < COUNT(members); i++)
		if (yaml_is(op, members[i].op) ||
		    (members[i].negated && yaml_is(op, members[i].negated)))
			return &members[i];
	return NULL;
}

static bool is_return(const char *section)
{
	return !strcmp(section, "matchReturnArgs");
}

static bool is_result_index(struct terse_writer *w, const struct yaml_node *filter)
{
	const struct yaml_node *arg = doc_get(w->hook, "returnArg");
	const struct yaml_node *want = arg ? doc_get(arg, "index") : NULL;
	const struct yaml_node *have = doc_get(filter, "index");

	return !doc_get(filter, "args") && (have ? have->integer : 0) == (want ? want->integer : 0);
}

static bool is_filter(struct terse_writer *w, const char *section, const struct yaml_node *f)
{
	static const char *const keys[] = {"index", "args", "operator", "values", NULL};
	const struct yaml_node *op = f->type == NODE_MAP ? doc_get(f, "operator") : NULL;
	const struct yaml_node *values = op ? doc_get(f, "values") : NULL;
	const struct yaml_node *args = op ? doc_get(f, "args") : NULL;

	if (!op || op->type != NODE_STRING || !is_plain_name(op->text) || !only_keys(f, keys) ||
	    (values && !is_strings(values)))
		return false;
	if (yaml_is(op, "CelExpr"))
		return values && values->count == 1 && !strcmp(section, "matchArgs");
	if (is_return(section))
		return is_result_index(w, f);
	if (args && args->type == NODE_LIST && args->count > 2)
		return false;
	if (args && args->type == NODE_LIST && args->count == 2 && entry_of(w, section, f, 1) < 0)
		return false;
	return entry_of(w, section, f, 0) >= 0;
}

static void write_entry(struct terse_writer *w, const char *section, long entry)
{
	const char *list = !strcmp(section, "matchData") ? "data" : "args";
	const char *name = argument_name(w, list, (size_t)entry);

	if (name)
		fputs(name, w->to);
	else
		fprintf(w->to, "%s[%ld]", list, entry);
}

static void write_subject(struct terse_writer *w, const char *section, const struct yaml_node *f)
{
	const struct yaml_node *args = doc_get(f, "args");

	if (is_return(section)) {
		fputs("return", w->to);
	} else if (args && args->count == 2) {
		fputc('(', w->to);
		write_entry(w, section, entry_of(w, section, f, 0));
		fputs(", ", w->to);
		write_entry(w, section, entry_of(w, section, f, 1));
		fputc(')', w->to);
	} else {
		write_entry(w, section, entry_of(w, section, f, 0));
	}
}

/* `1:5` is 1..5. */
static bool are_ranges(const struct yaml_node *values)
{
	for (size_t i = 0; i < values->count; i++) {
		const char *text = values->items[i]->text, *colon = strchr(text, ':');
		size_t first = strspn(text + (*text == '-'), "0123456789") + (*text == '-');

		if (!colon || text + first != colon || !first || !colon[1] ||
		    strspn(colon + 1 + (colon[1] == '-'), "0123456789") + (colon[1] == '-') !=
			    strlen(colon + 1) ||
		    colon[strlen(colon) - 1] == '-' || colon[-1] == '-')
			return false;
	}
	return true;
}

static void write_ranges(struct terse_writer *w, const struct yaml_node *values)
{
	for (size_t i = 0; i < values->count; i++) {
		const char *text = values->items[i]->text, *colon = strchr(text, ':');

		fprintf(w->to, "%s%.*s..%s", i ? ", " : "", (int)(colon - text), text, colon + 1);
	}
}

static bool are_lists(const struct yaml_node *values)
{
	for (size_t i = 0; i < values->count; i++)
		if (strncmp(values->items[i]->text, "list:", 5) || !values->items[i]->text[5] ||
		    strlen(values->items[i]->text) != values->items[i]->len)
			return false;
	return true;
}

/* A value that would be read as a list of names has another operator then. */
static bool has_list(const struct yaml_node *values)
{
	for (size_t i = 0; i < values->count; i++)
		if (!strncmp(values->items[i]->text, "list:", 5))
			return true;
	return false;
}

static void write_escape(struct terse_writer *w, const struct yaml_node *op,
			 const struct yaml_node *values)
{
	fprintf(w->to, " @%s", op->text);
	if (!values)
		return;
	fputc(' ', w->to);
	write_values(w, values, false);
}

static bool write_privileged(struct terse_writer *w, const struct yaml_node *op)
{
	static const struct {
		const char *op, *text;
	} ports[] = {{"SPortPriv", ".sport is privileged"},
		     {"NotSportPriv", ".sport is not privileged"},
		     {"DPortPriv", ".dport is privileged"},
		     {"NotDPortPriv", ".dport is not privileged"}};

	for (size_t i = 0; i < COUNT(ports); i++)
		if (yaml_is(op, ports[i].op)) {
			fputs(ports[i].text, w->to);
			return true;
		}
	return false;
}

static void write_comparison(struct terse_writer *w, const struct yaml_node *f)
{
	const struct yaml_node *op = doc_get(f, "operator"), *values = doc_get(f, "values");
	const struct member *m = member_of(op);
	const struct yaml_node *args = doc_get(f, "args");

	if (args && args->count == 2) {
		write_escape(w, op, values);
	} else if (!values) {
		if (!write_privileged(w, op))
			write_escape(w, op, values);
	} else if (m && !has_list(values)) {
		fprintf(w->to, ".%s %s ", m->word,
			values->count == 1 ? (yaml_is(op, m->op) ? "==" : "!=")
					   : (yaml_is(op, m->op) ? "in" : "not in"));
		write_values(w, values, m->kept);
	} else if ((yaml_is(op, "InMap") || yaml_is(op, "NotInMap")) && are_lists(values)) {
		fputs(yaml_is(op, "InMap") ? " in " : " not in ", w->to);
		write_values(w, values, false);
	} else if ((yaml_is(op, "InRange") || yaml_is(op, "NotInRange")) && are_ranges(values)) {
		fputs(yaml_is(op, "InRange") ? " in " : " not in ", w->to);
		write_ranges(w, values);
	} else if (spelling_of(op, values) && strcmp(op->text, "In") && strcmp(op->text, "NotIn") &&
		   !has_list(values)) {
		write_operator(w, op, values);
		write_values(w, values, false);
	} else {
		write_escape(w, op, values);
	}
}

static void write_filter(struct terse_writer *w, const char *section, const struct yaml_node *f)
{
	if (yaml_is(doc_get(f, "operator"), "CelExpr")) {
		const struct yaml_node *text = doc_get(f, "values")->items[0];

		fputs("cel(", w->to);
		write_string(w, text->text, text->len);
		fputc(')', w->to);
		return;
	}
	write_subject(w, section, f);
	write_comparison(w, f);
}

/* ---- sections --------------------------------------------------------------------------- */

static const char *const process_sections[] = {
	"matchPIDs",	     "matchBinaries",	      "matchParentBinaries",   "matchNamespaces",
	"matchCapabilities", "matchNamespaceChanges", "matchCapabilityChanges"};
static const char *const arg_sections[] = {"matchArgs", "matchData", "matchReturnArgs"};

static void write_and(struct terse_writer *w, bool *any)
{
	if (*any)
		fputs(" and ", w->to);
	*any = true;
}

static void write_process_section(struct terse_writer *w, struct taking *t, const char *section,
				  bool *any)
{
	const struct yaml_node *list = look(t, section);

	if (!list || list->type != NODE_LIST || !list->count)
		return;
	for (size_t i = 0; i < list->count; i++)
		if (!subject_of(w, section, list->items[i]))
			return;
	take_key(t, section);
	for (size_t i = 0; i < list->count; i++) {
		write_and(w, any);
		write_process(w, subject_of(w, section, list->items[i]), list->items[i]);
	}
}

static void write_arg_section(struct terse_writer *w, struct taking *t, const char *section,
			      bool *any)
{
	const struct yaml_node *list = look(t, section);

	if (!list || list->type != NODE_LIST || !list->count)
		return;
	for (size_t i = 0; i < list->count; i++)
		if (!is_filter(w, section, list->items[i]))
			return;
	take_key(t, section);
	for (size_t i = 0; i < list->count; i++) {
		write_and(w, any);
		write_filter(w, section, list->items[i]);
	}
}

static void write_workloads(struct terse_writer *w, struct taking *t, bool *any)
{
	static const struct {
		const char *key, *word;
	} kinds[] = {{"podSelector", "pods"},
		     {"containerSelector", "containers"},
		     {"hostSelector", "hosts"}};
	static const char *const keys[] = {"podSelector", "containerSelector", "hostSelector",
					   NULL};
	const struct yaml_node *map = look(t, "matchWorkloads"), *n;

	if (!map || map->type != NODE_MAP || !map->count || !only_keys(map, keys))
		return;
	for (size_t i = 0; i < map->count; i++)
		if (!is_label_selector(map->pairs[i].value))
			return;
	take_key(t, "matchWorkloads");
	for (size_t i = 0; i < COUNT(kinds); i++) {
		n = doc_get(map, kinds[i].key);
		if (!n)
			continue;
		write_and(w, any);
		fprintf(w->to, "%s(", kinds[i].word);
		write_labels(w, n);
		fputc(')', w->to);
	}
}

/* ---- actions ---------------------------------------------------------------------------- */

static const struct {
	const char *name, *word;
} action_words[] = {
	{"Post", "post"},
	{"NoPost", "nopost"},
	{"Sigkill", "kill"},
	{"Signal", "signal"},
	{"Override", "override"},
	{"NotifyEnforcer", "notify"},
	{"CleanupEnforcerNotification", "cleanup"},
	{"GetUrl", "url"},
	{"DnsLookup", "dns"},
	{"TrackSock", "track"},
	{"UntrackSock", "untrack"},
	{"Set", "set"},
};

static const char *action_word(const struct yaml_node *action)
{
	const struct yaml_node *name = action->type == NODE_MAP ? doc_get(action, "action") : NULL;

	for (size_t i = 0; name && i < COUNT(action_words); i++)
		if (yaml_is(name, action_words[i].name))
			return action_words[i].word;
	return NULL;
}

static bool put_number(struct terse_writer *w, struct taking *t, const char *key,
		       const char *before)
{
	const struct yaml_node *n = take_typed(t, key, NODE_INT);

	if (n)
		fprintf(w->to, "%s%lld", before, (long long)n->integer);
	return n;
}

/* An argument of the hook's list, by name where one word names it. */
static void put_argument(struct terse_writer *w, struct taking *t, const char *key)
{
	const struct yaml_node *n = take_typed(t, key, NODE_INT), *list = doc_get(w->hook, "args");
	const char *name = NULL;

	if (!n)
		return;
	if (list && list->type == NODE_LIST && n->integer >= 0 && n->integer < (int64_t)list->count)
		name = argument_name(w, "args", (size_t)n->integer);
	if (name && !strpbrk(name, ".["))
		fprintf(w->to, " %s", name);
	else
		fprintf(w->to, " %lld", (long long)n->integer);
}

static void put_error(struct terse_writer *w, struct taking *t, const char *before)
{
	const struct yaml_node *n = take_typed(t, "argError", NODE_INT);

	if (n && n->integer == -1)
		fprintf(w->to, "%s-EPERM", before);
	else if (n)
		fprintf(w->to, "%s%lld", before, (long long)n->integer);
}

static void put_quoted(struct terse_writer *w, struct taking *t, const char *key)
{
	const struct yaml_node *n = take_typed(t, key, NODE_STRING);

	if (!n)
		return;
	fputc(' ', w->to);
	write_string(w, n->text, n->len);
}

static bool take_true(struct taking *t, const char *key)
{
	const struct yaml_node *n = take_typed(t, key, NODE_BOOL);

	return n && n->boolean;
}

static void write_rate(struct terse_writer *w, struct taking *t)
{
	const struct yaml_node *rate = take_typed(t, "rateLimit", NODE_STRING), *scope;

	if (!rate)
		return;
	fputs(" rate ", w->to);
	if (rate->len && strspn(rate->text, "0123456789") == rate->len)
		fputs(rate->text, w->to);
	else if (rate->len > 1 && strspn(rate->text, "0123456789") == rate->len - 1 &&
		 strchr("smhSMH", rate->text[rate->len - 1]))
		fputs(rate->text, w->to);
	else
		write_string(w, rate->text, rate->len);
	scope = look(t, "rateLimitScope");
	if (scope && scope->type == NODE_STRING && is_plain_name(scope->text)) {
		take_key(t, "rateLimitScope");
		fprintf(w->to, " per %s", scope->text);
	}
}

static void write_post(struct terse_writer *w, struct taking *t)
{
	bool kernel = take_true(t, "kernelStackTrace"), user = take_true(t, "userStackTrace");

	write_rate(w, t);
	if (kernel || user)
		fprintf(w->to, " stack%s%s", kernel ? " kernel" : "", user ? " user" : "");
	if (take_true(t, "imaHash"))
		fputs(" hash", w->to);
}

/* What stands behind an action's word. */
static void write_arguments(struct terse_writer *w, struct taking *t, const char *word)
{
	if (!strcmp(word, "post")) {
		write_post(w, t);
	} else if (!strcmp(word, "signal")) {
		put_number(w, t, "argSig", " ");
	} else if (!strcmp(word, "override")) {
		put_error(w, t, " ");
	} else if (!strcmp(word, "notify")) {
		put_error(w, t, " override ");
		put_number(w, t, "argSig", " signal ");
	} else if (!strcmp(word, "url")) {
		put_quoted(w, t, "argUrl");
	} else if (!strcmp(word, "dns")) {
		put_quoted(w, t, "argFqdn");
	} else if (!strcmp(word, "track") || !strcmp(word, "untrack")) {
		put_argument(w, t, "argSock");
	} else if (!strcmp(word, "set") && look(t, "argIndex") && look(t, "argValue")) {
		put_argument(w, t, "argIndex");
		put_number(w, t, "argValue", " = ");
	}
}

/* Words that need something behind them have it. */
static bool is_whole(const struct yaml_node *action, const char *word)
{
	static const struct {
		const char *word, *key;
		enum node_type type;
	} needed[] = {{"signal", "argSig", NODE_INT},
		      {"url", "argUrl", NODE_STRING},
		      {"dns", "argFqdn", NODE_STRING},
		      {"set", "argIndex", NODE_INT},
		      {"set", "argValue", NODE_INT}};

	for (size_t i = 0; i < COUNT(needed); i++) {
		const struct yaml_node *n = doc_get(action, needed[i].key);

		if (!strcmp(word, needed[i].word) && (!n || n->type != needed[i].type))
			return false;
	}
	return true;
}

static void write_action(struct terse_writer *w, const struct yaml_node *action)
{
	struct taking t = {.map = action};
	const char *word = action_word(action);

	take_key(&t, "action");
	fputs(word, w->to);
	write_arguments(w, &t, word);
	write_rest(w, &t, " ");
}

static bool are_actions(const struct yaml_node *list)
{
	if (!list || list->type != NODE_LIST || !list->count)
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (!action_word(list->items[i]) ||
		    !is_whole(list->items[i], action_word(list->items[i])))
			return false;
	return true;
}

static void write_action_list(struct terse_writer *w, const struct yaml_node *list,
			      const char *prefix, bool *any)
{
	for (size_t i = 0; list && i < list->count; i++) {
		fputs(*any ? ", " : " => ", w->to);
		fputs(prefix, w->to);
		write_action(w, list->items[i]);
		*any = true;
	}
}

/* ---- rules ------------------------------------------------------------------------------ */

void write_selector(struct terse_writer *w, const struct yaml_node *selector)
{
	struct taking t = {.map = selector};
	const struct yaml_node *label = take_typed(&t, "label", NODE_STRING);
	const struct yaml_node *actions =
		are_actions(look(&t, "matchActions")) ? take_key(&t, "matchActions") : NULL;
	const struct yaml_node *back = are_actions(look(&t, "matchReturnActions"))
					       ? take_key(&t, "matchReturnActions")
					       : NULL;
	bool any = false, acts = false;

	if (label) {
		write_name(w, label);
		fputs(": ", w->to);
	}
	for (size_t i = 0; i < COUNT(process_sections); i++)
		write_process_section(w, &t, process_sections[i], &any);
	write_workloads(w, &t, &any);
	for (size_t i = 0; i < COUNT(arg_sections); i++)
		write_arg_section(w, &t, arg_sections[i], &any);
	for (size_t i = 0; i < selector->count; i++) {
		struct taking one = {.map = selector, .taken = ~((uint64_t)1 << i)};

		if (t.taken >> i & 1)
			continue;
		write_and(w, &any);
		write_rest(w, &one, "");
	}
	if (!any)
		fputs("default", w->to);
	write_action_list(w, actions, "", &acts);
	write_action_list(w, back, "on return ", &acts);
}
