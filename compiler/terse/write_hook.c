// SPDX-License-Identifier: Apache-2.0
/* Writing the terse language: hooks and their arguments. */
#include <ctype.h>
#include <string.h>
#include "write.h"

enum { PARAMS = 64 }; /* more than any hook has: they are written as escapes */

/* ---- arguments -------------------------------------------------------------------------- */

/* Words that a condition would not take for an argument's name. */
static bool is_spoken_for(const char *name)
{
	static const char *const words[] = {
#define SUBJECT(word, ...) word,
#include "grammar/terse-subjects.def"
		"args", "data", "return",     "process", "task",
		"reg",	"pods", "containers", "hosts",	 "cel"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i], name))
			return true;
	return !strncmp(name, "arg", 3) && isdigit((unsigned char)name[3]);
}

static size_t count_labels(const struct terse_writer *w, const char *label)
{
	static const char *const lists[] = {"args", "data"};
	size_t count = 0;

	for (size_t k = 0; k < 2; k++) {
		const struct yaml_node *list = doc_get(w->hook, lists[k]);

		for (size_t i = 0; list && list->type == NODE_LIST && i < list->count; i++) {
			const struct yaml_node *n = doc_get(list->items[i], "label");

			count += n && n->type == NODE_STRING && yaml_is(n, label);
		}
	}
	return count;
}

/* The entry's label, where it can be the argument's name. */
static const char *alias_of(struct terse_writer *w, const struct yaml_node *entry)
{
	const struct yaml_node *label = doc_get(entry, "label");

	if (!label || label->type != NODE_STRING || strlen(label->text) != label->len ||
	    !is_plain_name(label->text) || is_spoken_for(label->text) ||
	    count_labels(w, label->text) != 1)
		return NULL;
	return label->text;
}

/* mm.owner[2].comm */
static bool is_path(const struct yaml_node *n)
{
	const char *s = n->text;
	bool first = true;

	if (!n->len || strlen(n->text) != n->len || n->len > 500)
		return false;
	for (; *s; first = false) {
		size_t len;

		if (*s == '[') {
			len = strspn(s + 1, "0123456789");
			if (!len || s[len + 1] != ']')
				return false;
			s += len + 2;
			continue;
		}
		if (!first && *s++ != '.')
			return false;
		if (!isalpha((unsigned char)*s) && *s != '_')
			return false;
		while (isalnum((unsigned char)*s) || *s == '_')
			s++;
	}
	return true;
}

static const char *base_of(struct terse_writer *w, const char *list, const struct yaml_node *entry)
{
	const struct yaml_node *index = doc_get(entry, "index"), *source = doc_get(entry, "source");

	if (!strcmp(list, "args"))
		return index && index->type == NODE_INT && index->integer >= 0 &&
				       index->integer < 100
			       ? arena_printf(w->arena, "arg%lld", (long long)index->integer)
			       : NULL;
	if (!source || source->type != NODE_STRING)
		return NULL;
	return yaml_is(source, "current_task") ? "task" : yaml_is(source, "pt_regs") ? "reg" : NULL;
}

/* "arg1.f_inode.i_uid", "task.mm.owner"; NULL: there is no such form for the entry. */
static const char *path_of(struct terse_writer *w, const char *list, const struct yaml_node *entry)
{
	const char *base = entry->type == NODE_MAP ? base_of(w, list, entry) : NULL;
	const struct yaml_node *resolve = base ? doc_get(entry, "resolve") : NULL;
	bool data = !strcmp(list, "data");

	if (!base || (data && (!resolve || resolve->type != NODE_STRING || !is_path(resolve))))
		return NULL;
	if (!resolve || resolve->type != NODE_STRING || !is_path(resolve))
		return base;
	return arena_printf(w->arena, "%s%s%s", base, resolve->text[0] == '[' ? "" : ".",
			    resolve->text);
}

static bool are_params(struct terse_writer *w, const char *key)
{
	const struct yaml_node *list = doc_get(w->hook, key);

	if (!list || list->type != NODE_LIST || !list->count || list->count > PARAMS)
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (!path_of(w, key, list->items[i]))
			return false;
	return true;
}

