// SPDX-License-Identifier: Apache-2.0
/* A row's words as an abstract event. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "case.h"
#include "compiler/base/arena.h"
#include "compiler/words/names.h"

#define FIRST_INODE    4026531800u
#define ANCESTORS_MAX  16
#define LABELS_MAX     8
#define DATA_MAX       4
#define ABSTRACT_BYTES 107

void host_namespaces(uint32_t out[NS_COUNT])
{
	for (unsigned i = 0; i < NS_COUNT; i++)
		out[i] = FIRST_INODE + i;
}

static const char *after(const char *word, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(word, prefix, n) ? NULL : word + n;
}

static bool number(const char *s, uint64_t *out)
{
	char *end;

	*out = *s == '-' ? (uint64_t)strtoll(s, &end, 0) : strtoull(s, &end, 0);
	return *s && (!*end || *end == ',');
}

/* ---- values ---------------------------------------------------------------------------- */

static bool read_address(const char *s, uint8_t *out, struct eval_socket *socket)
{
	char host[INET6_ADDRSTRLEN + 1] = "";

	snprintf(host, sizeof(host), "%.*s", (int)strcspn(s, ","), s);
	socket->family = strchr(host, ':') ? AF_INET6 : AF_INET;
	return inet_pton(socket->family, host, out) == 1;
}

static bool read_member(const char *s, struct eval_socket *out)
{
	const char *v;
	uint64_t n = 0;

	if ((v = after(s, "saddr=")))
		return read_address(v, out->source, out);
	if ((v = after(s, "daddr=")))
		return read_address(v, out->destination, out);
	v = strchr(s, '=');
	if (!v || !number(v + 1, &n))
		return false;
	if (after(s, "sport="))
		out->source_port = (uint16_t)n;
	else if (after(s, "dport="))
		out->destination_port = (uint16_t)n;
	else if (after(s, "proto="))
		out->protocol = (uint16_t)n;
	else if (after(s, "state="))
		out->state = (uint16_t)n;
	else if (after(s, "family="))
		out->family = (uint16_t)n;
	else if (after(s, "at="))
		out->address = n;
	else
		return false;
	return true;
}

static bool read_socket(const char *s, struct eval_value *out)
{
	out->kind = EVAL_SOCKET;
	out->socket.family = AF_INET;
	for (; s && *s; s = strchr(s, ',') ? strchr(s, ',') + 1 : NULL)
		if (!read_member(s, &out->socket))
			return false;
	return true;
}

static bool read_unix(struct arena *a, const struct text *word, struct eval_value *out)
{
	const char *name = after(word->s, "abstract:"), *path = after(word->s, "unix:");
	char *bytes;

	out->kind = EVAL_UNIX;
	out->socket.family = AF_UNIX;
	if (!name) {
		out->text = path;
		out->len = path ? word->len - 5 : 0;
		return path;
	}
	bytes = arena_alloc(a, ABSTRACT_BYTES);
	memcpy(bytes, name, word->len - 9 < ABSTRACT_BYTES ? word->len - 9 : ABSTRACT_BYTES);
	out->text = bytes;
	out->len = ABSTRACT_BYTES;
	return true;
}

static bool read_by_class(struct arena *a, enum type_class class, const struct text *word,
			  struct eval_value *out)
{
	switch (class) {
	case CLASS_INT:
	case CLASS_CAPS:
		out->kind = EVAL_NUMBER;
		return out->failed || number(word->s, &out->number);
	case CLASS_PATH:
		out->kind = EVAL_PATH;
		out->text = word->s;
		out->len = word->len;
		return true;
	case CLASS_SOCK:
	case CLASS_SKB:
	case CLASS_SOCKADDR:
		out->kind = EVAL_SOCKET;
		return out->failed || read_socket(word->s, out);
	case CLASS_SOCKADDR_UN:
		out->kind = EVAL_UNIX;
		return out->failed || read_unix(a, word, out);
	default:
		out->kind = EVAL_TEXT;
		out->text = word->s;
		out->len = word->len;
		return true;
	}
}

