// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "bpf-templates/tg_args.h"
#include "runtime/record.h"

/* What is left of the record to hand out. */
struct rest {
	const char *bytes;
	size_t size;
};

static int take_struct(struct rest *rest, void *out, size_t size)
{
	if (rest->size < size)
		return -1;
	memcpy(out, rest->bytes, size);
	rest->bytes += size;
	rest->size -= size;
	return 0;
}

static int take_text(struct rest *rest, struct record_text *out, size_t size, size_t most)
{
	if (size > most || size > rest->size)
		return -1;
	out->bytes = rest->bytes;
	out->size = size;
	rest->bytes += size;
	rest->size -= size;
	return 0;
}

static int decode_exec(struct record *out, struct rest *rest)
{
	struct tg_exec *e = &out->exec.fixed;

	if (take_struct(rest, e, sizeof(*e)) ||
	    take_text(rest, &out->exec.path, e->path_size, TG_PATH_MAX) ||
	    take_text(rest, &out->exec.args, e->args_size, TG_ARGV_MAX))
		return -1;
	if (take_text(rest, &out->exec.cwd, e->cwd_size, TG_PATH_MAX) ||
	    take_text(rest, &out->exec.cgroup, e->cgroup_size, TG_CGROUP_MAX))
		return -1;
	out->exec.more = (struct tg_exec_more){0};
	if (out->head.flags & TG_F_MORE &&
	    take_struct(rest, &out->exec.more, sizeof(out->exec.more)))
		return -1;
	return take_text(rest, &out->exec.env, out->exec.more.env_size, TG_ENV_MAX);
}

static int decode_rest(struct record *out, struct rest *rest)
{
	if (take_struct(rest, &out->rest.fixed, sizeof(out->rest.fixed)) ||
	    out->rest.fixed.of >= TG_REST_KINDS)
		return -1;
	return take_text(rest, &out->rest.bytes, rest->size, TG_REST_MAX);
}

/* Each kind of part at most once. */
static int take_parts(struct rest *rest, struct record_text parts[TG_PART_KIND_COUNT])
{
	struct tg_part part;

	memset(parts, 0, TG_PART_KIND_COUNT * sizeof(*parts));
	while (rest->size) {
		if (take_struct(rest, &part, sizeof(part)) || part.kind == 0 ||
		    part.kind >= TG_PART_KIND_COUNT || parts[part.kind].bytes ||
		    take_text(rest, &parts[part.kind], part.size, TG_PART_MAX))
			return -1;
	}
	return 0;
}

static int decode_hook(struct record *out, struct rest *rest)
{
	struct tg_hook *h = &out->hook.fixed;

	if (take_struct(rest, h, sizeof(*h)) || h->slots > TG_SLOTS_MAX ||
	    take_struct(rest, out->hook.slots, h->slots * sizeof(out->hook.slots[0])))
		return -1;
	for (unsigned int i = 0; i < h->slots; i++) {
		if (take_text(rest, &out->hook.texts[i], out->hook.slots[i].len, TG_DATA_MAX))
			return -1;
	}
	return take_parts(rest, out->hook.parts);
}

static int decode_kind(struct record *out, struct rest *rest)
{
	switch (out->head.kind) {
	case TG_EXEC:
		return decode_exec(out, rest);
	case TG_REST:
		return decode_rest(out, rest);
	case TG_CLONE:
		return take_struct(rest, &out->clone, sizeof(out->clone));
	case TG_EXIT:
		return take_struct(rest, &out->exit, sizeof(out->exit));
	case TG_CANCEL:
		return take_struct(rest, &out->cancel, sizeof(out->cancel));
	case TG_HOOK:
		return decode_hook(out, rest);
	default:
		return -1;
	}
}

int record_decode(struct record *out, const void *data, size_t size)
{
	struct rest rest = {data, size};

	if (size < sizeof(out->head))
		return -1;
	memcpy(&out->head, data, sizeof(out->head));
	if (out->head.size > size)
		return -1;
	rest.size = out->head.size;
	if (decode_kind(out, &rest))
		return -1;
	return rest.size ? -1 : 0;
}
