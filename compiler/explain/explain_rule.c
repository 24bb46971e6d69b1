// SPDX-License-Identifier: Apache-2.0
/* tgc explain POLICY: the rules of a hook, and what happens to calls that none of them matches. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/read/ast.h"
#include "explain_parts.h"

static void conditions(struct explaining *x, struct doc_list *out)
{
	size_t count;
	const struct prose_section *sections = prose_sections(&count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(sections[i].key, "matchReturnArgs"))
			sections[i].say(x, out);
}

static bool unconditional(struct explaining *x, size_t rule)
{
	struct doc_list l = {.n = 0};

	x->rule = &x->hook->selectors[rule];
	x->typed_rule = x->typed ? &x->typed->selectors[rule] : NULL;
	conditions(x, &l);
	return !l.n;
}

/* One or two conditions make a sentence; more are easier to check one below the other. */
static void say_conditions(struct explaining *x, const struct doc_list *l)
{
	if (!l->n) {
		doc_say(&x->doc, "For every %s: ", hook_happening(x->hook));
	} else if (l->n <= 2) {
		doc_say(&x->doc, "When %s%s%s: ", l->v[0], l->n > 1 ? ", and " : "",
			l->n > 1 ? l->v[1] : "");
	} else {
		doc_say(&x->doc, "When all of this holds:");
		doc_end(&x->doc);
		for (size_t i = 0; i < l->n; i++) {
			doc_say(&x->doc, "%s%s", l->v[i], i + 1 == l->n ? "," : ";");
			doc_end_item(&x->doc, 1);
		}
		doc_say(&x->doc, "then ");
	}
}

static void say_return(struct explaining *x)
{
	struct doc_list when = {.n = 0}, then = {.n = 0};

	say_result(x, &when);
	if (!when.n && !x->rule->return_actions.n)
		return;
	return_action_words(x, x->rule, &then);
	doc_say(&x->doc, "After the %s has returned%s%s: %s. ", hook_happening(x->hook),
		when.n ? ", and only when " : "", doc_list_text(x->arena, &when, "and"),
		doc_list_text(x->arena, &then, "and"));
	if (when.n)
		doc_say(&x->doc, "With any other result nothing is reported, not even the start of "
				 "the call. ");
}

static void say_rule(struct explaining *x, size_t number)
{
	struct doc_list when = {.n = 0}, then = {.n = 0};

	x->rule = &x->hook->selectors[number];
	x->typed_rule = x->typed ? &x->typed->selectors[number] : NULL;
	conditions(x, &when);
	action_words(x, x->rule, &then);
	doc_say(&x->doc, "Rule %zu", number + 1);
	if (*x->rule->label)
		doc_say(&x->doc, " (%s)", doc_quote_word(x->arena, x->rule->label));
	doc_say(&x->doc, ". ");
	say_conditions(x, &when);
	doc_say(&x->doc, "%s. ", doc_list_text(x->arena, &then, "and"));
	say_return(x);
	doc_end(&x->doc);
}

static bool all_covered(struct explaining *x)
{
	for (size_t i = 0; x->typed && i < x->hook->selector_count; i++)
		if (unconditional(x, i))
			return true;
	return false;
}

static void say_rest(struct explaining *x)
{
	const char *call = hook_happening(x->hook);

	if (x->hook->selector_count > 1)
		doc_say(&x->doc,
			"The rules are tried in this order. The first whose conditions all hold "
			"decides, and no later one is looked at. ");
	if (all_covered(x))
		doc_say(&x->doc, "One of them holds for every %s, so none is left over.", call);
	else
		doc_say(&x->doc,
			"%s %s that %s goes on as if this policy were not there: nothing is done "
			"to it and nothing is reported.",
			*call == 'e' ? "An" : "A", call,
			x->hook->selector_count > 1 ? "no rule matches" : "does not match");
	doc_end(&x->doc);
}

void explain_rules(struct explaining *x)
{
	doc_heading(&x->doc, 3, "What happens");
	if (!x->typed) {
		doc_say(&x->doc,
			"Nothing: %s the hook, without which its conditions cannot be told.",
			x->kernels->count > 1 ? "none of the kernels has"
					      : "the kernel does not have");
		doc_end(&x->doc);
		return;
	}
	if (x->hook->no_selectors) {
		doc_say(&x->doc, "There are no conditions: every %s within the scope is reported.",
			hook_happening(x->hook));
		doc_end(&x->doc);
		return;
	}
	for (size_t i = 0; i < x->hook->selector_count; i++)
		say_rule(x, i);
	if (x->hook->selector_count > 1 || !unconditional(x, 0))
		say_rest(x);
}
