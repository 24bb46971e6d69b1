// SPDX-License-Identifier: Apache-2.0
/* The folder that sets are kept in: whose it is, who has it, and giving all of it up. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "runtime/keep.h"
#include "runtime/notice.h"

#define LOCK_TRIES 250 /* of 20 ms: another tgrun may be about to end */
#define LOCK_MS	   20

static int check_owner(int fd, const char *directory, struct failure *why)
{
	struct statfs fs;
	struct stat st;

	if (fstat(fd, &st) || fstatfs(fd, &fs))
		return failure_set(why, TGRUN_ENVIRONMENT, "--keep-dir %s: %s", directory,
				   strerror(errno));
	if ((uint32_t)fs.f_type != BPF_FS_MAGIC)
		return failure_set(
			why, TGRUN_ENVIRONMENT,
			"--keep-dir %s: not in a BPF file system; give a folder in one, as "
			"in " KEEP_DIRECTORY " (mount -t bpf bpf /sys/fs/bpf)",
			directory);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return failure_set(
			why, TGRUN_ENVIRONMENT,
			"--keep-dir %s: it is user %u's, who decides what is enforced here; "
			"chown root it, or give another folder",
			directory, st.st_uid);
	if (st.st_mode & 077)
		return failure_set(why, TGRUN_ENVIRONMENT,
				   "--keep-dir %s: others may look into it, and so decide what is "
				   "enforced here; chmod 700 it",
				   directory);
	return 0;
}

/* Of whoever runs this, and for nobody else; what is there is opened as it is. */
static int open_directory(const char *directory, bool make, bool *made)
{
	*made = make && !mkdir(directory, 0700);
	return open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int lock(int fd)
{
	for (int i = 0; flock(fd, LOCK_EX | LOCK_NB); i++) {
		if (errno != EWOULDBLOCK || i == LOCK_TRIES)
			return -1;
		poll(NULL, 0, LOCK_MS);
	}
	return 0;
}

static int check_and_lock(struct keep *k, struct failure *why)
{
	if (check_owner(k->fd, k->directory, why))
		return -1;
	if (lock(k->fd))
		return failure_set(why, TGRUN_ENVIRONMENT,
				   "--keep-dir %s: another tgrun keeps its programs there; stop it "
				   "first, or give another folder",
				   k->directory);
	if (keep_list(k))
		return failure_set(why, TGRUN_ENVIRONMENT, "--keep-dir %s: %s", k->directory,
				   strerror(errno));
	return 0;
}

int keep_open(struct keep *k, const char *directory, bool make, struct failure *why)
{
	bool made;

	*k = (struct keep){.directory = directory};
	k->fd = open_directory(directory, make, &made);
	if (k->fd < 0 && errno == ENOENT && !make)
		return 0;
	if (k->fd < 0)
		return failure_set(
			why, TGRUN_ENVIRONMENT, "--keep-dir %s: %s%s", directory, strerror(errno),
			errno == ENOENT ? "; is there a BPF file system? (mount -t bpf bpf "
					  "/sys/fs/bpf)"
					: "");
	if (!check_and_lock(k, why))
		return 0;
	if (made)
		rmdir(directory);
	keep_close(k);
	return -1;
}

void keep_tell_left(const char *directory)
{
	DIR *d = opendir(directory);
	const struct dirent *e;
	struct keep_set s;
	size_t count = 0;

	while (d && (e = readdir(d)))
		count += keep_parse(&s, e->d_name) && s.kind == KEEP_BUNDLE;
	if (d)
		closedir(d);
	if (count)
		notice("tgrun: what was kept, %zu bundle%s, stays in force beside what is loaded "
		       "now: start with --keep-on-exit to take it over, or run `tgrun release`\n",
		       count, count == 1 ? "" : "s");
}

/* ---- tgrun release ------------------------------------------------------------------------- */

static int release(const char *directory)
{
	struct keep keep;
	struct failure why;
	int result = TGRUN_OK;
	size_t count = 0;

	if (keep_open(&keep, directory, false, &why)) {
		fprintf(stderr, "tgrun release: %s\n", why.text);
		return (int)why.code;
	}
	for (size_t i = 0; i < keep.count; i++) {
		const struct keep_set *s = keep.sets[i];

		if (s->kind == KEEP_BUNDLE)
			printf("bundle %s: %u links\n", s->bundle, s->links);
	}
	count = keep.count;
	if (keep_drop_left(&keep, NULL) != count)
		result = TGRUN_ENVIRONMENT;
	if (!count)
		printf("nothing is kept in %s\n", directory);
	keep_close(&keep);
	rmdir(directory); /* if it is empty now */
	return result;
}

static int wrong(const char *argument, const char *what)
{
	fprintf(stderr, "tgrun release: %s: %s\nTry tgrun release --help.\n", argument, what);
	return TGRUN_USAGE;
}

int keep_release_main(int argc, char *argv[])
{
	static const struct option options[] = {
		{"keep-dir", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {0}};
	const char *directory = KEEP_DIRECTORY;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (option) {
		case 'h':
			puts("Usage: tgrun release [--keep-dir DIR]\n"
			     "Ends what an earlier `tgrun --keep-on-exit` left in the kernel.");
			return TGRUN_OK;
		case 'd':
			directory = optarg;
			break;
		default:
			return wrong(argv[optind - 1],
				     option == ':' ? "needs a value" : "no such option");
		}
	}
	return optind == argc ? release(directory) : wrong(argv[optind], "unexpected");
}
