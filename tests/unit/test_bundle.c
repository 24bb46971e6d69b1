// SPDX-License-Identifier: Apache-2.0
/* Bundle files and the command that looks into them. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>
#include <openssl/evp.h>

#include "bundle_fixture.h"
#include "compiler/back/bundle.h"
#include "compiler/commands/command.h"
#include "compiler/base/exit.h"
#include "runtime/file.h"

static struct arena arena;
static char directory[64], path[96], cert[96], why[512];
static struct bytes payload, signature;

static void write_text(const char *to_path, struct bytes text)
{
	FILE *to = fopen(to_path, "w");

	cr_assert_eq(fwrite(text.at, 1, text.size, to), text.size);
	fclose(to);
}

static void setup(void)
{
	EVP_PKEY *key = fixture_ed25519(FIXTURE_SEED);

	snprintf(directory, sizeof(directory), "/tmp/tgc-bundle-XXXXXX");
	cr_assert_not_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/b.tgb", directory);
	snprintf(cert, sizeof(cert), "%s/cert.pem", directory);
	payload = fixture_payload(&arena);
	signature = fixture_sign(&arena, payload, key, FIXTURE_NAME, FIXTURE_SERIAL);
	write_text(cert, fixture_certificate_pem(&arena, key, FIXTURE_NAME, FIXTURE_SERIAL));
	EVP_PKEY_free(key);
}

static void teardown(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	cr_assert_eq(system(command), 0);
	arena_free(&arena);
}

TestSuite(bundle, .init = setup, .fini = teardown);

static int write_bundle(void)
{
	return bundle_write(path, payload, signature, why, sizeof(why));
}

/* Files in the directory apart from the certificate. */
static int files(void)
{
	DIR *d = opendir(directory);
	struct dirent *entry;
	int count = 0;

	while ((entry = readdir(d)))
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, "cert.pem") != 0)
			count++;
	closedir(d);
	return count;
}

/* ---- writing ---- */

Test(bundle, writes_the_whole_file)
{
	struct bytes expected = fixture_join(&arena, payload, signature);
	struct file_bytes file;
	struct stat st;

	umask(022);
	cr_assert_eq(write_bundle(), 0, "%s", why);
	cr_assert_eq(file_load(path, TG_ARTIFACT_MAX, &file, why, sizeof(why)), 0);
	cr_assert_eq(file.size, expected.size);
	cr_assert_arr_eq(file.at, expected.at, file.size);
	cr_assert_eq(stat(path, &st), 0);
	cr_assert_eq(st.st_mode & 07777, 0644);
	cr_assert_eq(files(), 1);
	free(file.at);
}

Test(bundle, replaces_a_file)
{
	write_text(path, payload);
	cr_assert_eq(write_bundle(), 0, "%s", why);
	cr_assert_eq(files(), 1);
}

/* A full disk, as a limit on the size of files: nothing new, nothing lost. */
Test(bundle, leaves_nothing_when_writing_fails)
{
	struct rlimit limit = {100, 100};
	struct stat st;

	write_text(path, (struct bytes){(const uint8_t *)"old", 3});
	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_assert_eq(write_bundle(), -1);
	cr_assert(strstr(why, strerror(EFBIG)), "%s", why);
	cr_assert_eq(files(), 1);
	cr_assert_eq(stat(path, &st), 0);
	cr_assert_eq(st.st_size, 3);
}

Test(bundle, refuses_to_replace_a_directory)
{
	cr_assert_eq(mkdir(path, 0700), 0);
	cr_assert_eq(write_bundle(), -1);
	cr_assert(strstr(why, "not a regular file"), "%s", why);
	cr_assert_eq(files(), 1);
}

Test(bundle, refuses_to_replace_a_device)
{
	struct stat st;

	cr_assert_eq(bundle_write("/dev/null", payload, signature, why, sizeof(why)), -1);
	cr_assert_eq(stat("/dev/null", &st), 0);
	cr_assert(S_ISCHR(st.st_mode));
}

Test(bundle, no_directory)
{
	snprintf(path, sizeof(path), "%s/no/b.tgb", directory);
	cr_assert_eq(write_bundle(), -1);
	cr_assert(strstr(why, strerror(ENOENT)), "%s", why);
}

/* ---- the command ---- */

static int run(const char *a, const char *b, const char *c, const char *d)
{
	const char *argv[] = {"bundle", a, b, c, d, NULL};
	int argc = 1;

	while (argv[argc])
		argc++;
	cr_redirect_stdout();
	cr_redirect_stderr();
	return cmd_bundle(argc, (char **)argv);
}

static const char *all_of(FILE *from)
{
	char *text = arena_alloc(&arena, 65536);

	text[fread(text, 1, 65535, from)] = '\0';
	return text;
}

static const char *output(void)
{
	fflush(stdout);
	return all_of(cr_get_redirected_stdout());
}

static const char *errors(void)
{
	fflush(stderr);
	return all_of(cr_get_redirected_stderr());
}

Test(bundle, inspect_as_text)
{
	const char *text;

	cr_assert_eq(write_bundle(), 0);
	cr_assert_eq(run("inspect", path, NULL, NULL), EXIT_DONE);
	text = output();
	cr_assert(strstr(text, "bundle     fixture\n"), "%s", text);
	cr_assert(strstr(text, "NOT VERIFIED"));
	cr_assert(strstr(text, "kprobe security_file_permission\n    fentry     h0_fentry on "
			       "security_file_permission"));
	cr_assert(strstr(text, "selector 2   sigkill (shadow.yaml:8)"));
	cr_assert(strstr(text, "argument 1   int \"mask\""));
	cr_assert(strstr(text, "tracepoint raw_syscalls/sys_enter"));
	cr_assert(strstr(text, "tags observability.filesystem observability.process"));
	cr_assert(strstr(text, "source   abababab"));
}

