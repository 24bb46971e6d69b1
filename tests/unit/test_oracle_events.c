/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded events of the real Tetragon, turned back into kernel records, go through tgrun's
 * own path (decode, process cache, print) and must come out as they were: JSON compared as
 * values, compact lines as text. Only times may differ by a little, as they do between two
 * events there.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <glob.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "bpf-templates/tg_args.h"
#include "runtime/arg_names.h"
#include "runtime/clock.h"
#include "runtime/dispatch.h"
#include "runtime/export_sink.h"
#include "runtime/event_compact.h"
#include "runtime/event_json.h"
#include "runtime/flags.h"

#define ORACLE	     "../shared/oracle"
#define TOLERANCE_NS 2000000000ll
#define STRINGS_MAX  4096

/* A bundle with one hook and one policy, made to measure for one event. */
struct one_hook {
	struct tg_artifact_header header;
	char strings[STRINGS_MAX];
	uint32_t strings_size;
	struct tg_policy_entry policy;
	struct tg_hook_entry hook;
	struct tg_slot_entry slots[TG_SLOTS_MAX];
	struct tg_view_entry view;
	struct tg_view_arg_entry view_args[TG_SLOTS_MAX];
	struct tg_selector_entry selector;
	struct tg_tag_entry tags[EVENT_TAGS_MAX];
};

struct replay {
	struct clock clock;
	struct bundles bundles;
	struct dispatch dispatch;
	struct sinks sinks;
	struct export_sink lines;
	struct one_hook one;
	char record[65536];
};

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static uint32_t number_of(const json_t *object, const char *name)
{
	return (uint32_t)json_integer_value(json_object_get(object, name));
}

static uint64_t time_ns(const char *text)
{
	struct tm tm = {0};
	double fraction = 0;
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);

	cr_assert_not_null(rest, "time %s", text);
	if (*rest == '.')
		fraction = strtod(rest, NULL);
	return (uint64_t)timegm(&tm) * 1000000000ull + (uint64_t)(fraction * 1e9);
}

static struct tg_key key_of(const char *exec_id)
{
	unsigned char text[512];
	unsigned long long ktime;
	struct tg_key key = {0};
	int size;

	cr_assert_lt(strlen(exec_id), sizeof(text));
	size = EVP_DecodeBlock(text, (const unsigned char *)exec_id, (int)strlen(exec_id));
	cr_assert_gt(size, 0, "exec id %s", exec_id);
	text[size] = '\0';
	cr_assert_eq(sscanf(strchr((char *)text, ':'), ":%llu:%u", &ktime, &key.pid), 2);
	key.ktime = ktime;
	return key;
}

static uint32_t flags_of(const char *words)
{
	char one[FLAGS_TEXT_SIZE], all[FLAGS_TEXT_SIZE + 2], padded[FLAGS_TEXT_SIZE + 2];
	uint32_t flags = 0;

	snprintf(all, sizeof(all), " %s ", words);
	for (int bit = 0; bit < 32; bit++) {
		flags_text(one, 1u << bit);
		snprintf(padded, sizeof(padded), " %s ", one);
		if (one[0] && strstr(all, padded))
			flags |= 1u << bit;
	}
	return flags;
}

/* Undoes the joining: quoted words lose their quotes, spaces between become NULs. */
static uint16_t unquote_arguments(const char *text, char *out)
{
	size_t size = 0;

	while (*text) {
		const char *end;

		if (text[0] == ' ')
			text++;
		if (text[0] == '"') {
			text++;
			for (end = text; end[0] != '"' || (end[1] && end[1] != ' '); end++)
				;
		} else {
			end = text + strcspn(text, " ");
		}
		memcpy(out + size, text, (size_t)(end - text));
		size += (size_t)(end - text);
		out[size++] = '\0';
		text = *end == '"' ? end + 1 : end;
	}
	return (uint16_t)size;
}

static void feed(struct replay *r, size_t size)
{
	((struct tg_head *)r->record)->size = (uint32_t)size;
	dispatch_record(&r->dispatch, r->record, size);
	cr_assert_eq(r->dispatch.counts.malformed, 0);
}

