// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/vm/boot.h"
#include "compiler/vm/initramfs.h"
#include "compiler/vm/machine.h"

#define MEMORY 512 /* MiB */
#define CPUS   2

static int pack(struct arena *a, const struct machine *m, const char *path, struct vm_error *e)
{
	static const char *const dirs[] = {"/proc", "/sys", "/dev", "/run", "/var/lib"};
	struct initramfs *fs = initramfs_create(a, path);
	const char *args = "";

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		initramfs_dir(fs, dirs[i], 0755);
	initramfs_dir(fs, "/tmp", 01777);
	initramfs_dir(fs, "/root", 0700);
	initramfs_device(fs, "/dev/console", 0600, 5, 1);
	initramfs_copy(fs, "/init", m->init, 0755);
	initramfs_program(fs, "/vm/main", m->program);
	for (size_t i = 0; m->args[i]; i++)
		args = arena_printf(a, "%s%s\n", args, m->args[i]);
	initramfs_text(fs, "/vm/args", args, 0644);
	for (size_t i = 0; i < m->file_count; i++)
		initramfs_copy(fs, m->files[i].path, m->files[i].from, 0644);
	return initramfs_close(fs, e);
}

static void take_line(void *context, char *line, size_t len)
{
	const struct machine *m = context;

	(void)len;
	if (!strncmp(line, "out ", 4) && m->out)
		m->out(m->context, line + 4);
	if (!strncmp(line, "err ", 4) && m->err)
		m->err(m->context, line + 4);
}

int machine_run(struct arena *a, const struct machine *m, struct vm_error *e)
{
	struct boot boot = {
		.image = m->image,
		.initramfs = arena_printf(a, "%s/initramfs", m->work),
		.console = arena_printf(a, "%s/console.log", m->work),
		.memory = MEMORY,
		.cpus = CPUS,
		.timeout = m->timeout,
		.input = -1,
		.line = take_line,
		.context = (void *)m,
	};

	if (pack(a, m, boot.initramfs, e) < 0)
		return -1;
	return boot_run(&boot, e);
}
