// SPDX-License-Identifier: Apache-2.0
/* Protobuf's wire format, both ways. */
#include <criterion/criterion.h>
#include <string.h>
#include "health.pb-c.h"
#include "runtime/grpc/message.h"
#include "runtime/grpc/wire.h"
#include "sensors.pb-c.h"
#include "tetragon.pb-c.h"

#define EVENT  (&tetragon__get_events_response__descriptor)
#define EVENTS (&tetragon__get_events_request__descriptor)

static void expect_bytes(const ProtobufCMessageDescriptor *m, const char *json,
			 const char *expected, size_t size)
{
	struct buffer out = {0};

	cr_expect(wire_encode(&out, m, json, strlen(json)), "%s", json);
	cr_expect(out.size == size && !memcmp(out.data, expected, size), "%s: %zu bytes, not %zu",
		  json, out.size, size);
	buffer_free(&out);
}

#define EXPECT_BYTES(m, json, bytes) expect_bytes(m, json, bytes, sizeof(bytes) - 1)

static void expect_refused(const ProtobufCMessageDescriptor *m, const char *json)
{
	struct buffer out = {0};

	cr_expect(!wire_encode(&out, m, json, strlen(json)), "%s", json);
	buffer_free(&out);
}

static void expect_json(const ProtobufCMessageDescriptor *m, const char *bytes, size_t size,
			const char *expected)
{
	struct failure why = {0};
	json_t *read = wire_decode(m, bytes, size, &why);
	char *text = read ? json_dumps(read, JSON_COMPACT) : NULL;

	cr_expect(text && !strcmp(text, expected), "%s, not %s (%s)", text ? text : "nothing",
		  expected, why.text);
	free(text);
	json_decref(read);
}

#define EXPECT_JSON(m, bytes, json) expect_json(m, bytes, sizeof(bytes) - 1, json)

static void expect_why(const ProtobufCMessageDescriptor *m, const char *bytes, size_t size,
		       const char *expected)
{
	struct failure why = {0};

	cr_expect_null(wire_decode(m, bytes, size, &why));
	cr_expect_str_eq(why.text, expected);
}

#define EXPECT_WHY(m, bytes, why) expect_why(m, bytes, sizeof(bytes) - 1, why)