Test(bundle, inspect_as_json)
{
	json_t *o, *hook;

	cr_assert_eq(write_bundle(), 0);
	cr_assert_eq(run("inspect", "--json", path, NULL), EXIT_DONE);
	o = json_loads(output(), 0, NULL);
	cr_assert_not_null(o);
	cr_assert_str_eq(json_string_value(json_object_get(o, "version")), "7");
	cr_assert(json_is_false(json_object_get(json_object_get(o, "signature"), "verified")));
	hook = json_array_get(json_object_get(o, "hooks"), 0);
	cr_assert_eq(json_array_size(json_object_get(hook, "variants")), 2);
	cr_assert_eq(json_array_size(json_object_get(o, "process_programs")), 2);
	json_decref(o);
}

/* Text of a file that nobody vouches for does not reach the terminal as it is. */
Test(bundle, inspect_escapes)
{
	struct bundle_identity identity = {"evil", 1, 1};
	struct manifest m;
	const char *text;

	manifest_init(&m, &arena);
	manifest_add_policy(&m, "\033]0;owned\007\xff", "a\nb", 1, 0);
	payload = pack_payload(&arena, &m, &identity, fixture_object(&arena), why, sizeof(why));
	cr_assert_not_null(payload.at, "%s", why);
	cr_assert_eq(write_bundle(), 0);
	cr_assert_eq(run("inspect", path, NULL, NULL), EXIT_DONE);
	text = output();
	cr_assert_null(strchr(text, '\033'));
	cr_assert_null(strchr(text, '\007'));
	cr_assert_null(strstr(text, "a\nb"));
}

Test(bundle, inspect_escapes_json)
{
	struct bundle_identity identity = {"evil", 1, 1};
	struct manifest m;
	const char *name;
	json_t *o;

	manifest_init(&m, &arena);
	manifest_add_policy(&m, "\033\xff x", "a\nb", 1, 0);
	payload = pack_payload(&arena, &m, &identity, fixture_object(&arena), why, sizeof(why));
	cr_assert_eq(write_bundle(), 0);
	cr_assert_eq(run("inspect", path, "--json", NULL), EXIT_DONE);
	o = json_loads(output(), 0, NULL);
	cr_assert_not_null(o);
	name = json_string_value(
		json_object_get(json_array_get(json_object_get(o, "policies"), 0), "name"));
	cr_assert_str_eq(name, "\033\xef\xbf\xbd x");
	json_decref(o);
}

Test(bundle, inspect_refuses_what_is_no_bundle)
{
	write_text(path, payload);
	cr_assert_eq(run("inspect", path, NULL, NULL), EXIT_REJECTED);
	cr_assert(strstr(errors(), "the bundle is not signed"));
}

Test(bundle, inspect_refuses_a_malformed_payload)
{
	uint8_t *copy = arena_alloc(&arena, payload.size);

	memcpy(copy, payload.at, payload.size);
	copy[8] = 9;
	payload.at = copy;
	cr_assert_eq(write_bundle(), 0);
	cr_assert_eq(run("inspect", path, NULL, NULL), EXIT_REJECTED);
	cr_assert(strstr(errors(), "has format 9"));
}

Test(bundle, inspect_without_a_file)
{
	cr_assert_eq(run("inspect", path, NULL, NULL), EXIT_ENVIRONMENT);
	cr_assert(strstr(errors(), strerror(ENOENT)));
}

Test(bundle, verify_good)
{
	cr_assert_eq(write_bundle(), 0);
	cr_assert_eq(run("verify", "--cert", cert, path), EXIT_DONE);
	cr_assert(strstr(output(), "good: fixture version 7, signed by /CN=" FIXTURE_NAME));
}

Test(bundle, verify_tampered)
{
	uint8_t *copy = arena_alloc(&arena, payload.size);

	memcpy(copy, payload.at, payload.size);
	copy[30] ^= 1;
	payload.at = copy;
	cr_assert_eq(write_bundle(), 0);
	cr_assert_eq(run("verify", "--cert", cert, path), EXIT_REJECTED);
	cr_assert(strstr(errors(), "[tampered]"));
}

/* A good signature does not make a payload good. */
Test(bundle, verify_signed_nonsense)
{
	EVP_PKEY *key = fixture_ed25519(FIXTURE_SEED);

	payload = fixture_object(&arena);
	signature = fixture_sign(&arena, payload, key, FIXTURE_NAME, FIXTURE_SERIAL);
	cr_assert_eq(write_bundle(), 0);
	cr_assert_eq(run("verify", "--cert", cert, path), EXIT_REJECTED);
	cr_assert(strstr(errors(), "well signed, but malformed"));
	EVP_PKEY_free(key);
}

Test(bundle, verify_without_a_certificate)
{
	cr_assert_eq(write_bundle(), 0);
	unlink(cert);
	cr_assert_eq(run("verify", "--cert", cert, path), EXIT_ENVIRONMENT);
}

Test(bundle, usage)
{
	cr_assert_eq(run(NULL, NULL, NULL, NULL), EXIT_USAGE);
}

Test(bundle, usage_of_another_command)
{
	cr_assert_eq(run("frobnicate", path, NULL, NULL), EXIT_USAGE);
}

Test(bundle, usage_without_a_file)
{
	cr_assert_eq(run("inspect", NULL, NULL, NULL), EXIT_USAGE);
}

Test(bundle, usage_with_an_unknown_option)
{
	cr_assert_eq(run("inspect", "--jsonx", path, NULL), EXIT_USAGE);
}

Test(bundle, usage_verify_needs_a_certificate)
{
	cr_assert_eq(run("verify", path, NULL, NULL), EXIT_USAGE);
}
