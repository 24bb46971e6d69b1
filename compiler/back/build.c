// SPDX-License-Identifier: Apache-2.0
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/libbpf.h>
#include "compiler/base/arena.h"
#include "object.h"
#include "pin_lines.h"
#include "compiler/vm/child.h"

#define WORDS_SHOWN 16384 /* of what clang says */

struct build {
	struct arena *arena;
	char *folder;		   /* NULL: there is none */
	pid_t clang;		   /* -1: not running */
	int input;		   /* the pipe to clang, -1: closed */
	int names;		   /* tells of new names in the folder; -1: nothing does */
	struct bpf_linker *linker; /* has the library already; NULL: none, or it refused */
	const char *problem;	   /* what kept it from starting; NULL: nothing */
};

static const char *in_folder(const struct build *b, const char *name)
{
	return arena_printf(b->arena, "%s/%s", b->folder, name);
}

static const char *file_name(const struct template *t)
{
	return strrchr(t->name, '/') + 1;
}

static bool write_all(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text += n;
		size -= (size_t)n;
	}
	return true;
}

static bool write_file(const struct build *b, const struct template *t)
{
	int fd = open(in_folder(b, file_name(t)), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write_all(fd, t->start, (size_t)(t->end - t->start));

	if (fd >= 0 && close(fd))
		ok = false;
	return ok;
}

/*
 * Paths inside the object are relative, so that the bytes do not depend on the place. What -O2 does
 * beyond -O1 makes no better code of units, and takes its time.
 */
static void start_clang(struct build *b, const char *clang, int input, int words)
{
	const char *const argv[] = {clang,
				    "-target",
				    "bpf",
				    "-mcpu=v3",
				    "-O1",
				    "-Xclang",
				    "-disable-lifetime-markers",
				    "-g",
				    "-w",
				    "-std=gnu11",
				    "-nostdinc",
				    "-fno-color-diagnostics",
				    "-fdebug-compilation-dir=.",
				    "-I.",
				    "-x",
				    "c",
				    "-c",
				    "-",
				    "-o",
				    "unit.o",
				    NULL};
	struct child_io io = {.in = input, .out = words, .err = words, .cwd = b->folder};

	b->clang = child_start(argv, &io);
	if (b->clang < 0)
		b->problem = arena_printf(b->arena, "cannot run %s: %s. Is clang installed?", clang,
					  strerror(errno));
}

static void open_channels(struct build *b)
{
	const char *clang = getenv("TGC_CLANG");
	int words = open(in_folder(b, "words"), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int ends[2];

	if (words < 0 || pipe2(ends, O_CLOEXEC)) {
		b->problem = arena_printf(b->arena, "cannot start clang: %s", strerror(errno));
	} else {
		b->names = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
		if (b->names >= 0)
			inotify_add_watch(b->names, b->folder, IN_MOVED_TO);
		start_clang(b, clang && *clang ? clang : "clang", ends[0], words);
		close(ends[0]);
		b->input = ends[1];
	}
	if (words >= 0)
		close(words);
}

static bool make_folder(struct build *b)
{
	const char *tmp = getenv("TMPDIR");
	char *name = arena_printf(b->arena, "%s/tgc-XXXXXX", tmp && *tmp ? tmp : "/tmp");

	b->folder = mkdtemp(name);
	if (!b->folder) {
		b->problem = arena_printf(b->arena, "cannot make a temporary folder: %s",
					  strerror(errno));
		return false;
	}
	for (const struct template *t = templates(); t->name; t++)
		if (!write_file(b, t)) {
			b->problem = arena_printf(b->arena, "cannot write %s: %s",
						  in_folder(b, file_name(t)), strerror(errno));
			return false;
		}
	return true;
}

struct build *build_start(struct arena *a)
{
	struct build *b = arena_alloc(a, sizeof(*b));

	*b = (struct build){.arena = a, .clang = -1, .input = -1, .names = -1};
	signal(SIGPIPE, SIG_IGN); /* a clang that dies early is told by its exit status */
	if (make_folder(b))
		open_channels(b);
	return b;
}

static void close_input(struct build *b)
{
	if (b->input >= 0)
		close(b->input);
	b->input = -1;
}

/* libbpf's linker joins unit and library: the library first, while there is no unit yet. */
static void start_linking(struct build *b, const struct unit *unit)
{
	const char *const parts[] = {"lib.bpf.o", unit->has_args ? "lib_args.bpf.o" : NULL,
				     unit->needs_bits ? "bits.bpf.o" : NULL};
	bool failed = false;

	b->linker = bpf_linker__new(in_folder(b, "unit.bpf.o"), NULL);
	for (size_t i = 0; b->linker && i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i] && bpf_linker__add_file(b->linker, in_folder(b, parts[i]), NULL))
			failed = true;
	if (failed) {
		bpf_linker__free(b->linker);
		b->linker = NULL;
	}
}

void build_feed(struct build *b, const struct unit *unit)
{
	struct bytes text = pin_lines(b->arena, unit->text, unit->size);

	if (b->input >= 0)
		write_all(b->input, (const char *)text.at, text.size);
	close_input(b);
	if (b->folder)
		start_linking(b, unit);
}

static bool read_file(const struct build *b, const char *name, struct bytes *out)
{
	int fd = open(in_folder(b, name), O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint8_t *at;
	bool ok = false;

	if (fd >= 0 && !fstat(fd, &st)) {
		at = arena_alloc(b->arena, (size_t)st.st_size + 1);
		ok = read(fd, at, (size_t)st.st_size) == st.st_size;
		*out = (struct bytes){.at = at, .size = (size_t)st.st_size};
	}
	if (fd >= 0)
		close(fd);
	return ok;
}

/* What the compiler calls itself, from the strings of its debug information. */
static const char *compiler_words(struct arena *a, struct bytes elf)
{
	static const char mark[] = "clang version";
	const char *start = memmem(elf.at, elf.size, mark, sizeof(mark) - 1);

	if (!start)
		return "clang";
	while (start > (const char *)elf.at && start[-1])
		start--;
	return arena_printf(a, "%s", start);
}

/* The library was added while clang worked; debuggers' sections are dropped. */
static bool link_objects(const struct build *b)
{
	return b->linker && !bpf_linker__add_file(b->linker, in_folder(b, "unit.o"), NULL) &&
	       !bpf_linker__finalize(b->linker);
}

static enum exit_code collect(struct build *b, struct object *out, char *why, size_t why_size)
{
	struct bytes whole;

	if (!read_file(b, "unit.o", &whole)) {
		snprintf(why, why_size, "cannot read what clang made");
		return EXIT_ENVIRONMENT;
	}
	/* libbpf's linker does not always survive a file that is no object */
	if (whole.size < sizeof(Elf64_Ehdr) || memcmp(whole.at, ELFMAG, SELFMAG) != 0) {
		snprintf(why, why_size, "what clang made is no object");
		return EXIT_ENVIRONMENT;
	}
	out->compiler = compiler_words(b->arena, whole);
	if (link_objects(b) && read_file(b, "unit.bpf.o", &out->elf))
		return EXIT_DONE;
	snprintf(why, why_size, "libbpf cannot link what clang made");
	return EXIT_ENVIRONMENT;
}

static bool object_named(const struct build *b)
{
	char events[1024] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n = read(b->names, events, sizeof(events));

	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *e = (const struct inotify_event *)(events + at);

		if (e->len && !strcmp(e->name, "unit.o"))
			return true;
		at += (ssize_t)(sizeof(*e) + e->len);
	}
	return false;
}

/*
 * clang gives its output the final name when all of it is written and nothing was wrong; to
 * dismantle itself then takes it longer than linking takes us. A compiler that does without that
 * step, or fails, is waited for: true says that its exit is what there is to look at.
 */
static bool wait_for_exit(const struct build *b)
{
	struct pollfd fds[] = {{.fd = b->names, .events = POLLIN},
			       {.fd = pidfd_open(b->clang, 0), .events = POLLIN}};
	bool named = false;

	while (b->names >= 0 && fds[1].fd >= 0 && !named) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			break;
		named = (fds[0].revents & POLLIN) && object_named(b);
		if (fds[1].revents)
			break;
	}
	if (fds[1].fd >= 0)
		close(fds[1].fd);
	return !named;
}