bool row_value(struct arena *a, const struct tir_arg *arg, const struct text *word,
	       struct eval_value *out)
{
	*out = (struct eval_value){.failed = !strcmp(word->s, "fault"), .mode = 0100644};
	if (strcmp(word->s, "absent"))
		return read_by_class(a, arg->type->class, word, out);
	out->kind = EVAL_NOTHING;
	return true;
}

/* ---- options --------------------------------------------------------------------------- */

struct making {
	struct arena *arena;
	const struct tir_hook *hook;
	struct eval_event *event;
	struct eval_arg *args;
	struct eval_record *ancestors;
	struct label *labels;
	size_t data;
};

static void read_exe(const char *s, struct eval_record *r)
{
	r->exe = s;
	r->exe_kind = !strcmp(s, "fault")    ? EVAL_EXE_UNKNOWN
		      : !strcmp(s, "kernel") ? EVAL_EXE_NONE
					     : EVAL_EXE_PATH;
}

/* PID,NSPID[,PATH] */
static bool add_ancestor(struct making *m, const char *s)
{
	struct eval_process *p = &m->event->process;
	struct eval_record *r = &m->ancestors[p->ancestor_count];
	char *end;

	if (p->ancestor_count == ANCESTORS_MAX)
		return false;
	r->pid = (uint32_t)strtoul(s, &end, 0);
	if (*end != ',')
		return false;
	r->namespace_pid = (uint32_t)strtoul(end + 1, &end, 0);
	read_exe(*end ? end + 1 : "/bin/ancestor", r);
	if (p->ancestor_count)
		r[-1].parent_pid = r->pid;
	else
		p->record.parent_pid = r->pid;
	p->ancestor_count++;
	return true;
}

static bool add_label(struct making *m, const char *s)
{
	struct eval_workload *w = &m->event->process.workload;
	const char *equals = strchr(s, '=');

	if (!equals || w->of.labels.n == LABELS_MAX)
		return false;
	m->labels[w->of.labels.n++] =
		(struct label){arena_strndup(m->arena, s, (size_t)(equals - s)), equals + 1};
	return true;
}

static bool add_data(struct making *m, const struct text *word)
{
	struct text rest = {word->s + 5, word->len - 5};
	const struct tir_arg *arg;
	struct eval_arg *out = &m->args[m->event->arg_count];

	if (!m->hook || m->data == m->hook->data_count)
		return false;
	arg = &m->hook->data[m->data++];
	*out = (struct eval_arg){arg->ir->source, 0, arg->ir->resolve->s, {0}};
	m->event->arg_count++;
	return row_value(m->arena, arg, &rest, &out->value);
}

/* ns.Net=N, caps.Effective=N */
static bool read_set(const char *s, struct eval_process *p)
{
	static const char *const sets[] = {[CAPS_EFFECTIVE] = "caps.Effective=",
					   [CAPS_INHERITABLE] = "caps.Inheritable=",
					   [CAPS_PERMITTED] = "caps.Permitted="};
	const char *equals = strchr(s, '='), *kind = after(s, "ns.");
	const struct name *name;

	for (int i = 0; i < EVAL_CAPABILITY_SETS; i++)
		if (after(s, sets[i]))
			return number(after(s, sets[i]), &p->capabilities[i]);
	name = kind ? name_find(NAMES_NAMESPACE, kind, (size_t)(equals - kind)) : NULL;
	if (name)
		p->namespaces[name->number] = (uint32_t)strtoul(equals + 1, NULL, 0);
	return name;
}

static bool read_number(const char *s, struct making *m)
{
	const char *equals = strchr(s, '=');
	struct eval_process *p = &m->event->process;
	uint64_t n = 0;

	if (!equals || !number(equals + 1, &n))
		return false;
	if (after(s, "pid="))
		p->record.pid = p->tid = (uint32_t)n;
	else if (after(s, "tid="))
		p->tid = (uint32_t)n;
	else if (after(s, "nspid="))
		p->record.namespace_pid = (uint32_t)n;
	else if (after(s, "ppid="))
		p->record.parent_pid = (uint32_t)n;
	else if (after(s, "time="))
		m->event->time = n * 1000000;
	else
		return false;
	return true;
}

