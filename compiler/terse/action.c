// SPDX-License-Identifier: Apache-2.0
/* The terse language: rules and what they do. */
#include <string.h>
#include "lower.h"

/* Words of an action, taken one after the other. */
struct words {
	const struct terse_node *list;
	size_t next;
};

static const struct terse_node *peek(const struct words *w)
{
	return kid(w->list, w->next);
}

static bool take(struct words *w, const char *word)
{
	if (!node_is(peek(w), word) || peek(w)->kind == T_STRING)
		return false;
	w->next++;
	return true;
}

static const struct terse_node *take_any(struct words *w)
{
	const struct terse_node *n = peek(w);

	w->next += n != NULL;
	return n;
}

static void put_word(struct terse_lowering *l, struct yaml_node *map, const char *key,
		     struct span at, const char *word)
{
	doc_put(l->arena, map, key, at, doc_string(l->arena, at, word));
}

static bool report_form(struct terse_lowering *l, struct words *w, const char *form)
{
	const struct terse_node *n = peek(w);
	struct diag *g;

	if (n)
		g = terse_say(l, DIAG_TERSE_SYNTAX, n->at, "`%.60s` does not belong to this action",
			      n->text);
	else
		g = terse_say(l, DIAG_TERSE_SYNTAX, w->list->at,
			      "something is missing behind `%.60s`",
			      kid(w->list, w->list->count - 1)->text);
	diag_hint(l->d, g, "%s", form);
	return false;
}

static bool put_number(struct terse_lowering *l, struct words *w, struct yaml_node *map,
		       const char *key, const char *form)
{
	const struct terse_node *n = take_any(w);
	int64_t number;

	if (!n)
		return report_form(l, w, form);
	if (!value_number(l, n, &number))
		return false;
	doc_put(l->arena, map, key, n->at, doc_integer(l->arena, n->at, number));
	return true;
}

/* ---- post ------------------------------------------------------------------------------- */

/* 1/minute, 5m, 30. */
static const char *rate_text(struct terse_lowering *l, struct words *w)
{
	static const struct {
		const char *word, *text;
	} units[] = {{"second", "1s"}, {"minute", "1m"}, {"hour", "1h"}};
	const struct terse_node *n = take_any(w), *unit;

	if (!n)
		return NULL;
	if (!take(w, "/"))
		return n->kind == T_NUMBER || n->kind == T_DURATION || n->kind == T_STRING ? n->text
											   : NULL;
	unit = take_any(w);
	for (size_t i = 0; node_is(n, "1") && i < sizeof(units) / sizeof(units[0]); i++)
		if (node_is(unit, units[i].word))
			return units[i].text;
	(void)l;
	return NULL;
}

static const char post_form[] = "post rate 1/minute per process stack kernel user; rates are "
				"1/second, 1/minute, 1/hour, or the "
				"time between two events: 5m";

static bool put_rate(struct terse_lowering *l, struct words *w, struct yaml_node *map)
{
	const struct terse_node *scope;
	size_t from = w->next;
	const char *text = rate_text(l, w);

	if (!text) {
		w->next = from;
		return report_form(l, w, post_form);
	}
	put_word(l, map, "rateLimit", kid(w->list, from)->at, text);
	if (!take(w, "per"))
		return true;
	scope = take_any(w);
	if (!scope)
		return report_form(l, w, post_form);
	put_word(l, map, "rateLimitScope", scope->at, scope->text);
	return true;
}

static bool put_stacks(struct terse_lowering *l, struct words *w, struct yaml_node *map)
{
	bool any = false;

	for (;;) {
		struct span at = peek(w) ? peek(w)->at : w->list->at;

		if (take(w, "kernel"))
			doc_put(l->arena, map, "kernelStackTrace", at,
				doc_boolean(l->arena, at, true));
		else if (take(w, "user"))
			doc_put(l->arena, map, "userStackTrace", at,
				doc_boolean(l->arena, at, true));
		else
			return any || report_form(l, w, post_form);
		any = true;
	}
}

static bool lower_post(struct terse_lowering *l, struct words *w, struct yaml_node *map)
{
	while (peek(w)) {
		struct span at = peek(w)->at;

		if (take(w, "rate")) {
			if (!put_rate(l, w, map))
				return false;
		} else if (take(w, "stack")) {
			if (!put_stacks(l, w, map))
				return false;
		} else if (take(w, "hash")) {
			doc_put(l->arena, map, "imaHash", at, doc_boolean(l->arena, at, true));
		} else {
			return report_form(l, w, post_form);
		}
	}
	return true;
}

