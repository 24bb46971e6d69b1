/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the policy language that concern one object and that a table cannot say. */
#include <ctype.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "compiler/base/utf8.h"
#include "yaml_policy.h"

enum { NAME_MAX_BYTES = 253, MESSAGE_MAX = 256, TAG_MAX = 128, TAGS_MAX = 16 };

static const struct yaml_node *value_of(const struct yaml_node *map, const char *key)
{
	const struct yaml_pair *pair = yaml_find(map, key);

	return pair ? pair->value : NULL;
}

static void check_api_version(struct policy_reader *r, const struct yaml_node *root,
			      const struct ast_policy *policy)
{
	static const char version[] = "cilium.io/v1alpha1";
	struct diag *g;

	if (!yaml_find(root, "kind"))
		return; /* hardly a Kubernetes object at all: that is said elsewhere */
	if (!yaml_find(root, "apiVersion")) {
		if (schema_misspells(OBJECT_POLICY, root, "apiVersion"))
			return;
		g = diag_at(r->d, DIAG_API_VERSION, root->at, "the policy has no `apiVersion`");
		diag_hint(r->d, g, "Kubernetes wants `apiVersion: %s`", version);
		return;
	}
	if (!policy->api_version.s || strcmp(policy->api_version.s, version) == 0)
		return;
	g = diag_at(r->d, DIAG_API_VERSION, policy->api_version.at,
		    "`apiVersion` is not the one that tgc knows; the policy is read all the same");
	diag_hint(r->d, g, "it is `%s`", version);
}

/* ---- metadata ------------------------------------------------------------------------- */

static bool is_lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* The first byte that breaks the rule for DNS names of RFC 1123, or NULL. */
static const char *bad_byte_in(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool edge = i == 0 || i + 1 == len || name[i - 1] == '.' || name[i + 1] == '.';

		if (!is_lower_or_digit(name[i]) && (edge || (name[i] != '-' && name[i] != '.')))
			return name + i;
	}
	return NULL;
}

/* The name with what is not allowed made `-`; NULL when nothing sensible is left. */
static const char *mended_name(struct policy_reader *r, const char *name, size_t len)
{
	char *out = arena_strndup(r->arena, name, len), *start = out;

	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		char c = (char)tolower((unsigned char)name[i]);
		bool keep = is_lower_or_digit(c) || c == '.';

		if (keep || !used || out[used - 1] != '-')
			out[used++] = keep ? c : '-';
	}
	out[used] = '\0';
	while (*start == '-' || *start == '.')
		start++;
	len = strlen(start);
	while (len && !is_lower_or_digit(start[len - 1]))
		start[--len] = '\0';
	return len && !bad_byte_in(start, len) ? start : NULL;
}

/* A few bytes of a scalar, where its bytes stand as they are; else the whole scalar. */
static struct span part_span(const struct ast_str *s, size_t i, size_t len)
{
	struct span at;

	ast_str_part(s, i, i + len, &at);
	return at;
}

static void report_name(struct policy_reader *r, const struct ast_str *name, const char *bad)
{
	const char *mended = mended_name(r, name->s, name->len);
	size_t at = (size_t)(bad - name->s), len;
	char shown[12];
	unsigned columns;
	struct diag *g;

	len = utf8_show(bad, name->len - at, shown, &columns);
	g = diag_at(r->d, DIAG_BAD_NAME, part_span(name, at, len),
		    *bad == ' ' ? "a policy name cannot have a space"
				: "a policy name cannot have `%s` here",
		    shown);
	diag_note(r->d, g,
		  "it is made of lower-case letters, digits, `-` and `.`, and each part "
		  "between dots starts and ends with a letter or digit");
	if (mended) {
		diag_hint(r->d, g, "did you mean `%.80s`?", mended);
		diag_fix_word(r->d, g, name->at, name->s, mended);
	}
}

static void check_name(struct policy_reader *r, const struct ast_str *name)
{
	const char *bad;

	if (!name->s)
		return;
	bad = bad_byte_in(name->s, name->len);
	if (name->len == 0)
		diag_at(r->d, DIAG_BAD_NAME, name->at, "the policy's name is empty");
	else if (name->len > NAME_MAX_BYTES)
		diag_at(r->d, DIAG_BAD_NAME, name->at,
			"the policy's name has %zu bytes; the limit is %d", name->len,
			NAME_MAX_BYTES);
	else if (bad)
		report_name(r, name, bad);
}