/* A process as it stands in the cache before the event. */
static void enter_parent(struct replay *r, const json_t *parent)
{
	struct proc_image image = {
		.key = key_of(text_of(parent, "exec_id")),
		.parent = key_of(text_of(parent, "parent_exec_id")),
		.flags = flags_of(text_of(parent, "flags")) | TG_P_CLONE,
		.uid = number_of(parent, "uid"),
		.auid = number_of(parent, "auid"),
		.binary = text_of(parent, "binary"),
		.arguments = text_of(parent, "arguments"),
		.cwd = text_of(parent, "cwd"),
	};
	struct proc *p = procs_exec(r->dispatch.procs, &image);

	p->flags = flags_of(text_of(parent, "flags"));
	p->cloned = number_of(parent, "refcnt") == 1;
}

static void feed_exec(struct replay *r, const json_t *process, uint64_t ktime)
{
	struct tg_exec *exec = (struct tg_exec *)r->record;
	char *tail = r->record + sizeof(*exec);
	struct tg_key parent = key_of(text_of(process, "parent_exec_id"));

	memset(exec, 0, sizeof(*exec));
	exec->head.kind = TG_EXEC;
	exec->head.ktime = ktime;
	exec->key = key_of(text_of(process, "exec_id"));
	exec->flags = flags_of(text_of(process, "flags"));
	exec->uid = number_of(process, "uid");
	exec->auid = number_of(process, "auid");
	if (parent.pid == exec->key.pid)
		exec->previous = parent;
	else
		exec->parent = parent;
	exec->path_size = (uint16_t)strlen(text_of(process, "binary"));
	memcpy(tail, text_of(process, "binary"), exec->path_size);
	tail += exec->path_size;
	exec->args_size = unquote_arguments(text_of(process, "arguments"), tail);
	tail += exec->args_size;
	exec->cwd_size = (uint16_t)strlen(text_of(process, "cwd"));
	memcpy(tail, text_of(process, "cwd"), exec->cwd_size);
	feed(r, sizeof(*exec) + exec->path_size + exec->args_size + exec->cwd_size);
}

static void feed_clone(struct replay *r, const json_t *process)
{
	struct tg_clone *clone = (struct tg_clone *)r->record;

	memset(clone, 0, sizeof(*clone));
	clone->head.kind = TG_CLONE;
	clone->key = key_of(text_of(process, "exec_id"));
	clone->parent = key_of(text_of(process, "parent_exec_id"));
	clone->flags = flags_of(text_of(process, "flags"));
	feed(r, sizeof(*clone));
}

/* Whatever the process did before: its parent's entry, its own clone or exec. */
static void enter_process(struct replay *r, const json_t *body)
{
	const json_t *process = json_object_get(body, "process");
	const json_t *parent = json_object_get(body, "parent");

	if (parent)
		enter_parent(r, parent);
	if (!strcmp(text_of(process, "flags"), "procFS"))
		enter_parent(r, process);
	else if (number_of(process, "refcnt") == 1 &&
		 !strcmp(text_of(process, "flags"), "execve") &&
		 !strcmp(text_of(process, "binary"), text_of(parent, "binary")))
		feed_clone(r, process);
	else
		feed_exec(r, process, 1);
	buffer_cut(&r->lines.out, 0);
}

static uint32_t signal_number(const char *name)
{
	for (uint32_t i = 1; i < 32; i++) {
		if (!strcmp(name, exit_signal_name(i)))
			return i;
	}
	return 0;
}

static void feed_exit(struct replay *r, const json_t *body, uint64_t ktime)
{
	const json_t *process = json_object_get(body, "process");
	struct tg_exit *record = (struct tg_exit *)r->record;

	memset(record, 0, sizeof(*record));
	record->head.kind = TG_EXIT;
	record->head.ktime = ktime;
	record->key = key_of(text_of(process, "exec_id"));
	record->tid = record->key.pid;
	record->code = number_of(body, "status") << 8 | signal_number(text_of(body, "signal"));
	feed(r, sizeof(*record));
}

