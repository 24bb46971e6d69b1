// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/userfile.h"

#define DIGEST_TEXT (2 * EVP_MAX_MD_SIZE + 1)

int userfile_open(const char *path, char *why, size_t why_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode))
		return fd;
	snprintf(why, why_size, "cannot open %s: %s", path,
		 fd < 0 ? strerror(errno) : "it is no regular file");
	if (fd >= 0)
		close(fd);
	return -1;
}

static void to_hex(char *to, const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size && i < EVP_MAX_MD_SIZE; i++)
		snprintf(to + 2 * i, 3, "%02x", bytes[i]);
}

static bool update_all(EVP_MD_CTX *md, int fd)
{
	unsigned char bytes[65536];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, bytes, sizeof(bytes), at)) > 0) {
		if (EVP_DigestUpdate(md, bytes, (size_t)n) != 1)
			return false;
		at += n;
	}
	return n == 0;
}

static bool hash_file(int fd, const char *algorithm, char hex[DIGEST_TEXT])
{
	const EVP_MD *kind = EVP_get_digestbyname(algorithm);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	bool ok = kind && md && EVP_DigestInit_ex(md, kind, NULL) == 1 && update_all(md, fd) &&
		  EVP_DigestFinal_ex(md, digest, &size) == 1;

	EVP_MD_CTX_free(md);
	if (ok)
		to_hex(hex, digest, size);
	return ok;
}

/* ---- ELF ---- */

static bool note_is_build_id(Elf_Data *data, const GElf_Nhdr *note, size_t name)
{
	return note->n_type == NT_GNU_BUILD_ID && note->n_namesz == sizeof("GNU") &&
	       name + sizeof("GNU") <= data->d_size &&
	       !memcmp((const char *)data->d_buf + name, "GNU", sizeof("GNU"));
}

static bool read_notes(Elf *elf, const GElf_Phdr *segment, char hex[DIGEST_TEXT])
{
	Elf_Data *data = elf_getdata_rawchunk(elf, (int64_t)segment->p_offset, segment->p_filesz,
					      segment->p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
	size_t at = 0, next, name, desc;
	GElf_Nhdr note;

	while (data && (next = gelf_getnote(data, at, &note, &name, &desc)) > 0) {
		if (note_is_build_id(data, &note, name) && note.n_descsz <= EVP_MAX_MD_SIZE) {
			to_hex(hex, (const unsigned char *)data->d_buf + desc, note.n_descsz);
			return true;
		}
		at = next;
	}
	return false;
}

/* Calls `look` for each segment until it says true. */
static bool each_segment(int fd, bool (*look)(Elf *elf, const GElf_Phdr *segment, void *data),
			 void *data)
{
	size_t count = 0;
	GElf_Phdr segment;
	bool done = false;
	Elf *elf;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return false;
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf && elf_kind(elf) == ELF_K_ELF && !elf_getphdrnum(elf, &count))
		for (size_t i = 0; i < count && !done; i++)
			done = gelf_getphdr(elf, (int)i, &segment) && look(elf, &segment, data);
	elf_end(elf);
	return done;
}

static bool look_for_build_id(Elf *elf, const GElf_Phdr *segment, void *hex)
{
	return segment->p_type == PT_NOTE && read_notes(elf, segment, hex);
}

struct address {
	uint64_t address;
	uint64_t *offset;
};

static bool look_for_address(Elf *elf, const GElf_Phdr *segment, void *data)
{
	const struct address *a = data;

	(void)elf;
	if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X) ||
	    a->address < segment->p_vaddr || a->address - segment->p_vaddr >= segment->p_filesz)
		return false;
	*a->offset = a->address - segment->p_vaddr + segment->p_offset;
	return true;
}

bool userfile_offset(int fd, uint64_t address, uint64_t *offset)
{
	struct address a = {address, offset};

	return each_segment(fd, look_for_address, &a);
}

/* ---- digests ---- */

static bool digest_of(int fd, const char *algorithm, char hex[DIGEST_TEXT])
{
	if (!strcmp(algorithm, "build-id"))
		return each_segment(fd, look_for_build_id, hex);
	return hash_file(fd, algorithm, hex);
}

/* One `<algorithm>:<hex>`. */
static enum userfile_verdict check_one(int fd, const char *wanted, size_t size, char *why,
				       size_t why_size)
{
	const char *colon = memchr(wanted, ':', size);
	char algorithm[16], hex[DIGEST_TEXT] = "";
	size_t length = colon ? (size_t)(colon - wanted) : 0;

	if (!colon || length >= sizeof(algorithm)) {
		snprintf(why, why_size, "`%.*s` is no digest", (int)size, wanted);
		return USERFILE_FAILED;
	}
	memcpy(algorithm, wanted, length);
	algorithm[length] = '\0';
	if (!digest_of(fd, algorithm, hex)) {
		snprintf(why, why_size, "its %s cannot be told", algorithm);
		return USERFILE_FAILED;
	}
	snprintf(why, why_size, "its %s is %s", algorithm, hex);
	return strlen(hex) == size - length - 1 && !strncasecmp(hex, colon + 1, strlen(hex))
		       ? USERFILE_SAME
		       : USERFILE_DIFFERS;
}

enum userfile_verdict userfile_check(int fd, const char *digests, char *why, size_t why_size)
{
	enum userfile_verdict verdict = *digests ? USERFILE_DIFFERS : USERFILE_SAME;

	while (*digests && verdict != USERFILE_SAME) {
		size_t size = strcspn(digests, " ");

		verdict = check_one(fd, digests, size, why, why_size);
		digests += size + (digests[size] == ' ');
	}
	return verdict;
}
