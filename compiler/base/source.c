/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "arena.h"
#include "source.h"
#include "utf8.h"

static bool line_ends_at(const char *text, size_t size, size_t i)
{
	if (text[i] == '\n')
		return true;
	return text[i] == '\r' && !(i + 1 < size && text[i + 1] == '\n');
}

static void index_lines(struct arena *a, struct source *f)
{
	size_t count = 1;
	uint32_t *lines;

	for (size_t i = 0; i < f->size; i++)
		count += line_ends_at(f->text, f->size, i);
	lines = arena_array(a, count, sizeof(*lines));
	f->line_count = 1;
	for (size_t i = 0; i < f->size; i++)
		if (line_ends_at(f->text, f->size, i))
			lines[f->line_count++] = (uint32_t)(i + 1);
	f->lines = lines;
}

static void index_characters(struct arena *a, struct source *f)
{
	uint32_t *blocks = arena_array(a, f->size / SOURCE_BLOCK + 1, sizeof(*blocks)), count = 0;

	for (size_t i = 0; i < f->size; i++) {
		if (i % SOURCE_BLOCK == 0)
			blocks[i / SOURCE_BLOCK] = count;
		count += utf8_starts(f->text[i]);
	}
	if (f->size % SOURCE_BLOCK == 0)
		blocks[f->size / SOURCE_BLOCK] = count;
	f->characters = blocks;
}

/* Characters in the first `offset` bytes. */
static uint32_t characters_before(const struct source *f, uint32_t offset)
{
	uint32_t block = offset / SOURCE_BLOCK, count = f->characters[block];

	for (uint32_t i = block * SOURCE_BLOCK; i < offset; i++)
		count += utf8_starts(f->text[i]);
	return count;
}

/* `text` is in the arena already, NUL-terminated. */
static uint32_t add_owned(struct sources *s, const char *name, const char *text, size_t size)
{
	size_t room = s->room;
	struct source *f;

	s->files = arena_grow(s->arena, s->files, s->count, &room, sizeof(*s->files));
	s->room = (uint32_t)room;
	f = &s->files[s->count];
	f->name = arena_strndup(s->arena, name, strlen(name));
	f->text = text;
	f->size = size;
	index_lines(s->arena, f);
	index_characters(s->arena, f);
	return s->count++;
}

uint32_t sources_add(struct sources *s, const char *name, const char *text, size_t size)
{
	return add_owned(s, name, arena_strndup(s->arena, text, size), size);
}

/* Reads to the end of the file, whatever kind of file it is. Returns its bytes, or NULL with errno.
 */
static char *read_all(struct arena *a, int fd, size_t *size)
{
	size_t room = 16 * 1024, used = 0;
	char *text = arena_alloc(a, room + 1), *larger;
	ssize_t got;

	while ((got = read(fd, text + used, room - used)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return NULL;
		used += (size_t)got;
		if (used > SOURCE_MAX) {
			errno = EFBIG;
			return NULL;
		}
		if (used < room)
			continue;
		larger = arena_alloc(a, room * 2 + 1);
		memcpy(larger, text, used);
		text = larger;
		room *= 2;
	}
	text[used] = '\0';
	*size = used;
	return text;
}

static int load_instead(struct sources *s, const char *path)
{
	size_t size;
	const char *text = s->instead(s->instead_data, path, &size);
	uint32_t file;

	if (!text)
		return -1;
	file = sources_add(s, path, text, size);
	s->files[file].on_disk = true;
	return (int)file;
}

/* A server's own input, or what would have it wait, is no text beside a document. */
static bool may_read(const struct sources *s, const char *path)
{
	struct stat st;

	if (!s->instead)
		return true;
	if (stat(path, &st))
		return false;
	errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	return S_ISREG(st.st_mode);
}

static int open_file(const struct sources *s, const char *path, bool from_stdin)
{
	if (!may_read(s, path))
		return -1;
	return from_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

static int load_file(struct sources *s, const char *path)
{
	bool from_stdin = strcmp(path, "-") == 0;
	int fd = open_file(s, path, from_stdin);
	size_t size = 0;
	char *text;
	uint32_t file;
	int saved;

	if (fd < 0)
		return -1;
	text = read_all(s->arena, fd, &size);
	saved = errno;
	if (!from_stdin)
		close(fd);
	errno = saved;
	if (!text)
		return -1;
	file = add_owned(s, from_stdin ? "<stdin>" : path, text, size);
	s->files[file].on_disk = !from_stdin;
	return (int)file;
}

int sources_load(struct sources *s, const char *path)
{
	int file = s->instead ? load_instead(s, path) : -1;

	return file >= 0 ? file : load_file(s, path);
}

uint32_t sources_adopt(struct sources *s, const struct source *file)
{
	size_t room = s->room;

	s->files = arena_grow(s->arena, s->files, s->count, &room, sizeof(*s->files));
	s->room = (uint32_t)room;
	s->files[s->count] = *file;
	return s->count++;
}

void sources_drop_last(struct sources *s)
{
	s->count--;
}

const struct source *sources_get(const struct sources *s, uint32_t file)
{
	return &s->files[file];
}

size_t source_line(const struct source *f, uint32_t offset)
{
	size_t low = 0, high = f->line_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (f->lines[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

const char *source_line_ends(struct arena *a, const struct source *f, const char *text,
			     size_t *size)
{
	const char *end = memchr(f->text, '\n', f->size);
	char *out, *to;

	if (!end || end == f->text || end[-1] != '\r')
		return text;
	out = to = arena_alloc(a, *size * 2 + 1);
	for (size_t i = 0; i < *size; i++) {
		if (text[i] == '\n' && (!i || text[i - 1] != '\r'))
			*to++ = '\r';
		*to++ = text[i];
	}
	*size = (size_t)(to - out);
	return out;
}

struct place source_place(const struct source *f, uint32_t offset)
{
	size_t line = source_line(f, offset);
	uint32_t start = f->lines[line], column = 1;

	if (offset > f->size)
		offset = (uint32_t)f->size;
	if (line == 0)
		start += (uint32_t)utf8_bom(f->text, f->size);
	if (offset > start)
		column += characters_before(f, offset) - characters_before(f, start);
	return (struct place){.line = (uint32_t)line + 1, .column = column};
}
