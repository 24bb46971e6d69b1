// SPDX-License-Identifier: Apache-2.0
/*
 * logs OBJECT: loads each program of an object alone and prints, behind a line `== NAME`, the end
 * of what the kernel and libbpf say of it; of a long log also the last line that names the source.
 */
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define END_SIZE 2500

static void print_end(const char *text, size_t size)
{
	const char *end = text + size, *from = size > END_SIZE ? end - END_SIZE : text;
	const char *mark = NULL;

	while (from > text && from[-1] != '\n')
		from++;
	for (const char *line = text; line < end;
	     line = memchr(line, '\n', (size_t)(end - line)) + 1) {
		if (*line == ';')
			mark = line;
		if (!memchr(line, '\n', (size_t)(end - line)))
			break;
	}
	if (mark && mark < from)
		printf("%.*s",
		       (int)((const char *)memchr(mark, '\n', (size_t)(end - mark)) + 1 - mark),
		       mark);
	printf("%.*s", (int)(end - from), from);
}

static int say(enum libbpf_print_level level, const char *format, va_list args)
{
	char *text;
	int size;

	if (level != LIBBPF_WARN)
		return 0;
	size = vasprintf(&text, format, args);
	if (size < 0)
		return 0;
	print_end(text, (size_t)size);
	free(text);
	return 0;
}

static void load_alone(const char *path, const char *name)
{
	struct bpf_object *object = bpf_object__open(path);
	struct bpf_program *p;
	int result;

	if (!object)
		return;
	bpf_object__for_each_program(p, object)
		bpf_program__set_autoload(p, !strcmp(bpf_program__name(p), name));
	printf("== %s\n", name);
	result = bpf_object__load(object);
	printf("result: %s\n", result ? strerror(-result) : "loaded");
	bpf_object__close(object);
}

int main(int argc, char *argv[])
{
	struct bpf_object *object;
	struct bpf_program *p;

	libbpf_set_print(say);
	object = bpf_object__open(argv[argc - 1]);
	if (!object)
		return 1;
	bpf_object__for_each_program(p, object) load_alone(argv[argc - 1], bpf_program__name(p));
	bpf_object__close(object);
	return 0;
}
