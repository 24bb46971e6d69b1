// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>
#include "runtime/keeper_folder.h"

bool folder_is_bundle(const char *name)
{
	size_t size = strlen(name), suffix = strlen(FOLDER_SUFFIX);

	return name[0] != '.' && size > suffix && !strcmp(name + size - suffix, FOLDER_SUFFIX);
}

void folder_names_add(struct folder_names *n, const char *name)
{
	if (!folder_is_bundle(name) || strlen(name) > NAME_MAX)
		return;
	for (size_t i = 0; i < n->count; i++)
		if (!strcmp(n->v[i], name))
			return;
	if (n->count == FOLDER_NAMES_MAX)
		n->all = true;
	else
		strcpy(n->v[n->count++], name);
}

int folder_watch(const char *path)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), error;

	if (fd < 0)
		return -1;
	if (inotify_add_watch(fd, path,
			      IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM | IN_ATTRIB |
				      IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR) >= 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

void folder_read_events(int fd, struct folder_names *n)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t size;

	while ((size = read(fd, events, sizeof(events))) > 0)
		for (ssize_t at = 0; at < size;) {
			const struct inotify_event *e = (const void *)(events + at);

			if (e->mask & IN_Q_OVERFLOW)
				n->all = true;
			if (e->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED))
				n->gone = true;
			if (e->len)
				folder_names_add(n, e->name);
			at += (ssize_t)(sizeof(*e) + e->len);
		}
}

int folder_list(const char *path, struct folder_names *n)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		folder_names_add(n, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return count < 0 ? -1 : 0;
}

struct folder_identity folder_identity(const struct stat *st)
{
	return (struct folder_identity){st->st_dev, st->st_ino, (uint64_t)st->st_size, st->st_mtim,
					st->st_ctim};
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool folder_identity_equal(const struct folder_identity *a, const struct folder_identity *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       same_time(&a->modified, &b->modified) && same_time(&a->changed, &b->changed);
}

const char *folder_distrust(const struct stat *st)
{
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "its owner is not root, so others decide what is enforced here; chown root "
		       "it";
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return "others may write to it, and so decide what is enforced here; chmod go-w it";
	return NULL;
}
