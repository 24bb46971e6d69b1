// SPDX-License-Identifier: Apache-2.0
#include "fake.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tree.h"

#define NODES_MAX 8192

/* What was made so far, apart from the objects themselves: their layout may be the kernel's. */
struct node {
	void *dentry;
	struct node *parent; /* itself: a root */
	const char *name;
	size_t len;
};

struct mounted {
	void *mount;
	struct mounted *parent; /* itself: of no other */
	struct node *on, *root;
};

struct place {
	struct node *node;
	struct mounted *mount;
};

static struct {
	struct node nodes[NODES_MAX];
	size_t node_count;
	struct mounted mounts[NODES_MAX];
	size_t mount_count;
	struct mounted *root;
	char lure[256];
	bool has_lure;
} tree;

void tree_set_lure(const char *name)
{
	snprintf(tree.lure, sizeof(tree.lure), "%s", name);
	tree.has_lure = true;
}

/* ---- objects --------------------------------------------------------------------------- */

#define INLINE_NAME 32 /* shorter names are stored in the dentry itself */

static void *new_inode(uint32_t mode)
{
	void *inode = fake_object(FAKE_INODE);

	fake_put(inode, FAKE_INODE_MODE, mode);
	return inode;
}

static void set_name(void *d, const char *name, size_t len)
{
	char *here = fake_inline_name(d), *elsewhere;

	fake_put(d, FAKE_DENTRY_HASH, 0x5eed5eed);
	fake_put(d, FAKE_DENTRY_LEN, len);
	fake_put_pointer(d, FAKE_DENTRY_NAME, here);
	if (len < INLINE_NAME) {
		memcpy(here, name, len);
		here[len] = '\0';
		return;
	}
	strncpy(here, tree.has_lure ? tree.lure : "etc", INLINE_NAME - 1);
	elsewhere = fake_alloc(len + 1, 0);
	memcpy(elsewhere, name, len);
	elsewhere[len] = '\0';
	fake_put_pointer(d, FAKE_DENTRY_NAME, elsewhere);
}

/* Roots are their own parents and, as in the kernel, not hashed. `name` is kept. */
static struct node *new_node(struct node *parent, const char *name, size_t len)
{
	struct node *n = &tree.nodes[tree.node_count++];

	if (tree.node_count == NODES_MAX)
		exit(3);
	*n = (struct node){fake_object(FAKE_DENTRY), parent ? parent : n, name, len};
	fake_put(n->dentry, FAKE_DENTRY_NEXT, 0);
	fake_put_pointer(n->dentry, FAKE_DENTRY_PPREV, parent ? n->dentry : NULL);
	fake_put_pointer(n->dentry, FAKE_DENTRY_PARENT, n->parent->dentry);
	fake_put_pointer(n->dentry, FAKE_DENTRY_INODE, new_inode(040755));
	set_name(n->dentry, name, len);
	return n;
}

static struct mounted *new_mount(struct place on, struct node *root)
{
	struct mounted *m = &tree.mounts[tree.mount_count++];

	if (tree.mount_count == NODES_MAX)
		exit(3);
	*m = (struct mounted){fake_object(FAKE_MOUNT), on.mount ? on.mount : m,
			      on.node ? on.node : root, root};
	fake_put_pointer(m->mount, FAKE_MOUNT_PARENT, m->parent->mount);
	fake_put_pointer(m->mount, FAKE_MOUNT_MOUNTPOINT, m->on->dentry);
	fake_put_pointer(m->mount, FAKE_MOUNT_ROOT, root->dentry);
	return m;
}

void tree_reset(void)
{
	tree.node_count = tree.mount_count = 0;
	tree.root = new_mount((struct place){0}, new_node(NULL, "/", 1));
}

/* ---- walking down ---------------------------------------------------------------------- */

static struct node *child(struct node *parent, const char *name, size_t len)
{
	for (size_t i = tree.node_count; i-- > 0;) {
		struct node *n = &tree.nodes[i];

		if (n->parent == parent && n != parent && n->len == len &&
		    !memcmp(n->name, name, len))
			return n;
	}
	return new_node(parent, name, len);
}

/* Down the plain components of a spelling; the first byte that is none of theirs. */
static const char *descend(struct node **at, const char *p, const char *end)
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
	struct node *root;

	for (size_t i = 0; i < tree.mount_count; i++) {
		struct mounted *m = &tree.mounts[i];

		if (m->parent == at.mount && m->on == at.node && m != at.mount) {
			if (part)
				*p = memchr(*p, '>', (size_t)(end - *p)) + 1;
			return (struct place){m->root, m};
		}
	}
	root = new_node(NULL, "/", 1);
	if (part)
		*p = descend(&root, *p, end) + 1;
	return (struct place){root, new_mount(at, root)};
}