static uint32_t add_string(struct one_hook *one, const char *text)
{
	uint32_t at = one->strings_size;

	if (!text[0])
		return 0;
	cr_assert_lt(at + strlen(text) + 1, STRINGS_MAX);
	strcpy(one->strings + at, text);
	one->strings_size += (uint32_t)strlen(text) + 1;
	return at;
}

static uint16_t mode_of(const char *permission)
{
	static const char letters[] = "-rwxrwxrwx";
	uint16_t mode = 0;

	cr_assert_eq(strlen(permission), 10, "permission %s", permission);
	mode |= permission[0] == 'd' ? 0040000 : permission[0] == 'c' ? 0020000 : 0100000;
	for (int i = 1; i < 10; i++) {
		if (permission[i] == letters[i])
			mode |= (uint16_t)(1u << (9 - i));
		else if (permission[i] != '-')
			mode |= (uint16_t)(1u << (12 - (i + 2) / 3) | 1u << (9 - i));
	}
	return mode;
}

static uint16_t name_number(enum arg_names set, const char *name)
{
	for (uint32_t i = 0; i < 300; i++)
		if (arg_name(set, i) && !strcmp(arg_name(set, i), name))
			return (uint16_t)i;
	return (uint16_t)atoi(name);
}

/* The struct that our programs would have put into the record. */
static struct tg_socket rebuild_socket(const json_t *sock)
{
	struct tg_socket s = {
		.address = strtoull(text_of(sock, "cookie"), NULL, 10),
		.mark = number_of(sock, "mark"),
		.priority = number_of(sock, "priority"),
		.family = name_number(ARG_NAMES_FAMILY, text_of(sock, "family")),
		.type = name_number(ARG_NAMES_SOCKET_TYPE, text_of(sock, "type")),
		.protocol = name_number(ARG_NAMES_PROTOCOL, text_of(sock, "protocol")),
		.state = name_number(ARG_NAMES_TCP_STATE, text_of(sock, "state")),
		.sport = (uint16_t)number_of(sock, "sport"),
		.dport = (uint16_t)number_of(sock, "dport"),
	};

	inet_pton(s.family, text_of(sock, "saddr"), s.saddr);
	inet_pton(s.family, text_of(sock, "daddr"), s.daddr);
	return s;
}

static uint64_t rebuild_syscall(const json_t *id)
{
	uint64_t foreign = strcmp(text_of(id, "abi"), "x64") ? 1ull << 31 : 0;

	return number_of(id, "id") | foreign;
}

/* False for arguments of a type that no recording had when this was written. */
static bool rebuild_value(const json_t *arg, uint32_t *type, struct tg_slot *slot,
			  const char **text)
{
	const json_t *path = json_object_get(arg, "file_arg");
	const json_t *value;

	if ((value = json_object_get(arg, "syscall_id"))) {
		*type = TG_ARG_SYSCALL;
		slot->value = rebuild_syscall(value);
		return true;
	}

	*type = TG_ARG_FILE;
	if (!path) {
		path = json_object_get(arg, "path_arg");
		*type = TG_ARG_PATH;
	}
	if (!path) {
		path = json_object_get(arg, "linux_binprm_arg");
		*type = TG_ARG_BINPRM;
	}
	if (path) {
		*text = text_of(path, "path");
		slot->value = mode_of(text_of(path, "permission"));
		if (text_of(path, "flags")[0])
			slot->value |= (uint64_t)TG_PATH_UNRESOLVED << 32;
		return true;
	}
	if ((value = json_object_get(arg, "int_arg")))
		*type = TG_ARG_INT;
	else if ((value = json_object_get(arg, "uint_arg")))
		*type = TG_ARG_UINT;
	if (value) {
		slot->value = (uint64_t)json_integer_value(value);
		return true;
	}
	if ((value = json_object_get(arg, "size_arg"))) {
		*type = TG_ARG_SIZE;
		slot->value = strtoull(json_string_value(value), NULL, 10);
		return true;
	}
	if ((value = json_object_get(arg, "long_arg"))) {
		*type = TG_ARG_LONG;
		slot->value = (uint64_t)strtoll(json_string_value(value), NULL, 10);
		return true;
	}
	*type = TG_ARG_STRING;
	*text = json_string_value(json_object_get(arg, "string_arg"));
	return *text != NULL;
}

