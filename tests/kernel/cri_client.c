// SPDX-License-Identifier: Apache-2.0
/*
 * Has a container runtime run pods and containers, in a guest that has no kubelet:
 *
 *   cri-client SOCKET pod NAMESPACE NAME UID APP
 *   cri-client SOCKET container POD NAMESPACE NAME UID APP CONTAINER IMAGE FOLDER WORD...
 *   cri-client SOCKET stop POD
 *
 * The first two print the id of what they have made. A pod has the node's network and the cgroup
 * /kubepods/podUID; a container sees the node's FOLDER as /out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/cri/channel.h"
#include "runtime/failure.h"
#include "runtime/grpc/wire.h"

#define ANSWER_MS 120000
#define SERVICE	  "/runtime.v1.RuntimeService/"
#define NODE	  2 /* a namespace: the node's */

static _Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "cri-client: %s: %s\n", what, why);
	exit(1);
}

static void put_text(struct buffer *out, uint32_t field, const char *text)
{
	wire_put_tag(out, field, WIRE_BYTES);
	wire_put_varint(out, strlen(text));
	buffer_text(out, text);
}

static void put_number(struct buffer *out, uint32_t field, uint64_t number)
{
	wire_put_tag(out, field, WIRE_VARINT);
	wire_put_varint(out, number);
}

static size_t begin(struct buffer *out, uint32_t field)
{
	wire_put_tag(out, field, WIRE_BYTES);
	return wire_begin(out);
}

static void put_label(struct buffer *out, uint32_t field, const char *key, const char *value)
{
	size_t entry = begin(out, field);

	put_text(out, 1, key);
	put_text(out, 2, value);
	wire_end(out, entry);
}

/* PodSandboxConfig: metadata = 1, log_directory = 3, labels = 6, linux = 8. */
static void put_pod(struct buffer *out, uint32_t field, char *const words[4])
{
	size_t config = begin(out, field), part = begin(out, 1), context, namespaces;
	char path[512];

	put_text(out, 1, words[1]);
	put_text(out, 2, words[2]);
	put_text(out, 3, words[0]);
	wire_end(out, part);
	put_label(out, 6, "app", words[3]);
	put_label(out, 6, "io.kubernetes.pod.name", words[1]);
	put_label(out, 6, "io.kubernetes.pod.namespace", words[0]);
	put_label(out, 6, "io.kubernetes.pod.uid", words[2]);
	part = begin(out, 8);
	snprintf(path, sizeof(path), "/kubepods/pod%s", words[2]);
	put_text(out, 1, path);
	context = begin(out, 2); /* security_context = 2, of it namespace_options = 1 */
	namespaces = begin(out, 1);
	put_number(out, 1, NODE);
	put_number(out, 3, NODE);
	wire_end(out, namespaces);
	wire_end(out, context);
	wire_end(out, part);
	wire_end(out, config);
}

/* ContainerConfig: metadata = 1, image = 2, command = 3, mounts = 7, linux = 15. */
static void put_container(struct buffer *out, int count, char *const words[])
{
	size_t config = begin(out, 2), part = begin(out, 1), context, namespaces;

	put_text(out, 1, words[0]);
	wire_end(out, part);
	part = begin(out, 2);
	put_text(out, 1, words[1]);
	wire_end(out, part);
	for (int i = 3; i < count; i++)
		put_text(out, 3, words[i]);
	part = begin(out, 7);
	put_text(out, 1, "/out");
	put_text(out, 2, words[2]);
	wire_end(out, part);
	part = begin(out, 15);
	context = begin(out, 2); /* security_context = 2, of it namespace_options = 3 */
	namespaces = begin(out, 3);
	put_number(out, 1, NODE);
	put_number(out, 3, NODE);
	wire_end(out, namespaces);
	wire_end(out, context);
	wire_end(out, part);
	wire_end(out, config);
}

/* The id that the answer has as its field 1. */
static char *ask(struct channel *c, const char *method, const struct buffer *request)
{
	struct wire_input in, part = {0};
	const void *answer;
	uint64_t tag;
	size_t size;
	enum channel_result result = channel_ask(c, method, request, ANSWER_MS, &answer, &size);

	if (result != CHANNEL_OK) {
		fprintf(stderr, "cri-client: result %d, status %d\n", (int)result, c->call.status);
		die(method, c->call.sentence);
	}
	in = (struct wire_input){answer, (const uint8_t *)answer + size};
	if (wire_get_varint(&in, &tag) && tag == (1u << 3 | WIRE_BYTES))
		wire_get_bytes(&in, &part);
	return strndup(part.at ? (const char *)part.at : "", (size_t)(part.end - part.at));
}

static void run_container(struct channel *c, int count, char *const words[])
{
	struct buffer request = {0};
	char *id;

	put_text(&request, 1, words[0]);
	put_container(&request, count - 5, words + 5);
	put_pod(&request, 3, words + 1);
	id = ask(c, SERVICE "CreateContainer", &request);
	buffer_cut(&request, 0);
	put_text(&request, 1, id);
	ask(c, SERVICE "StartContainer", &request);
	puts(id);
}

int main(int argc, char *argv[])
{
	struct channel c = CHANNEL_NONE;
	struct buffer request = {0};
	struct h2_library h2 = {0};
	struct failure why;

	if (argc < 4)
		die("usage", "cri-client SOCKET pod|container|stop ...");
	if (h2_load(&h2, &why))
		die("libnghttp2", why.text);
	if (channel_open(&c, &h2, argv[1]) != CHANNEL_OK)
		die(argv[1], "cannot connect");
	if (!strcmp(argv[2], "pod") && argc == 7) {
		put_pod(&request, 1, argv + 3);
		puts(ask(&c, SERVICE "RunPodSandbox", &request));
	} else if (!strcmp(argv[2], "container") && argc > 11) {
		run_container(&c, argc - 3, argv + 3);
	} else if (!strcmp(argv[2], "stop")) {
		put_text(&request, 1, argv[3]);
		ask(&c, SERVICE "StopPodSandbox", &request);
	} else {
		die("usage", argv[2]);
	}
	channel_close(&c);
	return 0;
}
