// SPDX-License-Identifier: Apache-2.0
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "clang.h"
#include "compiler/base/arena.h"
#include "compiler/vm/child.h"

#define PIPE_SIZE   (1 << 20) /* so that a unit need not wait for clang to have started */
#define READ_SIZE   (64u << 10)
#define WORDS_SHOWN 16384

/*
 * Paths inside the object are relative, so that the bytes do not depend on the place. What -O2 does
 * beyond -O1 makes no better code of units, and takes its time.
 */
static const char *const options[] = {
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
	"-fno-crash-diagnostics",
	"-fdebug-compilation-dir=.",
	"-x",
	"c",
	"-c",
	"-",
	"-o",
	"-",
};
#define OPTIONS (sizeof(options) / sizeof(options[0]))

const char *clang_options(struct arena *a)
{
	const char *all = "";

	for (size_t i = 0; i < OPTIONS; i++)
		all = arena_printf(a, "%s %s", all, options[i]);
	return all;
}

static bool is_program(const char *path)
{
	return access(path, X_OK) == 0;
}

static const char *in_path(struct arena *a, const char *name)
{
	const char *path = getenv("PATH");

	for (const char *at = path ? path : "/usr/bin:/bin"; *at;) {
		size_t len = strcspn(at, ":");
		const char *file = arena_printf(a, "%.*s/%s", (int)len, at, name);

		if (len && *at == '/' && is_program(file))
			return file;
		at += len + (at[len] == ':');
	}
	return name;
}

/* An absolute path, for clang runs in another folder. */
const char *clang_program(struct arena *a)
{
	const char *given = getenv("TGC_CLANG");
	const char *name = given && *given ? given : "clang";
	char *whole;

	if (!strchr(name, '/'))
		return in_path(a, name);
	whole = *name == '/' ? NULL : realpath(name, NULL);
	if (!whole)
		return name;
	name = arena_printf(a, "%s", whole);
	free(whole);
	return name;
}

/*
 * Of the environment only what finding programs and libraries needs: variables such as CPATH or
 * CCC_OVERRIDE_OPTIONS change what clang makes. Its memory in large pages saves a tenth of its
 * time.
 */
static const char *const *environment(struct arena *a)
{
	static const char *const kept[] = {"PATH", "LD_LIBRARY_PATH"};
	const char **env = arena_array(a, 5, sizeof(*env));
	size_t count = 0;

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (getenv(kept[i]))
			env[count++] = arena_printf(a, "%s=%s", kept[i], getenv(kept[i]));
	env[count++] = "LC_ALL=C";
	env[count++] = "GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.top_pad=33554432:"
		       "glibc.malloc.mmap_threshold=67108864";
	return env;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int start_child(struct clang *c, const char *program, int in, int out)
{
	const char *argv[OPTIONS + 2] = {program};
	struct child_io io = {
		.in = in, .out = out, .err = c->words, .cwd = "/", .env = environment(c->arena)};
	pid_t pid;

	memcpy(argv + 1, options, sizeof(options));
	pid = child_start(argv, &io);
	if (pid < 0)
		return errno ? errno : EAGAIN;
	c->pid = pid;
	return 0;
}

int clang_start(struct clang *c, struct arena *a, const char *program)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, error = 0;

	*c = (struct clang){.arena = a, .input = -1, .output = -1};
	c->words = memfd_create("words", MFD_CLOEXEC);
	if (c->words < 0 || pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		error = errno;
	if (!error) {
		fcntl(in[1], F_SETPIPE_SZ, PIPE_SIZE);
		fcntl(out[0], F_SETPIPE_SZ, PIPE_SIZE);
		fcntl(out[0], F_SETFL, O_NONBLOCK);
		error = start_child(c, program, in[0], out[1]);
	}
	close_end(&in[0]);
	close_end(&out[1]);
	c->input = in[1];
	c->output = out[0];
	if (error)
		clang_stop(c);
	return error;
}

void clang_feed(struct clang *c, struct bytes text)
{
	while (text.size) {
		ssize_t n = write(c->input, text.at, text.size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) /* a clang that died early is told by its exit status */
			break;
		text.at += n;
		text.size -= (size_t)n;
	}
	close_end(&c->input);
}

/* clang writes an object at once when nothing was wrong; its last part is the section table. */
static bool is_whole(const struct clang *c)
{
	Elf64_Ehdr header;

	if (c->size < sizeof(header) || memcmp(c->made, ELFMAG, SELFMAG) != 0)
		return false;
	memcpy(&header, c->made, sizeof(header));
	return header.e_shoff >= sizeof(header) &&
	       header.e_shoff + (uint64_t)header.e_shnum * header.e_shentsize == c->size;
}

static void make_room(struct clang *c)
{
	uint8_t *larger;

	if (c->room - c->size >= READ_SIZE)
		return;
	c->room = c->room ? 2 * c->room : 2 * READ_SIZE;
	larger = arena_alloc(c->arena, c->room);
	if (c->size)
		memcpy(larger, c->made, c->size);
	c->made = larger;
}

enum clang_state clang_look(struct clang *c)
{
	ssize_t n;

	for (;;) {
		make_room(c);
		n = read(c->output, c->made + c->size, READ_SIZE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		c->size += (size_t)n;
	}
	if (is_whole(c))
		return CLANG_DONE;
	return n < 0 && errno == EAGAIN ? CLANG_WORKS : CLANG_REFUSED;
}

struct bytes clang_object(const struct clang *c)
{
	return (struct bytes){c->made, c->size};
}

int clang_status(struct clang *c)
{
	int status = child_wait(c->pid);

	c->pid = 0;
	return status;
}

const char *clang_words(const struct clang *c)
{
	char *words = arena_alloc(c->arena, WORDS_SHOWN + 1);
	ssize_t n = pread(c->words, words, WORDS_SHOWN, 0);

	words[n > 0 ? n : 0] = '\0';
	return *words || c->size >= WORDS_SHOWN
		       ? words
		       : arena_strndup(c->arena, (const char *)c->made, c->size);
}

pid_t clang_stop(struct clang *c)
{
	pid_t pid = c->pid;

	if (!c->arena)
		return 0;
	if (pid > 0)
		kill(pid, SIGKILL);
	close_end(&c->input);
	close_end(&c->output);
	close_end(&c->words);
	c->pid = 0;
	return pid;
}
