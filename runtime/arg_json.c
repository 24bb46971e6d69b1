// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "bpf-templates/tg_args.h"
#include "runtime/arg_json.h"
#include "runtime/arg_names.h"
#include "runtime/permission.h"

bool arg_take(const struct event_arg *arg, void *out, size_t size)
{
	if (arg->text.size < size)
		return false;
	memcpy(out, arg->text.bytes, size);
	return true;
}

void arg_json_name(struct json *j, const char *name, const char *text, size_t size)
{
	size_t n = strnlen(text, size);

	if (n)
		json_bytes(j, name, text, n);
}

void arg_json_word(struct json *j, const char *name, int set, uint64_t number)
{
	char room[ARG_NUMBER_SIZE];

	json_text(j, name, arg_name_or_number((enum arg_names)set, number, room));
}

void arg_json_uint_unless_0(struct json *j, const char *name, uint32_t value)
{
	if (value)
		json_uint(j, name, value);
}

/* ---- numbers ------------------------------------------------------------------------------- */

static void print_mask(struct json *j, const char *name, uint64_t mask)
{
	char text[17];

	snprintf(text, sizeof(text), "%016" PRIx64, mask);
	json_text(j, name, text);
}

static void print_syscall(struct json *j, uint64_t value)
{
	json_open(j, "syscall_id", '{');
	arg_json_uint_unless_0(j, "id", (uint32_t)value & ~(1u << 31));
	json_text(j, "abi", value >> 31 & 1 ? "i386" : "x64");
	json_close(j, '}');
}

static void print_capability(struct json *j, uint64_t value)
{
	const char *name = arg_name(ARG_NAMES_CAPABILITY, value);

	json_open(j, "capability_arg", '{');
	json_int(j, "value", (int32_t)value);
	json_text_unless_empty(j, "name", name);
	json_close(j, '}');
}

static void print_command(struct json *j, uint64_t value)
{
	const char *name = arg_name(ARG_NAMES_BPF_CMD, (uint32_t)value);

	if (name)
		json_text(j, "bpf_cmd_arg", name);
	else
		json_int(j, "bpf_cmd_arg", (int32_t)value);
}

static bool print_number(struct json *j, const struct event_arg *arg)
{
	uint64_t value = arg->slot.value;

	switch (arg->type) {
	case TG_ARG_INT:
		return json_int(j, "int_arg", (int32_t)value), true;
	case TG_ARG_UINT:
		return json_uint(j, "uint_arg", (uint32_t)value), true;
	case TG_ARG_LONG:
		return json_int64(j, "long_arg", (int64_t)value), true;
	case TG_ARG_SIZE:
		return json_uint64(j, "size_arg", value), true;
	case TG_ARG_SYSCALL:
		return print_syscall(j, value), true;
	case TG_ARG_CAPABILITY:
		return print_capability(j, value), true;
	case TG_ARG_BPF_CMD:
		return print_command(j, value), true;
	case TG_ARG_KERNEL_CAP:
		return print_mask(j, "kernel_cap_t_arg", value), true;
	case TG_ARG_CAP_INHERITABLE:
		return print_mask(j, "cap_inheritable_arg", value), true;
	case TG_ARG_CAP_PERMITTED:
		return print_mask(j, "cap_permitted_arg", value), true;
	case TG_ARG_CAP_EFFECTIVE:
		return print_mask(j, "cap_effective_arg", value), true;
	default:
		return false;
	}
}

/* ---- texts --------------------------------------------------------------------------------- */

static void print_path(struct json *j, const char *name, const struct event_arg *arg)
{
	char permission[PERMISSION_TEXT_SIZE];

	json_open(j, name, '{');
	if (arg->text.size)
		json_bytes(j, "path", arg->text.bytes, arg->text.size);
	else
		json_text(j, "path", "/");
	if (arg->slot.value >> 32 & TG_PATH_UNRESOLVED)
		json_text(j, "flags", "unresolvedPathComponents");
	json_text(j, "permission", permission_text(permission, (uint16_t)arg->slot.value));
	json_close(j, '}');
}