enum exit_code build_finish(struct build *b, struct object *out, char *why, size_t why_size)
{
	struct bytes words = {.at = (const uint8_t *)""};
	int status;

	if (b->problem) {
		snprintf(why, why_size, "%s", b->problem);
		return EXIT_ENVIRONMENT;
	}
	if (!wait_for_exit(b))
		return collect(b, out, why, why_size);
	status = child_wait(b->clang);
	b->clang = -1;
	if (status == 0)
		return collect(b, out, why, why_size);
	read_file(b, "words", &words);
	snprintf(why, why_size, "%.*s", WORDS_SHOWN, (const char *)words.at);
	return EXIT_REJECTED;
}

static void remove_folder(struct build *b)
{
	static const char *const made[] = {"words", "unit.o", "unit.bpf.o"};

	for (const struct template *t = templates(); t->name; t++)
		unlink(in_folder(b, file_name(t)));
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		unlink(in_folder(b, made[i]));
	rmdir(b->folder);
}

void build_end(struct build *b)
{
	if (!b)
		return;
	if (b->clang > 0) {
		kill(b->clang, SIGKILL);
		child_wait(b->clang);
	}
	close_input(b);
	bpf_linker__free(b->linker);
	if (b->names >= 0)
		close(b->names);
	if (b->folder)
		remove_folder(b);
}
