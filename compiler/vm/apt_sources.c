// SPDX-License-Identifier: Apache-2.0
/* The machine's apt sources, turned into those of another suite. */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "compiler/base/arena.h"
#include "compiler/vm/apt.h"

struct text { /* a piece of a larger text */
	const char *s;
	size_t len;
};

static bool has_word(struct text t, const char *word)
{
	size_t len = strlen(word), i = 0;

	while (i < t.len) {
		size_t start;

		while (i < t.len && isspace((unsigned char)t.s[i]))
			i++;
		start = i;
		while (i < t.len && !isspace((unsigned char)t.s[i]))
			i++;
		if (i - start == len && !memcmp(t.s + start, word, len))
			return true;
	}
	return false;
}

static bool is_own_suite(struct text suites, const char *codename)
{
	static const char *const aliases[] = {"stable", "oldstable", "testing", "sid", "unstable"};
	size_t i;

	for (i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (has_word(suites, aliases[i]))
			return true;
	}
	return has_word(suites, codename);
}

static struct text next_line(const char **at)
{
	struct text line = {*at, strcspn(*at, "\n")};

	*at += line.len + ((*at)[line.len] == '\n');
	return line;
}

static bool is_blank(struct text line)
{
	return strspn(line.s, " \t\r") >= line.len;
}

/* The value of a deb822 field on this line; `s` is NULL for another field. */
static struct text field_value(struct text line, const char *name)
{
	size_t len = strlen(name);
	struct text none = {NULL, 0};

	if (line.len <= len || line.s[len] != ':' || strncasecmp(line.s, name, len))
		return none;
	return (struct text){line.s + len + 1, line.len - len - 1};
}

/* One stanza: what decides, and the lines that are carried over. */
struct stanza {
	struct text suites, components, uris, enabled, types;
	const char *kept;
};

/* Continuation lines belong to the field above them, and go or stay with it. */
static void stanza_line(struct arena *a, struct stanza *s, struct text line, bool *keep)
{
	const struct {
		const char *name;
		struct text *value;
		bool replaced;
	} fields[] = {
		{"Suites", &s->suites, true},	 {"Components", &s->components, true},
		{"Types", &s->types, true},	 {"URIs", &s->uris, false},
		{"Enabled", &s->enabled, false},
	};
	size_t i;

	if (line.s[0] == '#')
		return;
	if (line.s[0] != ' ' && line.s[0] != '\t') {
		*keep = true;
		for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
			struct text value = field_value(line, fields[i].name);

			if (!value.s)
				continue;
			*fields[i].value = value;
			*keep = !fields[i].replaced;
		}
	}
	if (*keep)
		s->kept = arena_printf(a, "%s%.*s\n", s->kept, (int)line.len, line.s);
}

static char *derive_deb822(struct arena *a, const char *text, const char *codename,
			   const char *suites)
{
	while (*text) {
		struct stanza s = {.kept = ""};
		bool keep = false;

		while (*text) {
			struct text line = next_line(&text);

			if (is_blank(line))
				break;
			stanza_line(a, &s, line, &keep);
		}
		if (has_word(s.types, "deb") && has_word(s.components, "main") &&
		    is_own_suite(s.suites, codename) && !has_word(s.enabled, "no"))
			return arena_printf(a, "%sTypes: deb\nSuites: %s\nComponents: main\n",
					    s.kept, suites);
	}
	return NULL;
}

/* `deb [options] URI suite component...`; the options, when there are some, keep their brackets. */
static char *derive_line(struct arena *a, struct text line, const char *codename,
			 const char *suites)
{
	struct text part[3]; /* head (type and options), URI, suite */
	const char *at = line.s, *end = line.s + line.len;
	char *out = NULL;
	int i;

	if (line.len < 5 || strncmp(at, "deb", 3) || !isspace((unsigned char)at[3]))
		return NULL;
	part[0].s = at;
	at += 3 + strspn(at + 3, " \t");
	if (*at == '[')
		at = memchr(at, ']', (size_t)(end - at)) ?: end;
	if (at < end && *at == ']')
		at++;
	part[0].len = (size_t)(at - part[0].s);
	for (i = 1; i < 3; i++) {
		at += strspn(at, " \t");
		part[i] = (struct text){at, strcspn(at, " \t\n")};
		at += part[i].len;
	}
	if (at > end || !is_own_suite(part[2], codename) ||
	    !has_word((struct text){at, (size_t)(end - at)}, "main"))
		return NULL;
	while (*suites) {
		int len = (int)strcspn(suites, " ");

		out = arena_printf(a, "%s%.*s %.*s %.*s main\n", out ? out : "", (int)part[0].len,
				   part[0].s, (int)part[1].len, part[1].s, len, suites);
		suites += len + (suites[len] == ' ');
	}
	return out;
}

char *apt_sources_derive(struct arena *a, const char *text, bool deb822, const char *codename,
			 const char *suites)
{
	if (deb822)
		return derive_deb822(a, text, codename, suites);
	while (*text) {
		char *found = derive_line(a, next_line(&text), codename, suites);

		if (found)
			return found;
	}
	return NULL;
}
