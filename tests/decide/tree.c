// SPDX-License-Identifier: Apache-2.0
#include "fake.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tree.h"

#define NODES_MAX 8192
#define SLACK	  64 /* kernel objects are longer than what the templates know of them */

struct place {
	struct dentry *dentry;
	struct mount *mount;
};

/* Everything made so far: children by parent, mounts by what they are mounted on. */
static struct {
	struct dentry *dentries[NODES_MAX];
	size_t dentry_count;
	struct mount *mounts[NODES_MAX];
	size_t mount_count;
	struct mount *root;
	char lure[256];
	bool has_lure;
} tree;

void tree_set_lure(const char *name)
{
	snprintf(tree.lure, sizeof(tree.lure), "%s", name);
	tree.has_lure = true;
}

/* ---- objects --------------------------------------------------------------------------- */

static struct inode *new_inode(void)
{
	struct inode *inode = fake_alloc(sizeof(*inode), SLACK);

	inode->i_mode = 040755;
	return inode;
}

static void set_name(struct dentry *d, const char *name, size_t len)
{
	unsigned char *elsewhere;

	d->d_name.hash = 0x5eed5eed;
	d->d_name.len = (__u32)len;
	d->d_name.name = d->d_iname;
	if (len < sizeof(d->d_iname)) {
		memcpy(d->d_iname, name, len);
		d->d_iname[len] = '\0';
		return;
	}
	strncpy((char *)d->d_iname, tree.has_lure ? tree.lure : "etc", sizeof(d->d_iname) - 1);
	elsewhere = fake_alloc(len + 1, 0);
	memcpy(elsewhere, name, len);
	elsewhere[len] = '\0';
	d->d_name.name = elsewhere;
}

/* Roots are their own parents and, as in the kernel, not hashed. */
static struct dentry *new_dentry(struct dentry *parent, const char *name, size_t len)
{
	struct dentry *d = fake_alloc(sizeof(*d), SLACK);

	d->d_hash.next = NULL;
	d->d_hash.pprev = parent ? (void *)d : NULL;
	d->d_parent = parent ? parent : d;
	d->d_inode = new_inode();
	set_name(d, name, len);
	if (tree.dentry_count == NODES_MAX)
		exit(3);
	tree.dentries[tree.dentry_count++] = d;
	return d;
}

static struct mount *new_mount(struct place on, struct dentry *root)
{
	struct mount *m = fake_alloc(sizeof(*m), SLACK);

	m->mnt_parent = on.mount ? on.mount : m;
	m->mnt_mountpoint = on.dentry ? on.dentry : root;
	m->mnt.mnt_root = root;
	if (tree.mount_count == NODES_MAX)
		exit(3);
	tree.mounts[tree.mount_count++] = m;
	return m;
}

void tree_reset(void)
{
	tree.dentry_count = tree.mount_count = 0;
	tree.root = new_mount((struct place){0}, new_dentry(NULL, "/", 1));
}

/* ---- walking down ---------------------------------------------------------------------- */

static struct dentry *child(struct dentry *parent, const char *name, size_t len)
{
	for (size_t i = tree.dentry_count; i-- > 0;) {
		struct dentry *d = tree.dentries[i];

		if (d->d_parent == parent && d != parent && d->d_name.len == len &&
		    !memcmp(d->d_name.name, name, len))
			return d;
	}
	return new_dentry(parent, name, len);
}

/* Down the plain components of a spelling; the first byte that is none of theirs. */
static const char *descend(struct dentry **at, const char *p, const char *end)
{
	while (p < end && !strchr("!<>", *p)) {
		size_t len = 0;

		if (*p == '/') {
			p++;
			continue;
		}
		while (p + len < end && !strchr("/!<>", p[len]))
			len++;
		*at = child(*at, p, len);
		p += len;
	}
	return p;
}

static struct place cross(struct place at, const char **p, const char *end)
{
	bool part = *(*p)++ == '<';
	struct dentry *root;

	for (size_t i = 0; i < tree.mount_count; i++) {
		struct mount *m = tree.mounts[i];

		if (m->mnt_parent == at.mount && m->mnt_mountpoint == at.dentry && m != at.mount) {
			if (part)
				*p = memchr(*p, '>', (size_t)(end - *p)) + 1;
			return (struct place){m->mnt.mnt_root, m};
		}
	}
	root = new_dentry(NULL, "/", 1);
	if (part)
		*p = descend(&root, *p, end) + 1;
	return (struct place){root, new_mount(at, root)};
}

static struct place internal(void)
{
	struct place at = {.mount = new_mount((struct place){0}, new_dentry(NULL, "pipe:", 5))};

	at.dentry = new_dentry(NULL, "", 0);
	return at;
}

struct path tree_path(const char *spelling, size_t len, bool deleted, uint32_t mode)
{
	const char *p = spelling, *end = spelling + len;
	struct place at = {tree.root->mnt.mnt_root, tree.root};

	if (len == 4 && !memcmp(p, "pipe", 4)) {
		at = internal();
		p = end;
	}
	while (p < end) {
		p = descend(&at.dentry, p, end);
		if (p < end)
			at = cross(at, &p, end);
	}
	if (mode)
		at.dentry->d_inode->i_mode = (__u16)mode;
	if (deleted)
		at.dentry->d_hash.pprev = NULL;
	return (struct path){&at.mount->mnt, at.dentry};
}

/* ---- what programs are given ----------------------------------------------------------- */

struct file *tree_file(const struct argument *a, uint32_t mode)
{
	struct file *f;

	if (a->kind == ARGUMENT_NULL)
		return NULL;
	if (a->kind == ARGUMENT_FAULT)
		return fake_fault();
	f = fake_alloc(sizeof(*f), SLACK);
	f->f_path = tree_path(a->text.s, a->text.len, a->deleted, mode);
	return f;
}

struct path *tree_path_object(const struct argument *a, uint32_t mode)
{
	struct path *p;

	if (a->kind == ARGUMENT_NULL)
		return NULL;
	if (a->kind == ARGUMENT_FAULT)
		return fake_fault();
	p = fake_alloc(sizeof(*p), 0);
	*p = tree_path(a->text.s, a->text.len, a->deleted, mode);
	return p;
}

struct task_struct *tree_task(const struct event *e)
{
	static const struct argument init = {.kind = ARGUMENT_TEXT, .text = {"/sbin/init", 10}};
	struct task_struct *task = fake_alloc(sizeof(*task), SLACK);

	task->fs = fake_alloc(sizeof(*task->fs), SLACK);
	task->fs->root = tree_path(e->root.s, e->root.len, false, 0);
	task->fs->pwd = task->fs->root;
	task->mm = NULL;
	task->flags = TG_PF_KTHREAD;
	if (e->kernel_thread)
		return task;
	task->flags = 0;
	task->mm = fake_alloc(sizeof(*task->mm), SLACK);
	task->mm->exe_file = tree_file(e->exe_given ? &e->exe : &init, 0);
	return task;
}