/* ---- the others ------------------------------------------------------------------------- */

static bool lower_signal(struct terse_lowering *l, struct words *w, struct yaml_node *map)
{
	return put_number(l, w, map, "argSig", "signal SIGTERM");
}

static bool lower_override(struct terse_lowering *l, struct words *w, struct yaml_node *map)
{
	return !peek(w) || put_number(l, w, map, "argError", "override -EPERM");
}

/* An Override with -EPERM unless another error is named. */
static bool lower_deny(struct terse_lowering *l, struct words *w, struct yaml_node *map)
{
	if (peek(w))
		return lower_override(l, w, map);
	doc_put(l->arena, map, "argError", w->list->at, doc_integer(l->arena, w->list->at, -1));
	return true;
}

static bool lower_notify(struct terse_lowering *l, struct words *w, struct yaml_node *map)
{
	static const char form[] = "notify override -EPERM signal SIGKILL";

	while (peek(w)) {
		if (take(w, "override")) {
			if (!put_number(l, w, map, "argError", form))
				return false;
		} else if (take(w, "signal")) {
			if (!put_number(l, w, map, "argSig", form))
				return false;
		} else {
			return report_form(l, w, form);
		}
	}
	return true;
}

static bool put_text(struct terse_lowering *l, struct words *w, struct yaml_node *map,
		     const char *key, const char *form)
{
	const struct terse_node *n = peek(w);

	if (!n || n->kind != T_STRING)
		return report_form(l, w, form);
	w->next++;
	doc_put(l->arena, map, key, n->at, doc_bytes(l->arena, n->at, n->text, n->len));
	return true;
}

static bool lower_url(struct terse_lowering *l, struct words *w, struct yaml_node *map)
{
	return put_text(l, w, map, "argUrl", "url \"http://...\"");
}

static bool lower_dns(struct terse_lowering *l, struct words *w, struct yaml_node *map)
{
	return put_text(l, w, map, "argFqdn", "dns \"host.example\"");
}

/* An argument's number in the hook's list, by its name. */
static bool put_argument(struct terse_lowering *l, struct words *w, struct yaml_node *map,
			 const char *key, const char *form)
{
	const struct terse_node *n = take_any(w);
	const struct terse_args *args = &l->hook->args;

	if (!n)
		return report_form(l, w, form);
	for (size_t i = 0; i < args->n; i++)
		if (n->kind == T_NAME && is_called(&args->v[i], n->text)) {
			doc_put(l->arena, map, key, n->at,
				doc_integer(l->arena, n->at, (int64_t)i));
			return true;
		}
	if (n->kind == T_NUMBER) {
		doc_put(l->arena, map, key, n->at, doc_number(l->arena, n->at, n->text));
		return true;
	}
	diag_hint(
		l->d,
		terse_say(l, DIAG_TERSE_NAME, n->at, "the hook lists no argument `%.60s`", n->text),
		"%s", form);
	return false;
}

static bool lower_sock(struct terse_lowering *l, struct words *w, struct yaml_node *map)
{
	return !peek(w) || put_argument(l, w, map, "argSock", "track sk, untrack sk");
}

static bool lower_set(struct terse_lowering *l, struct words *w, struct yaml_node *map)
{
	static const char form[] = "set x = 1";

	if (!put_argument(l, w, map, "argIndex", form))
		return false;
	if (!take(w, "="))
		return report_form(l, w, form);
	return put_number(l, w, map, "argValue", form);
}

static bool lower_nothing(struct terse_lowering *l, struct words *w, struct yaml_node *map)
{
	(void)map;
	return !peek(w) || report_form(l, w, "this action has nothing behind it");
}

static const struct action {
	const char *word, *name;
	bool (*lower)(struct terse_lowering *l, struct words *w, struct yaml_node *map);
} actions[] = {
	{"post", "Post", lower_post},
	{"nopost", "NoPost", lower_nothing},
	{"kill", "Sigkill", lower_nothing},
	{"signal", "Signal", lower_signal},
	{"override", "Override", lower_override},
	{"deny", "Override", lower_deny},
	{"notify", "NotifyEnforcer", lower_notify},
	{"cleanup", "CleanupEnforcerNotification", lower_nothing},
	{"url", "GetUrl", lower_url},
	{"dns", "DnsLookup", lower_dns},
	{"track", "TrackSock", lower_sock},
	{"untrack", "UntrackSock", lower_sock},
	{"set", "Set", lower_set},
};