/* What was cut says so, but on tracepoints. */
static void print_bytes(struct json *j, const struct event_arg *arg, enum event_kind kind)
{
	uint64_t whole = arg->slot.value;

	if (whole <= arg->text.size || kind == EVENT_TRACEPOINT) {
		json_base64(j, "bytes_arg", arg->text.bytes, arg->text.size);
		return;
	}
	json_open(j, "truncated_bytes_arg", '{');
	if (arg->text.size)
		json_base64(j, "bytes_arg", arg->text.bytes, arg->text.size);
	if (whole & ~TG_BYTES_MORE)
		json_uint64(j, "orig_size", whole & ~TG_BYTES_MORE);
	json_close(j, '}');
}

static bool print_text(struct json *j, const struct event_arg *arg, enum event_kind kind)
{
	switch (arg->type) {
	case TG_ARG_STRING:
		return json_bytes(j, "string_arg", arg->text.bytes, arg->text.size), true;
	case TG_ARG_FILE:
		return print_path(j, "file_arg", arg), true;
	case TG_ARG_PATH:
		return print_path(j, "path_arg", arg), true;
	case TG_ARG_BINPRM:
		return print_path(j, "linux_binprm_arg", arg), true;
	case TG_ARG_BYTES:
		return print_bytes(j, arg, kind), true;
	default:
		return false;
	}
}

/* ---- all of it ------------------------------------------------------------------------------ */

static void print_error(struct json *j, const char *message)
{
	json_open(j, "error_arg", '{');
	json_text(j, "Message", message);
	json_close(j, '}');
}

/* Tetragon has a word in the place of the bytes. */
static void print_fault(struct json *j, const struct event_arg *arg)
{
	static const char word[] = "CharBufErrorPageFault";

	if (arg->type == TG_ARG_BYTES)
		json_base64(j, "bytes_arg", word, sizeof(word) - 1);
	else
		print_error(j, "Bad address for basic type");
}

static void print_step(struct json *j, uint32_t step)
{
	char text[80];

	snprintf(text, sizeof(text),
		 "Bad address encountered during resolve dereference at depth %" PRIu32, step - 1);
	print_error(j, text);
}

static void print_value(struct json *j, const struct event_arg *arg, enum event_kind kind)
{
	uint32_t status = arg->slot.status;

	if (status == TG_SLOT_FAULT)
		print_fault(j, arg);
	else if (status && status <= TG_SLOT_STEPS)
		print_step(j, status);
	else if (status || (!print_number(j, arg) && !print_text(j, arg, kind) &&
			    !arg_json_net(j, arg, kind) && !arg_json_struct(j, arg)))
		print_error(j, "Argument was not read");
}

static void print_numbers(struct json *j, const struct event_arg *arg)
{
	struct event_arg element = *arg;

	for (size_t at = 0; at + 8 <= arg->text.size; at += 8) {
		memcpy(&element.slot.value, arg->text.bytes + at, 8);
		element.type = TG_ARG_SIZE;
		json_open(j, NULL, '{');
		print_number(j, &element);
		json_close(j, '}');
	}
}

void arg_json(struct json *j, const char *name, const struct event_arg *arg, enum event_kind kind)
{
	/* A member, as a result is, has room for one value: an array there is not shown. */
	if (!name && arg->type == TG_ARG_LONGS && arg->slot.status == TG_SLOT_OK) {
		print_numbers(j, arg);
		return;
	}
	json_open(j, name, '{');
	print_value(j, arg, kind);
	if (arg->type != TG_ARG_SOCKADDR && arg->type != TG_ARG_SOCKADDR_UN)
		json_text_unless_empty(j, "label", arg->label);
	json_close(j, '}');
}