/* A namespace makes sense for one kind only; keys may stand in any order, so this is last. */
static void check_namespace(struct policy_reader *r, const struct yaml_node *root,
			    const struct ast_policy *policy)
{
	const struct yaml_pair *metadata = yaml_find(root, "metadata");
	struct diag *g;

	if (!policy->kind.s || !metadata || metadata->value->type != NODE_MAP)
		return;
	if (strcmp(policy->kind.s, "TracingPolicy") == 0 && policy->namespace.s) {
		g = diag_at(r->d, DIAG_NAMESPACE_GIVEN,
			    yaml_find(metadata->value, "namespace")->key->at,
			    "a TracingPolicy is cluster-wide and has no `namespace`");
		diag_hint(r->d, g, "leave the key out, or make it a TracingPolicyNamespaced");
	} else if (strcmp(policy->kind.s, "TracingPolicyNamespaced") == 0 &&
		   !yaml_find(metadata->value, "namespace")) {
		g = diag_at(r->d, DIAG_NAMESPACE_MISSING, metadata->key->at,
			    "a TracingPolicyNamespaced belongs to a namespace, but `metadata` "
			    "names none");
		diag_note(r->d, g,
			  "`kubectl apply -n` would add it; a policy read from a file is "
			  "refused without");
		diag_hint(r->d, g, "namespace: default");
	}
}

/* ---- spec ----------------------------------------------------------------------------- */

static bool is_one_of(const struct yaml_node *key, const char *const *names)
{
	for (; *names; names++)
		if (yaml_is(key, *names))
			return true;
	return false;
}

static bool is_empty_list(const struct yaml_node *n)
{
	return n->type == NODE_LIST && n->count == 0;
}

static void report_two_sections(struct policy_reader *r, const struct yaml_node *first,
				const struct yaml_node *second)
{
	struct diag *g = diag_at(r->d, DIAG_TWO_SECTIONS, second->at,
				 "a policy has hooks of one kind, but this one has `%s` and `%s`",
				 first->text, second->text);

	diag_note_at(r->d, g, first->at, "the other kind is here");
	diag_hint(r->d, g,
		  "make it two policies; one file can hold both, with a line `---` "
		  "between them");
}

/* A spec with some key that was refused is not called idle as well. */
static void check_spec(struct policy_reader *r, const struct yaml_node *spec)
{
	static const char *const hooks[] = {"kprobes", "fentries", "tracepoints", "lsmhooks",
					    "uprobes", "usdts",	   NULL};
	static const char *const harmless[] = {"options", "lists", NULL};
	const struct yaml_node *first = NULL;
	bool idle = true;

	for (size_t i = 0; i < spec->count; i++) {
		const struct yaml_pair *pair = &spec->pairs[i];

		idle &= is_empty_list(pair->value) || is_one_of(pair->key, harmless);
		if (pair->repeated || !is_one_of(pair->key, hooks) ||
		    pair->value->type != NODE_LIST || !pair->value->count)
			continue;
		if (first)
			report_two_sections(r, first, pair->key);
		else
			first = pair->key;
	}
	if (idle)
		diag_at(r->d, DIAG_NO_HOOKS, spec->at,
			"the policy has no hooks, so it does nothing");
}

static void check_option(struct policy_reader *r, const struct yaml_node *node,
			 const struct ast_option *option)
{
	static const char *const booleans[] = {"1", "t", "T", "TRUE",  "true",	"True",
					       "0", "f", "F", "FALSE", "false", "False"};
	struct diag *g;

	if (!option->name.s || !check_word(r, WORDS_OPTION, value_of(node, "name")) ||
	    !option->value.s || strncmp(option->name.s, "disable-", 8) != 0)
		return;
	for (size_t i = 0; i < sizeof(booleans) / sizeof(booleans[0]); i++)
		if (strcmp(option->value.s, booleans[i]) == 0)
			return;
	g = diag_at(r->d, DIAG_BAD_OPTION_VALUE, option->value.at,
		    "`%s` is \"true\" or \"false\", not \"%.60s\"", option->name.s,
		    option->value.s);
	if (strcasecmp(option->value.s, "yes") == 0 || strcasecmp(option->value.s, "on") == 0) {
		diag_hint(r->d, g, "write \"true\"");
		diag_fix_word(r->d, g, option->value.at, option->value.s, "true");
	}
}