/* Appends slots and tail to the record; the size of both, or 0. */
static size_t rebuild_args(struct one_hook *one, const json_t *args, char *at)
{
	size_t count = json_array_size(args), tail = count * sizeof(struct tg_slot), i;
	struct tg_slot *slots = (struct tg_slot *)at;
	json_t *arg;

	memset(at, 0, tail);
	json_array_foreach(args, i, arg)
	{
		const json_t *sock = json_object_get(arg, "sock_arg");
		struct tg_socket socket = rebuild_socket(sock);
		const char *text = "";

		one->slots[i].type = TG_ARG_SOCK;
		if (i >= TG_SLOTS_MAX ||
		    (!sock && !rebuild_value(arg, &one->slots[i].type, &slots[i], &text)))
			return 0;
		slots[i].len = sock ? sizeof(socket) : (uint32_t)strlen(text);
		memcpy(at + tail, sock ? (const char *)&socket : text, slots[i].len);
		tail += slots[i].len;
		one->view_args[i].slot = (uint32_t)i;
		one->view_args[i].label = add_string(one, text_of(arg, "label"));
	}
	return tail;
}

static uint32_t raw_action(const char *name)
{
	static const struct {
		const char *name;
		uint32_t raw;
	} actions[] = {{"KPROBE_ACTION_POST", 0},
		       {"KPROBE_ACTION_SIGKILL", 2},
		       {"KPROBE_ACTION_OVERRIDE", 4},
		       {"KPROBE_ACTION_SIGNAL", 9}};

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (!strcmp(name, actions[i].name))
			return actions[i].raw;
	}
	return UINT32_MAX;
}

static void describe_hook(struct replay *r, const char *kind, const json_t *body)
{
	struct one_hook *one = &r->one;
	const char *function = text_of(body, "function_name");
	json_t *tag;
	size_t i;

	one->hook.kind = !strcmp(kind, "process_lsm")	       ? TG_HOOK_LSM
			 : !strcmp(kind, "process_tracepoint") ? TG_HOOK_TRACEPOINT
							       : TG_HOOK_KPROBE;
	one->hook.name = add_string(one, function[0] ? function : text_of(body, "event"));
	one->hook.subsystem = add_string(one, text_of(body, "subsys"));
	one->hook.slots = one->view.args = (uint32_t)json_array_size(json_object_get(body, "args"));
	one->hook.views = 1;
	one->policy.name = add_string(one, text_of(body, "policy_name"));
	one->view.message = add_string(one, text_of(body, "message"));
	one->view.selectors = 1;
	one->selector.action = raw_action(text_of(body, "action"));
	json_array_foreach(json_object_get(body, "tags"), i, tag) one->tags[one->view.tags++].text =
		add_string(one, json_string_value(tag));
}

static void publish_bundle(struct replay *r)
{
	struct one_hook *one = &r->one;

	one->header.fingerprint = 7;
	r->bundles.count = 1;
	r->bundles.v[0].artifact = (struct artifact){
		.header = &one->header,
		.strings = one->strings,
		.strings_size = one->strings_size,
		.policies = &one->policy,
		.hooks = &one->hook,
		.slots = one->slots,
		.views = &one->view,
		.view_args = one->view_args,
		.selectors = &one->selector,
		.tags = one->tags,
		.policy_count = 1,
		.hook_count = 1,
		.view_count = 1,
		.selector_count = 1,
	};
}