/* Whether a condition that writes `name` finds the entry, and no other before it. */
static bool is_found(struct terse_writer *w, const char *name, const struct yaml_node *entry)
{
	static const char *const lists[] = {"args", "data"};

	for (size_t k = 0; k < 2; k++) {
		const struct yaml_node *list = doc_get(w->hook, lists[k]);

		if (!are_params(w, lists[k]))
			continue;
		for (size_t i = 0; i < list->count; i++) {
			const struct yaml_node *e = list->items[i];
			const char *alias = alias_of(w, e);

			if ((alias && !strcmp(alias, name)) ||
			    !strcmp(path_of(w, lists[k], e), name))
				return e == entry;
		}
	}
	return false;
}

const char *argument_name(struct terse_writer *w, const char *key, size_t i)
{
	const struct yaml_node *list = doc_get(w->hook, key), *entry = list->items[i];
	const char *alias, *path;

	if (!are_params(w, key))
		return NULL;
	alias = alias_of(w, entry);
	path = path_of(w, key, entry);
	if (alias && is_found(w, alias, entry))
		return alias;
	return is_found(w, path, entry) ? path : NULL;
}

static void take_path(struct taking *t, const char *key, const char *path, const char *base)
{
	const struct yaml_node *index = doc_get(t->map, "index");

	if (!strcmp(key, "args") || (index && index->type == NODE_INT && !index->integer))
		take_key(t, "index");
	if (!strcmp(key, "data"))
		take_key(t, "source");
	if (strcmp(path, base))
		take_key(t, "resolve");
}

static void write_size(struct terse_writer *w, struct taking *t)
{
	const struct yaml_node *size = look(t, "sizeArgIndex");

	if (!size || size->type != NODE_INT || size->integer < 1 || size->integer > 99)
		return;
	take_key(t, "sizeArgIndex");
	fprintf(w->to, " size arg%lld", (long long)size->integer - 1);
}

static void write_param(struct terse_writer *w, const char *key, const struct yaml_node *entry)
{
	struct taking t = {.map = entry};
	const char *alias = alias_of(w, entry), *path = path_of(w, key, entry);
	const struct yaml_node *type = look(&t, "type");

	if (alias) {
		take_key(&t, "label");
		fprintf(w->to, "%s = ", alias);
	}
	take_path(&t, key, path, base_of(w, key, entry));
	fputs(path, w->to);
	if (type && type->type == NODE_STRING && is_plain_name(type->text)) {
		take_key(&t, "type");
		fprintf(w->to, ": %s", type->text);
		write_size(w, &t);
	}
	write_rest(w, &t, " ");
}

static void write_params(struct terse_writer *w, struct taking *t)
{
	static const char *const lists[] = {"args", "data"};
	const char *comma = "(";

	for (size_t k = 0; k < 2; k++) {
		const struct yaml_node *list;

		if (!are_params(w, lists[k]))
			continue;
		list = take_key(t, lists[k]);
		for (size_t i = 0; i < list->count; i++) {
			fputs(comma, w->to);
			write_param(w, lists[k], list->items[i]);
			comma = ", ";
		}
	}
	if (*comma == ',')
		fputc(')', w->to);
}

/* ---- what a hook watches ---------------------------------------------------------------- */

static void write_symbol(struct terse_writer *w, const struct yaml_node *n)
{
	if (!strncmp(n->text, "list:", 5) && n->text[5]) {
		fputs("list ", w->to);
		if (is_plain_name(n->text + 5))
			fputs(n->text + 5, w->to);
		else
			write_string(w, n->text + 5, n->len - 5);
		return;
	}
	write_name(w, n);
}

/* `ptrace` for sys_ptrace. */
static void write_syscall(struct terse_writer *w, const struct yaml_node *n)
{
	const char *plain = n->text + 4;
	bool prefixed = !strncmp(n->text, "sys_", 4);

	if (prefixed && is_plain_name(plain) && strcmp(plain, "list") &&
	    strncmp(plain, "sys_", 4) && strncmp(plain, "__", 2))
		fputs(plain, w->to);
	else if (!strncmp(n->text, "list:", 5) || prefixed || !strncmp(n->text, "__", 2))
		write_symbol(w, n);
	else
		write_string(w, n->text, n->len);
}

static bool is_true(const struct yaml_node *n)
{
	return n && n->type == NODE_BOOL && n->boolean;
}

/* Names that a condition on kernels can have, of which none is the hook's own function. */
static bool are_needs(const struct yaml_node *list, const char *own)
{
	if (!list)
		return true;
	if (!is_strings(list))
		return false;
	for (size_t i = 0; own && i < list->count; i++)
		if (!strcmp(list->items[i]->text, own) ||
		    (!strncmp(own, "sys_", 4) && !strcmp(list->items[i]->text, own + 4)))
			return false;
	return true;
}