/* ---- hooks ---------------------------------------------------------------------------- */

static void check_message(struct policy_reader *r, const struct ast_str *message)
{
	struct diag *g;

	if (message->s && message->len == 1) {
		g = diag_at(r->d, DIAG_BAD_MESSAGE, message->at,
			    "a message has at least two bytes");
		diag_hint(r->d, g, "leave `message` out, or say what the event means");
	}
	if (message->len > MESSAGE_MAX)
		diag_at(r->d, DIAG_LONG_MESSAGE, message->at,
			"the message has %zu bytes; events carry the first %d", message->len,
			MESSAGE_MAX);
}

static void check_tags(struct policy_reader *r, const struct ast_strs *tags)
{
	if (tags->n > TAGS_MAX)
		diag_at(r->d, DIAG_BAD_TAG, tags->v[TAGS_MAX].at,
			"a hook has at most %d tags, but this is one of %zu", TAGS_MAX, tags->n);
	for (size_t i = 0; i < tags->n; i++) {
		if (tags->v[i].len < 2)
			diag_at(r->d, DIAG_BAD_TAG, tags->v[i].at, "a tag has at least two bytes");
		if (tags->v[i].len > TAG_MAX)
			diag_at(r->d, DIAG_LONG_TAG, tags->v[i].at,
				"the tag has %zu bytes; events carry the first %d", tags->v[i].len,
				TAG_MAX);
	}
}

static bool is_symbol_byte(char c, const char *extra)
{
	return isalnum((unsigned char)c) || c == '_' || (c && strchr(extra, c));
}

/* Names go into generated code and into paths: nothing but what a symbol can have. */
static void check_symbol(struct policy_reader *r, const struct ast_str *s, const char *noun,
			 const char *extra)
{
	if (!s->s || !s->len)
		return;
	for (size_t i = 0; i < s->len; i++) {
		if (is_symbol_byte(s->s[i], extra) && !(i == 0 && isdigit((unsigned char)s->s[0])))
			continue;
		diag_at(r->d, DIAG_BAD_SYMBOL, part_span(s, i, 1), "`%.60s` is not the name of %s",
			s->s, noun);
		return;
	}
}

static bool is_list_call(const struct ast_hook *hook)
{
	return hook->symbol.s && strncmp(hook->symbol.s, "list:", 5) == 0;
}

static void check_event(struct policy_reader *r, const struct ast_hook *hook)
{
	check_message(r, &hook->message);
	check_tags(r, &hook->tags);
}

static void check_kprobe(struct policy_reader *r, const struct ast_hook *hook)
{
	check_event(r, hook);
	if (!is_list_call(hook))
		check_symbol(r, &hook->symbol, "a kernel function", ".$");
}

static void check_lsm(struct policy_reader *r, const struct ast_hook *hook)
{
	check_event(r, hook);
	check_symbol(r, &hook->symbol, "an LSM hook", "");
}

static void check_tracepoint(struct policy_reader *r, const struct ast_hook *hook)
{
	check_event(r, hook);
	check_symbol(r, &hook->subsystem, "a tracepoint's subsystem", "-");
	check_symbol(r, &hook->symbol, "a tracepoint", "-");
}

void check_object(struct policy_reader *r, enum schema_object object, const struct yaml_node *node,
		  void *out)
{
	switch (object) {
	case OBJECT_POLICY:
		check_api_version(r, node, out);
		check_namespace(r, node, out);
		break;
	case OBJECT_METADATA:
		check_name(r, &((const struct ast_policy *)out)->name);
		break;
	case OBJECT_SPEC:
		check_spec(r, node);
		break;
	case OBJECT_OPTION:
		check_option(r, node, out);
		break;
	case OBJECT_KPROBE:
		check_kprobe(r, out);
		break;
	case OBJECT_LSMHOOK:
		check_lsm(r, out);
		break;
	case OBJECT_TRACEPOINT:
		check_tracepoint(r, out);
		break;
	case OBJECT_UPROBE:
	case OBJECT_USDT:
		check_event(r, out);
		break;
	default: /* the table says it all */
		break;
	}
}