static bool read_workload(const char *s, struct eval_workload *w)
{
	const char *v;

	if ((v = after(s, "pod="))) {
		w->of.in_pod = true;
		w->of.namespace = v;
	} else if ((v = after(s, "container="))) {
		w->of.container = v;
	} else if ((v = after(s, "repo="))) {
		w->of.repo = v;
	} else {
		w->unknown = !strcmp(s, "cgroup=unknown");
		return w->unknown;
	}
	return true;
}

static void set_modes(struct making *m, const char *octal)
{
	for (size_t i = 0; i < m->event->arg_count; i++)
		m->args[i].value.mode = (uint32_t)strtoul(octal, NULL, 8);
}

static bool read_option(struct making *m, const struct text *word)
{
	struct eval_process *p = &m->event->process;
	const char *v;

	if (after(word->s, "data="))
		return add_data(m, word);
	if ((v = after(word->s, "mode=")))
		set_modes(m, v);
	else if ((v = after(word->s, "exe=")))
		read_exe(v, &p->record);
	else if ((v = after(word->s, "parent=")))
		return add_ancestor(m, arena_printf(m->arena, "%u,0,%s", p->record.parent_pid, v));
	else if ((v = after(word->s, "anc=")))
		return add_ancestor(m, v);
	else if ((v = after(word->s, "label=")))
		return add_label(m, v);
	else if (!strcmp(word->s, "unrecorded"))
		p->unrecorded = true;
	else
		return read_set(word->s, p) || read_number(word->s, m) ||
		       read_workload(word->s, &p->workload);
	return true;
}

/* ---- rows ------------------------------------------------------------------------------ */

static struct making begin(struct arena *a, const struct tir_hook *h, struct eval_event *out)
{
	struct making m = {.arena = a, .hook = h, .event = out};
	struct eval_process *p = &out->process;

	m.args = arena_array(a, CASE_ARGS + DATA_MAX, sizeof(*m.args));
	m.ancestors = arena_array(a, ANCESTORS_MAX, sizeof(*m.ancestors));
	m.labels = arena_array(a, LABELS_MAX, sizeof(*m.labels));
	*p = (struct eval_process){.tid = 100, .ancestors = m.ancestors};
	p->record = (struct eval_record){.pid = 100, .parent_pid = 50, .start = 1};
	p->record.exe = "/bin/true";
	p->workload.of.labels.v = m.labels;
	host_namespaces(p->namespaces);
	out->args = m.args;
	return m;
}

static bool read_options(struct making *m, const struct words *w, size_t at)
{
	for (; at < w->count && strcmp(w->v[at].s, "=>"); at++)
		if (!read_option(m, &w->v[at]))
			return false;
	return true;
}

bool row_options(struct arena *a, const struct tir_hook *h, const struct words *w, size_t at,
		 struct eval_event *out)
{
	struct making m = begin(a, h, out);

	return read_options(&m, w, at);
}

bool row_event(struct arena *a, const struct tir_hook *h, const struct words *w, size_t at,
	       struct eval_event *out)
{
	struct making m = begin(a, h, out);

	for (size_t i = 0; i < h->arg_count; i++) {
		const struct tir_arg *arg = &h->args[i];
		struct eval_arg *to = &m.args[i];

		if (at == w->count || i == CASE_ARGS)
			return false;
		*to = (struct eval_arg){arg->ir->source,
					arg->ir->position,
					arg->ir->resolve ? arg->ir->resolve->s : NULL,
					{0}};
		if (!row_value(a, arg, &w->v[at++], &to->value))
			return false;
		out->arg_count++;
	}
	return read_options(&m, w, at);
}
