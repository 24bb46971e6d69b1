// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "jit_source.h"

/* "...(const struct pt_regs *)ctx[0]..." */
static const char *put_typed(FILE *to, const char *cast, const char *end)
{
	static const char head[] = "(const struct ";
	const char *type = cast + sizeof(head) - 1, *stop = strstr(type, " *)ctx["), *close;

	close = stop ? strchr(stop, ']') : NULL;
	if (!close || close > end || memchr(type, '(', (size_t)(stop - type))) {
		fputc(*cast, to);
		return cast + 1;
	}
	fprintf(to, "%.*sfake_typed(%.*s, %.*s)", (int)(stop + 3 - cast), cast, (int)(stop - type),
		type, (int)(close + 1 - stop - 3), stop + 3);
	return close + 1;
}

/* "const struct sock *sk = tg_sock_of((const void *)ctx[0]);": the type is what the function says.
 */
static bool put_sock(FILE *to, const char *line, const char *end)
{
	static const char head[] = "\t\tconst struct sock *sk = ", cast[] = "(const void *)";
	bool socket;

	if (strncmp(line, head, sizeof(head) - 1))
		return false;
	line += sizeof(head) - 1;
	socket = !strncmp(line, "tg_sock_of(", strlen("tg_sock_of("));
	line += socket ? strlen("tg_sock_of(") : 0;
	fprintf(to, "%s%sfake_typed(%s, %.*s", head, socket ? "tg_sock_of(" : "",
		socket ? "socket" : "sock",
		(int)(strchr(line, ';') - line - (long)sizeof(cast) + 1), line + sizeof(cast) - 1);
	fprintf(to, ")%.*s", (int)(end - strchr(line, ';')), strchr(line, ';'));
	return true;
}

static void put_line(FILE *to, const char *line, const char *end)
{
	if (put_sock(to, line, end))
		return;
	if (!strncmp(line, "SEC(\"", 5)) {
		fprintf(to, "FAKE_PROGRAM%.*s", (int)(end - line - 3), line + 3);
		return;
	}
	while (line < end) {
		if (strncmp(line, "(const struct ", 14)) {
			fputc(*line++, to);
			continue;
		}
		line = put_typed(to, line, end);
	}
}

/* "int h3_kprobe(__u64 *ctx)", the line after a section's. */
static void put_run(FILE *to, const char *line)
{
	size_t size = strcspn(line + 4, "(");

	if (!strncmp(line, "int ", 4))
		fprintf(to, "FAKE_RUN(%.*s)\n", (int)size, line + 4);
}

static void put_text(FILE *to, const char *text)
{
	static const char header[] = "#include \"tg_hook.h\"\n";

	for (const char *line = text, *next; *line; line = next) {
		next = strchr(line, '\n');
		next = next ? next + 1 : line + strlen(line);
		put_line(to, line, next);
		if (!strncmp(line, header, sizeof(header) - 1))
			fprintf(to, "#include \"tests/decide/jit_unit.bpf.h\"\n");
	}
	for (const char *at = text; (at = strstr(at, "\nSEC(\"")); at++)
		put_run(to, strchr(at + 1, '\n') + 1);
}

static char *read_all(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (f && getdelim(&text, &size, '\0', f) < 0) {
		free(text);
		text = NULL;
	}
	if (f)
		fclose(f);
	return text;
}

bool jit_source(const struct unit_place *p, const char *path)
{
	char *text = read_all(arena_printf(p->arena, "%s/" UNIT_TEXT, p->folder));
	FILE *f = fopen(path, "we");
	bool ok = text && f;

	if (ok) {
		fprintf(f, "#include \"tests/decide/jit.bpf.h\"\n"
			   "#define TG_BITS __subprogram\n" UNIT_LIBRARY);
		put_text(f, text);
		if (strstr(text, "tg_bits"))
			fputs(UNIT_BITS, f);
	}
	ok = f && !ferror(f) && ok;
	if (f && fclose(f))
		ok = false;
	if (!ok)
		printf("cannot write %s: %s\n", path, strerror(errno));
	free(text);
	return ok;
}
