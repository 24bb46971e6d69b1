// SPDX-License-Identifier: Apache-2.0
/*
 * Loads and attaches the hand-written program and takes its events, as tgrun does with a
 * bundle: hand OBJECT, or `hand none` to do nothing in its place.
 */
#include <bpf/libbpf.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stopped;

struct counts {
	unsigned long events, bytes;
};

static void on_signal(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

static int take_event(void *context, void *data, size_t size)
{
	struct counts *c = context;

	(void)data;
	c->events++;
	c->bytes += size;
	return 0;
}

static int idle(void)
{
	fprintf(stderr, "hand: ready: nothing attached\n");
	while (!stopped)
		pause();
	return 0;
}

static int attach_all(struct bpf_object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object)
	{
		if (!bpf_program__attach(program)) {
			fprintf(stderr, "hand: cannot attach %s\n", bpf_program__name(program));
			return -1;
		}
	}
	return 0;
}

static int relay(struct bpf_object *object)
{
	struct counts counts = {0};
	struct ring_buffer *ring;
	int fd = bpf_object__find_map_fd_by_name(object, "events");

	ring = fd < 0 ? NULL : ring_buffer__new(fd, take_event, &counts, NULL);
	if (!ring)
		return 1;
	fprintf(stderr, "hand: ready: all attached\n");
	while (!stopped)
		ring_buffer__poll(ring, 1000);
	ring_buffer__free(ring);
	fprintf(stderr, "hand: %lu events\n", counts.events);
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = on_signal};
	struct bpf_object *object;

	sigaction(SIGTERM, &action, NULL);
	if (argc < 2)
		return 2;
	if (!strcmp(argv[1], "none"))
		return idle();
	object = bpf_object__open_file(argv[1], NULL);
	if (!object || bpf_object__load(object) || attach_all(object))
		return 1;
	return relay(object);
}
