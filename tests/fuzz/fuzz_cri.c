// SPDX-License-Identifier: Apache-2.0
/*
 * What a container runtime answers. Parts of the input, each behind its length: the lists, then a
 * status of each that is listed; whatever is made of them must be a text that the relay takes. A
 * first byte of 1 has the rest come as it is, behind settings, where a call is waited for.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "runtime/cri/channel.h"
#include "runtime/cri/table.h"
#include "runtime/workload_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *at, *end;
};

/* Behind two bytes of length. */
static const uint8_t *part(struct input *in, size_t *size)
{
	const uint8_t *at;

	*size = 0;
	if (in->end - in->at < 2)
		return in->at;
	*size = (size_t)in->at[0] << 8 | in->at[1];
	at = in->at + 2;
	if (*size > (size_t)(in->end - at))
		*size = (size_t)(in->end - at);
	in->at = at + *size;
	return at;
}

static void check_text(const struct cri_table *t)
{
	struct buffer out = {0};
	struct cri_told told;
	struct workload_set set;
	char why[256];

	cri_table_print(t, &out, &told);
	if (workload_set_parse(&set, out.data, out.size, why, sizeof(why))) {
		fprintf(stderr, "%s: %.*s\n", why, (int)out.size, out.data);
		abort();
	}
	if (set.count != told.containers && set.count > told.pods + told.containers)
		abort();
	workload_set_free(&set);
	buffer_free(&out);
}

static void ask_all(struct cri_table *t, struct input *in)
{
	struct failure why;
	const uint8_t *bytes;
	const char *id;
	size_t at = 0, size;
	bool pod;

	while ((id = cri_table_unknown(t, &at, &pod))) {
		bytes = part(in, &size);
		cri_table_status(t, id, pod, bytes, size, &why);
	}
}

static void use_table(struct input in)
{
	struct cri_table t = {0};
	struct failure why;
	const uint8_t *bytes;
	size_t size;

	bytes = part(&in, &size);
	cri_table_version(&t, bytes, size, &why);
	for (int i = 0; i < 2; i++) {
		bytes = part(&in, &size);
		cri_table_pods(&t, bytes, size, &why);
		bytes = part(&in, &size);
		cri_table_containers(&t, bytes, size, &why);
		ask_all(&t, &in);
		check_text(&t);
	}
	cri_table_free(&t);
}

static struct h2_library h2;

static void use_channel(const uint8_t *data, size_t size)
{
	static const char settings[] = "\0\0\0\4\0\0\0\0\0";
	struct channel c = CHANNEL_NONE;
	struct buffer nothing = {0};
	const void *answer;
	struct failure why;
	int ends[2];
	size_t n;

	if ((!h2.handle && h2_load(&h2, &why)) || socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		abort();
	if (write(ends[1], settings, 9) != 9 || write(ends[1], data, size) != (ssize_t)size ||
	    shutdown(ends[1], SHUT_WR) || channel_adopt(&c, &h2, ends[0]) != CHANNEL_OK)
		abort();
	if (channel_listen(&c, "/x/Events") == CHANNEL_OK &&
	    channel_ask(&c, "/x/Y", &nothing, 1000, &answer, &n) == CHANNEL_OK)
		channel_wait(&c, 1);
	channel_close(&c);
	close(ends[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size || size > 65536)
		return 0;
	if (data[0] == 1)
		use_channel(data + 1, size - 1);
	else
		use_table((struct input){data + 1, data + size});
	return 0;
}