static void write_needs(struct terse_writer *w, const char *word, const struct yaml_node *list)
{
	fprintf(w->to, " %s ", word);
	for (size_t i = 0; i < list->count; i++) {
		fputs(i ? ", " : "", w->to);
		write_name(w, list->items[i]);
	}
}

/* `optional`, `when kernel has NAME and lacks NAME`; what these cannot say stays as it is. */
static void write_ignore(struct terse_writer *w, struct taking *t, const char *own, bool kprobe)
{
	static const char *const keys[] = {"callNotFound", "kernelHas", "kernelLacks", NULL};
	const struct yaml_node *ignore = look(t, "ignore"), *missing, *has, *lacks;

	if (!ignore || ignore->type != NODE_MAP || !only_keys(ignore, keys))
		return;
	missing = doc_get(ignore, "callNotFound");
	has = doc_get(ignore, "kernelLacks");
	lacks = doc_get(ignore, "kernelHas");
	if ((missing && !(kprobe && is_true(missing))) || !are_needs(has, own) ||
	    !are_needs(lacks, NULL) || !(missing || has || lacks))
		return;
	take_key(t, "ignore");
	if (missing)
		fputs("optional ", w->to);
	if (!has && !lacks)
		return;
	fputs("when kernel", w->to);
	if (has)
		write_needs(w, "has", has);
	if (lacks)
		write_needs(w, has ? "and lacks" : "lacks", lacks);
	fputc(' ', w->to);
}

static void write_function(struct terse_writer *w, struct taking *t, const char *word)
{
	const struct yaml_node *syscall = take_typed(t, "syscall", NODE_BOOL);
	const struct yaml_node *call = take_typed(t, "call", NODE_STRING);
	bool kprobe = !strcmp(word, "kprobe"), is_syscall = !syscall || syscall->boolean;

	fputs(!is_syscall ? word : kprobe ? "syscall" : "fentry syscall", w->to);
	fputc(' ', w->to);
	if (is_syscall)
		write_syscall(w, call);
	else
		write_symbol(w, call);
}

static void write_tracepoint(struct terse_writer *w, struct taking *t)
{
	const struct yaml_node *raw = take_typed(t, "raw", NODE_BOOL);

	fputs(raw && raw->boolean ? "raw tracepoint " : "tracepoint ", w->to);
	write_name(w, take_typed(t, "subsystem", NODE_STRING));
	fputc('/', w->to);
	write_name(w, take_typed(t, "event", NODE_STRING));
}

static bool write_symbols(struct terse_writer *w, struct taking *t)
{
	const struct yaml_node *list = look(t, "symbols");

	if (!is_strings(list))
		return false;
	take_key(t, "symbols");
	for (size_t i = 0; i < list->count; i++) {
		const struct yaml_node *n = list->items[i];

		fputs(i ? ", " : " ", w->to);
		if (!strcmp(n->text, "offset") || !strcmp(n->text, "address"))
			write_string(w, n->text, n->len);
		else
			write_name(w, n);
	}
	return true;
}

static void write_uprobe(struct terse_writer *w, struct taking *t)
{
	static const struct {
		const char *key, *word;
	} places[] = {{"offsets", " offset"}, {"addrs", " address"}};
	const struct yaml_node *path = take_typed(t, "path", NODE_STRING);

	fputs("uprobe ", w->to);
	write_string(w, path->text, path->len);
	if (write_symbols(w, t))
		return;
	for (size_t k = 0; k < 2; k++) {
		const struct yaml_node *list = take_typed(t, places[k].key, NODE_LIST);

		if (!list)
			continue;
		fputs(places[k].word, w->to);
		for (size_t i = 0; i < list->count; i++)
			fprintf(w->to, "%s%lld", i ? ", " : " ",
				(long long)list->items[i]->integer);
		return;
	}
}

static void write_usdt(struct terse_writer *w, struct taking *t)
{
	const struct yaml_node *path = take_typed(t, "path", NODE_STRING);

	fputs("usdt ", w->to);
	write_string(w, path->text, path->len);
	fputc(' ', w->to);
	write_name(w, take_typed(t, "provider", NODE_STRING));
	fputc(':', w->to);
	write_name(w, take_typed(t, "name", NODE_STRING));
}