static bool feed_hook(struct replay *r, const char *kind, const json_t *body, uint64_t ktime)
{
	const json_t *process = json_object_get(body, "process");
	const json_t *args = json_object_get(body, "args");
	struct tg_hook *hook = (struct tg_hook *)r->record;
	size_t size;

	memset(&r->one, 0, sizeof(r->one));
	r->one.strings_size = 1;
	memset(hook, 0, sizeof(*hook));
	hook->head.kind = TG_HOOK;
	hook->head.ktime = ktime;
	hook->key = key_of(text_of(process, "exec_id"));
	hook->tid = number_of(process, "tid");
	hook->matched = 1;
	hook->bundle = 7;
	hook->slots = (uint16_t)json_array_size(args);
	size = rebuild_args(&r->one, args, r->record + sizeof(*hook));
	if (!size && json_array_size(args))
		return false;
	describe_hook(r, kind, body);
	publish_bundle(r);
	feed(r, sizeof(*hook) + size);
	return true;
}

static bool equal_values(const json_t *a, const json_t *b, const char *name)
{
	const char *key;
	json_t *value;
	size_t i;

	if (json_typeof(a) != json_typeof(b))
		return false;
	if (!strcmp(name, "time") || !strcmp(name, "start_time"))
		return llabs((long long)(time_ns(json_string_value(a)) -
					 time_ns(json_string_value(b)))) < TOLERANCE_NS;
	if (json_is_object(a)) {
		if (json_object_size(a) != json_object_size(b))
			return false;
		json_object_foreach((json_t *)(uintptr_t)a, key, value)
		{
			const json_t *other = json_object_get(b, key);

			if (!other || !equal_values(value, other, key))
				return false;
		}
		return true;
	}
	if (json_is_array(a)) {
		if (json_array_size(a) != json_array_size(b))
			return false;
		json_array_foreach(a, i, value)
		{
			if (!equal_values(value, json_array_get(b, i), ""))
				return false;
		}
		return true;
	}
	return json_equal(a, b);
}

/* The members stand in the same order too. */
static bool equal_order(json_t *a, json_t *b)
{
	void *i = json_object_iter(a), *j = json_object_iter(b);

	for (; i && j; i = json_object_iter_next(a, i), j = json_object_iter_next(b, j)) {
		if (strcmp(json_object_iter_key(i), json_object_iter_key(j)))
			return false;
		if (json_is_object(json_object_iter_value(i)) &&
		    !equal_order(json_object_iter_value(i), json_object_iter_value(j)))
			return false;
	}
	return !i && !j;
}

static void open_replay(struct replay *r, const json_t *event, const json_t *process,
			event_printer *print)
{
	struct tg_key key = key_of(text_of(process, "exec_id"));

	memset(r, 0, sizeof(*r));
	r->clock.offset = (int64_t)(time_ns(text_of(process, "start_time")) - key.ktime);
	r->dispatch.procs = procs_new(100);
	r->dispatch.bundles = &r->bundles;
	r->dispatch.sinks = &r->sinks;
	r->lines = (struct export_sink){.print = print, .limit = {.per_minute = -1}};
	cr_assert_eq(export_sink_add(&r->sinks, &r->lines), 0);
	r->dispatch.style =
		(struct event_style){.node_name = text_of(event, "node_name"), .clock = &r->clock};
}

static void close_replay(struct replay *r)
{
	procs_free(r->dispatch.procs);
	sinks_close(&r->sinks);
}

/* Prints the event into r->lines.out; false for what tgc cannot express yet. */
static bool replay_event(struct replay *r, const char *kind, const json_t *event, json_t *body,
			 event_printer *print)
{
	const json_t *process = json_object_get(body, "process");
	uint64_t ktime;

	open_replay(r, event, process, print);
	ktime = time_ns(text_of(event, "time")) - (uint64_t)r->clock.offset;
	if (!strcmp(kind, "process_exec")) {
		if (json_object_get(body, "parent"))
			enter_parent(r, json_object_get(body, "parent"));
		feed_exec(r, process, ktime);
		return true;
	}
	enter_process(r, body);
	if (!strcmp(kind, "process_exit"))
		feed_exit(r, body, ktime);
	else
		return feed_hook(r, kind, body, ktime);
	return true;
}

struct tally {
	unsigned int compared, unsupported;
	struct buffer lines; /* our compact lines */
};

