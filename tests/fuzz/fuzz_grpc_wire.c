// SPDX-License-Identifier: Apache-2.0
/*
 * Messages from bytes, and from JSON: what is read can be written again, and read as the same.
 * The first byte says which message, and which way.
 */
#include <stdlib.h>
#include <string.h>
#include "health.pb-c.h"
#include "runtime/grpc/wire.h"
#include "sensors.pb-c.h"
#include "tetragon.pb-c.h"

static const ProtobufCMessageDescriptor *const messages[] = {
	&tetragon__get_events_request__descriptor,
	&tetragon__runtime_hook_request__descriptor,
	&tetragon__configure_tracing_policy_request__descriptor,
	&tetragon__set_event_log_params_request__descriptor,
	&tetragon__get_events_response__descriptor,
	&tetragon__list_tracing_policies_response__descriptor,
	&tetragon__get_info_response__descriptor,
	&grpc__health__v1__health_check_request__descriptor,
};
#define MESSAGES (sizeof(messages) / sizeof(messages[0]))

/* What has been encoded from JSON is a message. */
static void encode(const ProtobufCMessageDescriptor *m, const char *text, size_t size)
{
	struct buffer wire = {0};
	struct failure why;

	if (wire_encode(&wire, m, text, size)) {
		json_t *read = wire_decode(m, wire.data, wire.size, &why);

		/* Texts with bad bytes are no texts of JSON, and there may be too many values. */
		json_decref(read);
	}
	buffer_free(&wire);
}

/* Only requests have what JSON says as the wire does: no bytes, times and Any. */
static void decode(const ProtobufCMessageDescriptor *m, const uint8_t *bytes, size_t size)
{
	struct failure why;
	struct buffer wire = {0};
	json_t *read = wire_decode(m, bytes, size, &why), *again;
	char *text;

	if (!read) {
		if (!why.text[0])
			abort();
		return;
	}
	text = json_dumps(read, JSON_COMPACT);
	if (!text)
		abort();
	if (wire_encode(&wire, m, text, strlen(text))) {
		again = wire_decode(m, wire.data, wire.size, &why);
		if (!again || !json_equal(read, again))
			abort();
		json_decref(again);
	}
	free(text);
	json_decref(read);
	buffer_free(&wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const ProtobufCMessageDescriptor *m;

	if (!size)
		return 0;
	m = messages[data[0] % MESSAGES];
	if (data[0] & 0x80)
		encode(m, (const char *)data + 1, size - 1);
	else if (data[0] % MESSAGES < 4)
		decode(m, data + 1, size - 1);
	else
		json_decref(wire_decode(m, data + 1, size - 1, &(struct failure){0}));
	return 0;
}
