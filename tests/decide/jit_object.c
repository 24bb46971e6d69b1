// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "compiler/base/arena.h"
#include "jit_object.h"

#define REFUSED_MAX 32
#define LAST_LINES  8

struct jit_object {
	struct bpf_object *object;
	struct ring_buffer *ring;
	struct jit_records records;
	const char *refused[REFUSED_MAX];
	unsigned refused_count;
};

/* ---- what libbpf says -------------------------------------------------------------------- */

static char *said;
static size_t said_size;

static int hear(enum libbpf_print_level level, const char *format, va_list args)
{
	char *line = NULL;
	int n;

	if (level == LIBBPF_DEBUG)
		return 0;
	n = vasprintf(&line, format, args);
	if (n > 0 && said_size + (size_t)n < (1u << 20)) {
		char *more = realloc(said, said_size + (size_t)n + 1);

		if (more) {
			said = more;
			memcpy(said + said_size, line, (size_t)n + 1);
			said_size += (size_t)n;
		}
	}
	free(line);
	return 0;
}

static void forget_said(void)
{
	free(said);
	said = NULL;
	said_size = 0;
}

const char *jit_missing(void)
{
	static const struct bpf_insn nothing[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K},
						  {.code = BPF_JMP | BPF_EXIT}};
	LIBBPF_OPTS(bpf_test_run_opts, run);
	const char *why = NULL;
	int fd;

	fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "nothing", "GPL", nothing, 2, NULL);
	if (fd < 0)
		return strerror(errno);
	if (bpf_prog_test_run_opts(fd, &run))
		why = "BPF_PROG_TEST_RUN does not work";
	close(fd);
	return why;
}

/* ---- loading ----------------------------------------------------------------------------- */

static bool is_refused(const struct jit_object *j, const char *name)
{
	for (unsigned i = 0; i < j->refused_count; i++)
		if (!strcmp(j->refused[i], name))
			return true;
	return false;
}

static int open_and_load(struct jit_object *j, const char *path)
{
	struct bpf_program *p;
	int error;

	j->object = bpf_object__open_file(path, NULL);
	if (!j->object)
		return -errno;
	bpf_object__for_each_program(p, j->object)
	{
		const char *name = bpf_program__name(p);

		bpf_program__set_autoload(p, !strncmp(name, "run_", 4) && !is_refused(j, name));
		bpf_program__set_log_level(p, 4); /* no instructions */
	}
	error = bpf_object__load(j->object);
	if (error) {
		bpf_object__close(j->object);
		j->object = NULL;
	}
	return error;
}

/* The last lines of a log: the verdict, and how far the verifier came. */
static const char *last_words(const char *log, const char *end)
{
	const char *at = end;

	for (unsigned lines = 0; at > log && (lines += at[-1] == '\n') < LAST_LINES; at--)
		;
	return at;
}

/* The name of the program that was refused, and what the verifier said last. */
static bool note_refused(struct arena *a, struct jit_object *j)
{
	static const char failed[] = "': BPF program load failed";
	char *at = said ? strstr(said, failed) : NULL, *name = at;
	const char *log, *end;

	while (name && name > said && name[-1] != '\'')
		name--;
	if (!at || j->refused_count == REFUSED_MAX)
		return false;
	j->refused[j->refused_count++] = arena_strndup(a, name, (size_t)(at - name));
	log = strstr(at, "BEGIN PROG LOAD LOG --\n");
	log = log ? strchr(log, '\n') + 1 : at;
	end = strstr(log, "-- END PROG LOAD LOG");
	end = end ? end : log + strlen(log);
	log = last_words(log, end);
	printf("decide: the kernel refuses %.*s: %.*s", (int)(at - name) - 4, name + 4,
	       (int)(end - log), log);
	return true;
}

static int take_record(void *context, void *data, size_t size)
{
	struct jit_records *r = context;
	unsigned at = r->count++;

	if (at >= JIT_RECORDS)
		return 0;
	r->v[at].size = size;
	if (size > sizeof(r->v[at].bytes))
		return -1;
	memcpy(r->v[at].bytes, data, size);
	return 0;
}

struct jit_object *jit_object_load(struct arena *a, const char *path, unsigned *refused)
{
	struct jit_object *j = arena_alloc(a, sizeof(*j));
	int error;

	libbpf_set_print(hear);
	do {
		forget_said();
		error = open_and_load(j, path);
	} while (error && note_refused(a, j));
	if (error)
		printf("cannot load %s: %s\n%.4000s\n", path, strerror(-error), said ? said : "");
	forget_said();
	if (error)
		return NULL;
	*refused += j->refused_count;
	j->ring = ring_buffer__new(jit_object_map(j, "tg_ring"), take_record, &j->records, NULL);
	return j->ring ? j : NULL;
}

void jit_object_close(struct jit_object *j)
{
	ring_buffer__free(j->ring);
	bpf_object__close(j->object);
}

/* ---- use --------------------------------------------------------------------------------- */

int jit_object_map(const struct jit_object *j, const char *name)
{
	return bpf_object__find_map_fd_by_name(j->object, name);
}

void *jit_object_mapped(const struct jit_object *j, const char *name, size_t *size)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(j->object, name);
	void *at;

	if (!map)
		return NULL;
	*size = (size_t)bpf_map__max_entries(map) * ((bpf_map__value_size(map) + 7u) & ~7u);
	at = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	return at == MAP_FAILED ? NULL : at;
}

void jit_object_put(int map, const void *key, const void *value)
{
	if (value)
		bpf_map_update_elem(map, key, value, BPF_ANY);
	else
		bpf_map_delete_elem(map, key);
}

void *jit_object_find(const struct jit_object *j, const char *name)
{
	struct bpf_program *p = bpf_object__find_program_by_name(j->object, name);

	return p && bpf_program__fd(p) >= 0 ? p : NULL;
}

int jit_object_run(const void *program)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);

	if (bpf_prog_test_run_opts(bpf_program__fd(program), &run)) {
		printf("BPF_PROG_TEST_RUN: %s\n", strerror(errno));
		exit(3);
	}
	return (int)run.retval;
}

const struct jit_records *jit_object_records(struct jit_object *j)
{
	j->records.count = 0;
	ring_buffer__consume(j->ring);
	return &j->records;
}