static const char *kind_of(const json_t *event, json_t **body)
{
	static const char *const kinds[] = {"process_exec", "process_exit", "process_kprobe",
					    "process_lsm", "process_tracepoint"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		*body = json_object_get(event, kinds[i]);
		if (*body)
			return kinds[i];
	}
	return NULL;
}

static void compare_json(struct replay *r, json_t *event, const char *line)
{
	struct buffer *out = &r->lines.out;
	json_t *ours = json_loadb(out->data, out->size, 0, NULL);

	cr_assert_not_null(ours, "not JSON: %.*s", (int)out->size, out->data);
	cr_assert(equal_values(event, ours, ""), "theirs %sours   %.*s", line, (int)out->size,
		  out->data);
	cr_assert(equal_order(event, ours), "order: theirs %sours   %.*s", line, (int)out->size,
		  out->data);
	json_decref(ours);
}

/* Return values are a later feature; without them the return side's action is the default. */
static void forget_return(json_t *body)
{
	if (!json_object_get(body, "return"))
		return;
	json_object_del(body, "return");
	json_object_set_new(body, "return_action", json_string("KPROBE_ACTION_POST"));
}

static void check_line(struct tally *tally, const char *line)
{
	static struct replay r; /* large; open_replay clears it */
	json_t *event = json_loads(line, 0, NULL), *body;
	const char *kind;

	cr_assert_not_null(event);
	kind = kind_of(event, &body);
	if (kind)
		forget_return(body);
	if (kind && replay_event(&r, kind, event, body, event_json)) {
		compare_json(&r, event, line);
		close_replay(&r);
		replay_event(&r, kind, event, body, event_compact);
		buffer_append(&tally->lines, r.lines.out.data, r.lines.out.size);
		tally->compared++;
	} else {
		tally->unsupported++;
	}
	if (kind)
		close_replay(&r);
	json_decref(event);
}

static FILE *open_recording(const char *directory, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return fopen(path, "r");
}

static bool has_line(const struct buffer *lines, const char *line)
{
	size_t size = strlen(line);
	const char *at = lines->data, *end = lines->data + lines->size;

	while (at && (at = memmem(at, (size_t)(end - at), line, size))) {
		if (at == lines->data || at[-1] == '\n')
			return true;
		at++;
	}
	return false;
}

static unsigned int check_compact(const char *directory, const struct tally *tally)
{
	FILE *file = open_recording(directory, "getevents.compact");
	unsigned int compared = 0;
	char *line = NULL;
	size_t room = 0;

	while (file && getline(&line, &room, file) > 0) {
		bool base = !strncmp(line, "🚀", strlen("🚀")) || !strncmp(line, "💥", strlen("💥"));

		if (tally->unsupported && !base)
			continue;
		cr_assert(has_line(&tally->lines, line), "%s: no such line of ours: %s", directory,
			  line);
		compared++;
	}
	free(line);
	if (file)
		fclose(file);
	return compared;
}

static unsigned int check_directory(const char *directory, unsigned int *lines)
{
	FILE *file = open_recording(directory, "getevents.json");
	struct tally tally = {0};
	char *line = NULL;
	size_t room = 0;

	while (file && getline(&line, &room, file) > 0)
		check_line(&tally, line);
	free(line);
	if (file) {
		fclose(file);
		*lines += check_compact(directory, &tally);
	}
	buffer_free(&tally.lines);
	return tally.compared;
}

Test(oracle_events, print_as_tetragon_does)
{
	unsigned int events = 0, lines = 0;
	glob_t found;

	if (glob(ORACLE "/*", 0, NULL, &found))
		cr_skip_test("recordings of Tetragon are not here (" ORACLE ")");
	for (size_t i = 0; i < found.gl_pathc; i++)
		events += check_directory(found.gl_pathv[i], &lines);
	globfree(&found);
	/* Not cr_log_warn(): a warning makes Criterion end with 1. */
	fprintf(stderr, "note: %u recorded events and %u compact lines agree\n", events, lines);
	cr_assert_gt(events, 500);
	cr_assert_gt(lines, 300);
}
