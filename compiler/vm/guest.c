// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/vm/child.h"
#include "compiler/vm/files.h"
#include "compiler/vm/guest.h"
#include "compiler/vm/initramfs.h"

#define BUSYBOX "/usr/bin/busybox"

/* Taken from this machine, so that an event's `binary` is the real one's path. */
static const char *const real_programs[] = {
	"/usr/bin/cat",	 "/usr/bin/head", "/usr/bin/tail",     "/usr/bin/cp",	"/usr/bin/touch",
	"/usr/bin/rm",	 "/usr/bin/ls",	  "/usr/bin/mkdir",    "/usr/bin/true", "/usr/bin/id",
	"/usr/bin/stat", "/usr/bin/dd",	  "/usr/bin/truncate", "/usr/bin/dash", "/usr/bin/setpriv",
};

static const struct {
	const char *path, *text;
	unsigned mode;
} guest_files[] = {
	{"/etc/passwd",
	 "root:x:0:0:root:/root:/bin/sh\n"
	 "user:x:1000:1000:user:/home/user:/bin/sh\n"
	 "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
	 0644},
	{"/etc/group", "root:x:0:\nshadow:x:42:\nuser:x:1000:\nnogroup:x:65534:\n", 0644},
	{"/etc/shadow", "root:*:20000:0:99999:7:::\nuser:*:20000:0:99999:7:::\n", 0640},
	{"/etc/sudoers", "root ALL=(ALL:ALL) ALL\n", 0440},
	{"/etc/hostname", "guest\n", 0644},
	{"/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n", 0644},
	{"/etc/profile", "export PATH=/usr/sbin:/usr/bin\n", 0644},
	{"/home/user/notes", "nothing secret\n", 0644},
};

static int busybox_put(struct arena *a, struct initramfs *fs, struct vm_error *e)
{
	const char *argv[] = {BUSYBOX, "--list", NULL};
	const char *busybox = file_exists(BUSYBOX) ? BUSYBOX : "/bin/busybox";
	char *list, *name, *rest;

	argv[0] = busybox;
	if (child_capture(argv, NULL, &list) != 0 || !list) {
		free(list);
		return vm_fail(e, "busybox is missing (package busybox-static)");
	}
	initramfs_program(fs, BUSYBOX, busybox);
	for (name = strtok_r(list, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest))
		initramfs_link(fs, arena_printf(a, "/usr/bin/%s", name), "busybox");
	free(list);
	return 0;
}

int guest_put_base(struct arena *a, struct initramfs *fs, const char *init, struct vm_error *e)
{
	static const char *const dirs[] = {"/proc",    "/sys",	   "/dev", "/run",
					   "/var/lib", "/var/log", "/mnt"};
	size_t i;

	initramfs_copy(fs, "/init", init, 0755);
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		initramfs_dir(fs, dirs[i], 0755);
	initramfs_dir(fs, "/tmp", 01777);
	initramfs_dir(fs, "/root", 0700);
	initramfs_device(fs, "/dev/console", 0600, 5, 1);
	for (i = 0; i < sizeof(guest_files) / sizeof(guest_files[0]); i++)
		initramfs_text(fs, guest_files[i].path, guest_files[i].text, guest_files[i].mode);
	for (i = 0; i < sizeof(real_programs) / sizeof(real_programs[0]); i++) {
		if (file_exists(real_programs[i]))
			initramfs_program(fs, real_programs[i], real_programs[i]);
	}
	initramfs_link(fs, "/usr/bin/sh", "dash");
	return busybox_put(a, fs, e);
}