/* What the hook is called where that is a single name; NULL: it is not. */
static const char *own_name(const struct yaml_node *hook)
{
	static const char *const keys[] = {"call", "hook"};
	const struct yaml_node *n = NULL;

	for (size_t i = 0; i < 2 && !n; i++)
		n = doc_get(hook, keys[i]);
	return n && n->type == NODE_STRING ? n->text : NULL;
}

static void write_target(struct terse_writer *w, struct taking *t, const char *section)
{
	write_ignore(w, t, own_name(t->map), !strcmp(section, "kprobes"));
	if (!strcmp(section, "kprobes"))
		write_function(w, t, "kprobe");
	else if (!strcmp(section, "fentries"))
		write_function(w, t, "fentry");
	else if (!strcmp(section, "tracepoints"))
		write_tracepoint(w, t);
	else if (!strcmp(section, "uprobes"))
		write_uprobe(w, t);
	else if (!strcmp(section, "usdts"))
		write_usdt(w, t);
	else {
		fputs("lsm ", w->to);
		write_symbol(w, take_typed(t, "hook", NODE_STRING));
	}
}

/* ---- the rest --------------------------------------------------------------------------- */

static void write_result(struct terse_writer *w, struct taking *t)
{
	static const char *const keys[] = {"index", "type", NULL};
	const struct yaml_node *returns = look(t, "return"), *arg = look(t, "returnArg"), *index,
			       *type;

	if (!returns || !arg || returns->type != NODE_BOOL || !returns->boolean ||
	    arg->type != NODE_MAP || !only_keys(arg, keys))
		return;
	index = doc_get(arg, "index");
	type = doc_get(arg, "type");
	if (!index || index->type != NODE_INT || index->integer || !type ||
	    type->type != NODE_STRING || !is_plain_name(type->text))
		return;
	take_key(t, "return");
	take_key(t, "returnArg");
	fprintf(w->to, " -> %s", type->text);
}

static bool are_rules(const struct yaml_node *list)
{
	if (!list || list->type != NODE_LIST || !list->count)
		return false;
	for (size_t i = 0; i < list->count; i++) {
		const struct yaml_node *n = list->items[i];

		/* A rule for everything ends the list here, and need not there. */
		if (n->type != NODE_MAP || n->count > 64)
			return false;
	}
	return true;
}

static void write_body(struct terse_writer *w, const struct yaml_node *message,
		       const struct yaml_node *tags, const struct yaml_node *rules)
{
	if (!message && !tags && !rules)
		return;
	fputs(" {\n", w->to);
	if (message) {
		fputs("message ", w->to);
		write_string(w, message->text, message->len);
		fputc('\n', w->to);
	}
	if (tags) {
		fputs("tags ", w->to);
		for (size_t i = 0; i < tags->count; i++) {
			fputs(i ? ", " : "", w->to);
			write_string(w, tags->items[i]->text, tags->items[i]->len);
		}
		fputc('\n', w->to);
	}
	for (size_t i = 0; rules && i < rules->count; i++) {
		write_comments(w, last_end(rules->items[i]));
		write_selector(w, rules->items[i]);
		fputc('\n', w->to);
	}
	fputs("}", w->to);
}

/* Comments up to the first rule belong above the hook. */
static uint32_t head_end(const struct yaml_node *hook, const struct yaml_node *rules)
{
	uint32_t end = last_end(hook);

	if (!rules)
		return end;
	for (size_t i = 0; i < hook->count; i++)
		if (hook->pairs[i].value == rules)
			return hook->pairs[i].key->at.start;
	return end;
}

static void write_hook(struct terse_writer *w, const char *section, const struct yaml_node *hook)
{
	struct taking t = {.map = hook};
	const struct yaml_node *message = take_typed(&t, "message", NODE_STRING);
	const struct yaml_node *tags = is_strings(look(&t, "tags")) ? take_key(&t, "tags") : NULL;
	const struct yaml_node *rules =
		are_rules(look(&t, "selectors")) ? take_key(&t, "selectors") : NULL;

	w->hook = hook;
	w->tracepoint = !strcmp(section, "tracepoints");
	write_comments(w, head_end(hook, rules));
	write_target(w, &t, section);
	write_params(w, &t);
	write_result(w, &t);
	write_rest(w, &t, " ");
	write_body(w, message, tags, rules);
	fputc('\n', w->to);
}

void write_hooks(struct terse_writer *w, const char *section, const struct yaml_node *list)
{
	for (size_t i = 0; i < list->count; i++) {
		fputc('\n', w->to);
		write_hook(w, section, list->items[i]);
	}
}