static const char *nearest_action(const char *word)
{
	static const struct {
		const char *wrong, *right;
	} meant[] = {{"log", "post"},	  {"alert", "post"},	  {"report", "post"},
		     {"event", "post"},	  {"block", "deny"},	  {"drop", "deny"},
		     {"reject", "deny"},  {"return", "override"}, {"sigkill", "kill"},
		     {"Sigkill", "kill"}, {"allow", "nopost"},	  {"ignore", "nopost"},
		     {"pass", "nopost"}};
	const char *words[sizeof(actions) / sizeof(actions[0])];

	for (size_t i = 0; i < sizeof(meant) / sizeof(meant[0]); i++)
		if (!strcmp(meant[i].wrong, word))
			return meant[i].right;
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		words[i] = actions[i].word;
	return nearest(word, words, sizeof(actions) / sizeof(actions[0]));
}

static bool is_post_option(const char *word)
{
	static const char *const options[] = {"rate", "stack", "hash"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (!strcmp(options[i], word))
			return true;
	return false;
}

static void report_action(struct terse_lowering *l, const struct terse_node *word)
{
	const char *near = nearest_action(word->text);
	struct diag *g =
		terse_say(l, DIAG_TERSE_NAME, word->at, "there is no action `%.60s`", word->text);

	if (is_post_option(word->text))
		diag_hint(l->d, g, "it belongs to `post`, without a comma: => post %s ...",
			  word->text);
	else if (near)
		diag_hint(l->d, g, "did you mean `%s`?", near);
	else
		diag_hint(l->d, g,
			  "post, nopost, kill, signal, override, deny, notify, url, dns, set, "
			  "track, untrack");
}

static void lower_action(struct terse_lowering *l, const struct terse_node *n,
			 struct yaml_node *selector)
{
	struct words w = {.list = kid(n, 0)};
	bool back = node_is(peek(&w), "on") && node_is(kid(w.list, 1), "return");
	struct yaml_node *map = doc_map(l->arena, n->at), *list;
	const struct terse_node *word;

	w.next = back ? 2 : 0;
	word = take_any(&w);
	if (!word) {
		report_form(l, &w, "on return post");
		return;
	}
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (!node_is(word, actions[i].word))
			continue;
		put_word(l, map, "action", word->at, actions[i].name);
		if (!actions[i].lower(l, &w, map))
			return;
		if (peek(&w)) {
			report_form(l, &w, "actions are separated by commas");
			return;
		}
		terse_lower_attrs(l, map, kid(n, 1));
		list = doc_list_at(l->arena, selector, back ? "matchReturnActions" : "matchActions",
				   n->at);
		if (list)
			doc_append(l->arena, list, map);
		return;
	}
	report_action(l, word);
}

void terse_lower_actions(struct terse_lowering *l, const struct terse_node *list,
			 struct yaml_node *selector)
{
	for (size_t i = 0; list && i < list->count; i++)
		lower_action(l, list->kids[i], selector);
}

/* ---- rules ------------------------------------------------------------------------------ */

static void add_selector(struct terse_lowering *l, const struct terse_node *rule,
			 const struct conjunction *c)
{
	const struct terse_node *label = kid(rule, 0);
	struct yaml_node *map = doc_map(l->arena, rule->at), *list;

	if (label)
		doc_put(l->arena, map, "label", label->at,
			doc_bytes(l->arena, label->at, label->text, label->len));
	for (size_t i = 0; c && i < c->n; i++)
		terse_lower_test(l, c->v[i], map);
	terse_lower_actions(l, kid(rule, 2), map);
	list = doc_list_at(l->arena, l->hook->map, "selectors", rule->at);
	if (list)
		doc_append(l->arena, list, map);
}

void terse_lower_rule(struct terse_lowering *l, const struct terse_node *rule)
{
	struct disjunction alternatives;

	if (!kid(rule, 1)) {
		add_selector(l, rule, NULL);
		return;
	}
	if (!condition_normalise(l, kid(rule, 1), &alternatives))
		return;
	for (size_t i = 0; i < alternatives.n; i++)
		add_selector(l, rule, &alternatives.v[i]);
}