Test(grpc_wire, scalars_texts_and_messages)
{
	EXPECT_BYTES(EVENT, "{\"node_name\":\"n\",\"cluster_name\":\"\"}",
		     "\xc2\x3e\x01n\xda\x3e\x00");
	EXPECT_BYTES(&tetragon__process_throttle__descriptor,
		     "{\"type\":\"THROTTLE_STOP\",\"cgroup\":\"c\"}\n",
		     "\x08\x02\x12\x01"
		     "c");
	EXPECT_BYTES(&tetragon__test__descriptor, "{\"arg0\":\"18446744073709551615\",\"arg1\":3}",
		     "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x10\x03");
	EXPECT_BYTES(&tetragon__kprobe_argument__descriptor, "{\"int_arg\":-1}",
		     "\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
	EXPECT_BYTES(&tetragon__namespace__descriptor, "{\"inum\":1,\"is_host\":true}",
		     "\x08\x01\x10\x01");
	EXPECT_BYTES(&tetragon__pod__descriptor, "{\"container\":{\"security_context\":{}}}",
		     "\x22\x02\x72\x00");
}

Test(grpc_wire, wrappers_are_there_even_when_they_hold_a_default)
{
	EXPECT_BYTES(&tetragon__process__descriptor, "{\"pid\":0,\"in_init_tree\":false,\"tid\":7}",
		     "\x12\x02\x08\x00\xa2\x01\x02\x08\x00\x82\x01\x02\x08\x07");
	EXPECT_BYTES(&tetragon__kprobe_capability__descriptor, "{\"value\":-1}",
		     "\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
}

Test(grpc_wire, lists_are_packed_and_maps_are_entries)
{
	EXPECT_BYTES(&tetragon__capabilities__descriptor,
		     "{\"permitted\":[\"CAP_CHOWN\",\"DAC_OVERRIDE\",39,77],\"effective\":[]}",
		     "\x0a\x04\x00\x01\x27\x4d");
	EXPECT_BYTES(&tetragon__process_kprobe__descriptor, "{\"tags\":[\"a\",\"\"]}",
		     "\x5a\x01"
		     "a\x5a\x00");
	EXPECT_BYTES(&tetragon__pod__descriptor, "{\"pod_labels\":{\"a\":\"b\",\"c\":\"\"}}",
		     "\x2a\x06\x0a\x01"
		     "a\x12\x01"
		     "b\x2a\x05\x0a\x01"
		     "c\x12\x00");
}

Test(grpc_wire, times_bytes_and_escapes)
{
	EXPECT_BYTES(EVENT, "{\"time\":\"1970-01-02T00:00:01.000000005Z\"}",
		     "\xca\x3e\x06\x08\x81\xa3\x05\x10\x05");
	EXPECT_BYTES(EVENT, "{\"time\":\"1970-01-01T00:00:00Z\"}", "\xca\x3e\x02\x08\x00");
	EXPECT_BYTES(&tetragon__process_loader__descriptor, "{\"buildid\":\"AP+AYQ==\"}",
		     "\x1a\x04\x00\xff\x80"
		     "a");
	EXPECT_BYTES(EVENT, "{\"node_name\":\"\\\"\\\\\\n\\u00e9\\u20ac\\ud83d\\ude00\\ud800\"}",
		     "\xc2\x3e\x0f\"\\\n\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbd");
}

Test(grpc_wire, lengths_take_as_many_bytes_as_they_need)
{
	static char json[40000];
	static const size_t lengths[] = {127, 128, 16383, 16384};
	static const size_t bytes[] = {1, 2, 2, 3};

	for (size_t i = 0; i < 4; i++) {
		struct buffer out = {0};
		size_t n = (size_t)sprintf(json, "{\"node_name\":\"");

		memset(json + n, 'x', lengths[i]);
		strcpy(json + n + lengths[i], "\"}");
		cr_expect(wire_encode(&out, EVENT, json, strlen(json)));
		cr_expect_eq(out.size, 2 + bytes[i] + lengths[i]);
		cr_expect_eq(out.data[out.size - 1], 'x');
		buffer_free(&out);
	}
}

Test(grpc_wire, what_fits_no_message_is_refused)
{
	static const char *const wrong[] = {
		"",
		"{",
		"[]",
		"{\"node_name\":\"n\"",
		"{\"node_name\":\"n\"}x",
		"{\"node_name\":\"n}",
		"{\"node_name\":\"\\x\"}",
		"{\"node_name\":\"\\u12\"}",
		"{\"node_name\":\"\\",
		"{\"node_name\" :\"n\"}",
		"{\"node_name\":1}",
		"{\"node\":\"n\"}",
		"{\"node_names\":\"n\"}",
		"{\"time\":\"1970-01-01 00:00:00Z\"}",
		"{\"time\":\"1970-01-01T00:00:00\"}",
		"{\"process_throttle\":{\"type\":\"THROTTLE\"}}",
		"{\"process_throttle\":{\"type\":}}",
		"{\"test\":{\"arg0\":\"18446744073709551616\"}}",
		"{\"test\":{\"arg0\":\"1}}",
		"{\"node_labels\":{\"a\"}}",
		"{\"process_exec\":{\"ancestors\":[{}{}]}}",
		"{\"process_loader\":{\"buildid\":\"A*\"}}",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		expect_refused(EVENT, wrong[i]);
}

Test(grpc_wire, requests_are_read)
{
	EXPECT_JSON(EVENTS, "", "{}");
	EXPECT_JSON(
		EVENTS,
		"\x0a\x09\x0a\x01"
		"a\x0a\x00\x32\x02\x01\x09\x12\x02\x1a\x00",
		"{\"allow_list\":[{\"binary_regex\":[\"a\",\"\"],\"event_set\":[\"PROCESS_EXEC\","
		"\"PROCESS_KPROBE\"]}],\"deny_list\":[{\"health_check\":false}]}");
	EXPECT_JSON(EVENTS,
		    "\x22\x0a\x12\x06\x0a\x01"
		    "a\x0a\x01"
		    "b\x18\x01",
		    "{\"field_filters\":[{\"fields\":\"a,b\",\"action\":\"EXCLUDE\"}]}");
	EXPECT_JSON(&tetragon__configure_tracing_policy_request__descriptor,
		    "\x0a\x01p\x18\x00\x20\x09", "{\"name\":\"p\",\"enable\":false,\"mode\":9}");
	EXPECT_JSON(&tetragon__runtime_hook_request__descriptor,
		    "\x0a\x09\x1a\x07\x0a\x01"
		    "k\x12\x02vw",
		    "{\"createContainer\":{\"annotations\":{\"k\":\"vw\"}}}");
}

Test(grpc_wire, unknown_fields_are_skipped_and_unpacked_lists_are_read)
{
	EXPECT_JSON(&tetragon__filter__descriptor,
		    "\x20\x01\x20\x02\xf8\x07\x05\xfa\x07\x02zz\xfd\x07"
		    "1234\xf9\x07"
		    "12345678\x0d"
		    "1234",
		    "{\"pid\":[1,2]}");
}

Test(grpc_wire, what_is_no_message_is_told)
{
	EXPECT_WHY(
		EVENTS, "\x0a",
		"the bytes are no message tetragon.GetEventsRequest: a value is cut off, or of no "
		"known kind");
	EXPECT_WHY(
		EVENTS,
		"\x0a\x05"
		"a",
		"the bytes are no message tetragon.GetEventsRequest: a value is cut off, or of no "
		"known kind");
	EXPECT_WHY(
		EVENTS, "\x0b\x0c",
		"the bytes are no message tetragon.GetEventsRequest: a value is cut off, or of no "
		"known kind");
	EXPECT_WHY(EVENTS, "\x02\x00",
		   "the bytes are no message tetragon.GetEventsRequest: a tag is none");
	EXPECT_WHY(&tetragon__filter__descriptor, "\x22\x01\x80", "pid: a number is cut off");
	EXPECT_WHY(&tetragon__filter__descriptor, "\x0a\x01\xff",
		   "binary_regex: more than 16384 values, or a text that is not UTF-8");
}

Test(grpc_wire, values_are_limited)
{
	static char packed[4 + WIRE_VALUES_MAX + 1] = "\x22\x80\x80\x01";
	struct failure why = {0};
	json_t *read;

	cr_assert_eq(WIRE_VALUES_MAX, 1 << 14); /* as the length above says */
	read = wire_decode(&tetragon__filter__descriptor, packed, 4 + WIRE_VALUES_MAX, &why);
	cr_expect_not_null(read, "%s", why.text);
	json_decref(read);
	packed[1]++;
	cr_expect_null(wire_decode(&tetragon__filter__descriptor, packed, sizeof(packed), &why));
	cr_expect_str_eq(why.text, "pid: more than 16384 values, or a text that is not UTF-8");
}

Test(grpc_message, one_for_several_queues_is_counted_once)
{
	struct message_store store = {.limit = 1000};
	struct message_queue a = {0}, b = {0};
	struct message *m = message_new(&store, "hello", 5);

	cr_assert(m);
	cr_expect(!memcmp(m->bytes, "\0\0\0\0\5hello", 10));
	cr_expect_eq(store.bytes, sizeof(*m) + 10);
	cr_expect(message_queue_push(&a, m));
	cr_expect(message_queue_push(&b, message_hold(m)));
	message_queue_drop(&a);
	cr_expect_null(message_queue_first(&a));
	cr_expect_eq(message_queue_first(&b), m);
	cr_expect_null(message_new(&store, "", 1000));
	message_queue_free(&a);
	message_queue_free(&b);
	cr_expect_eq(store.bytes, 0);
}

Test(grpc_message, queues_keep_their_order_when_they_grow)
{
	struct message_store store = {.limit = 1 << 20};
	struct message_queue q = {0};
	unsigned char next = 0, last = 0;

	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 5; i++, last++)
			cr_assert(message_queue_push(&q, message_new(&store, &last, 1)));
		for (int i = 0; i < 3; i++, next++) {
			cr_expect_eq(message_queue_first(&q)->bytes[GRPC_PREFIX_BYTES], next);
			message_queue_drop(&q);
		}
	}
	cr_expect_eq(q.count, 100);
	message_queue_free(&q);
	cr_expect_eq(store.bytes, 0);
}