static struct place internal(void)
{
	struct place at = {.mount = new_mount((struct place){0}, new_node(NULL, "pipe:", 5))};

	at.node = new_node(NULL, "", 0);
	return at;
}

static struct place walk(const char *spelling, size_t len)
{
	const char *p = spelling, *end = spelling + len;
	struct place at = {tree.root->root, tree.root};

	if (len == 4 && !memcmp(p, "pipe", 4))
		return internal();
	while (p < end) {
		p = descend(&at.node, p, end);
		if (p < end)
			at = cross(at, &p, end);
	}
	return at;
}

static struct place file_at(const struct argument *a, uint32_t mode)
{
	struct place at = walk(a->text.s, a->text.len);

	if (mode)
		fake_put_pointer(at.node->dentry, FAKE_DENTRY_INODE, new_inode(mode));
	if (a->deleted)
		fake_put(at.node->dentry, FAKE_DENTRY_PPREV, 0);
	return at;
}

void tree_path(void *path, const char *spelling, size_t len, bool deleted, uint32_t mode)
{
	const struct argument a = {.text = {spelling, len}, .deleted = deleted};
	struct place at = file_at(&a, mode);

	fake_put(path, FAKE_PATH_MOUNT, fake_address(fake_member(at.mount->mount, FAKE_MOUNT_VFS)));
	fake_put_pointer(path, FAKE_PATH_DENTRY, at.node->dentry);
}

/* ---- what programs are given ----------------------------------------------------------- */

uint64_t tree_file(const struct argument *a, uint32_t mode)
{
	void *f;

	if (a->kind == ARGUMENT_NULL)
		return 0;
	if (a->kind == ARGUMENT_FAULT)
		return fake_fault();
	f = fake_object(FAKE_FILE);
	tree_path(fake_member(f, FAKE_FILE_PATH), a->text.s, a->text.len, a->deleted, mode);
	return fake_address(f);
}

uint64_t tree_dentry(const struct argument *a, uint32_t mode)
{
	if (a->kind == ARGUMENT_NULL)
		return 0;
	if (a->kind == ARGUMENT_FAULT)
		return fake_fault();
	return fake_address(file_at(a, mode).node->dentry);
}

uint64_t tree_binprm(const struct argument *a, uint32_t mode)
{
	void *binprm;

	if (a->kind == ARGUMENT_NULL)
		return 0;
	binprm = fake_object(FAKE_BINPRM);
	fake_put(binprm, FAKE_BINPRM_FILE, tree_file(a, mode));
	return fake_address(binprm);
}

uint64_t tree_path_object(const struct argument *a, uint32_t mode)
{
	void *p;

	if (a->kind == ARGUMENT_NULL)
		return 0;
	if (a->kind == ARGUMENT_FAULT)
		return fake_fault();
	p = fake_object(FAKE_PATH);
	tree_path(p, a->text.s, a->text.len, a->deleted, mode);
	return fake_address(p);
}

void *tree_task(const struct event *e)
{
	static const struct argument init = {.kind = ARGUMENT_TEXT, .text = {"/sbin/init", 10}};
	void *task = fake_object(FAKE_TASK), *fs = fake_object(FAKE_FS), *mm;

	tree_path(fake_member(fs, FAKE_FS_ROOT), e->root.s, e->root.len, false, 0);
	tree_path(fake_member(fs, FAKE_FS_PWD), e->root.s, e->root.len, false, 0);
	fake_put_pointer(task, FAKE_TASK_FS, fs);
	fake_put(task, FAKE_TASK_PARENT, 0);
	fake_put(task, FAKE_TASK_PID, 0);
	fake_put(task, FAKE_TASK_MM, 0);
	fake_put(task, FAKE_TASK_FLAGS, TG_PF_KTHREAD);
	if (e->kernel_thread)
		return task;
	fake_put(task, FAKE_TASK_FLAGS, 0);
	mm = fake_object(FAKE_MM);
	fake_put_pointer(task, FAKE_TASK_MM, mm);
	fake_put(mm, FAKE_MM_EXE, tree_file(e->exe_given ? &e->exe : &init, 0));
	return task;
}
