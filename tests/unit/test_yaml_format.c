// SPDX-License-Identifier: Apache-2.0
/* The canonical layout of YAML files. */
#include <criterion/criterion.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "compiler/read/yaml_format.h"

/* The layout, laid out a second time, too; NULL: refused. */
static void expect(const char *text, const char *wanted)
{
	struct arena a = {.head = NULL};
	struct sources s = {.arena = &a};
	struct diags d = {.arena = &a, .sources = &s};
	size_t size;
	const char *got = text;

	for (int i = 0; got && i < 2; i++) {
		uint32_t file = sources_add(&s, "t.yaml", got, strlen(got));

		got = yaml_format(&a, &d, &s, file, &size);
		if (wanted)
			cr_expect_str_eq(got ? got : "refused", wanted);
	}
	cr_expect(!got == !wanted);
	cr_expect(!diag_errors(&d) == !!wanted);
	arena_free(&a);
}

Test(yaml_format, indentation)
{
	expect("a:\n     b:\n            - c\n            -    d: 1\n                 e:   2\n",
	       "a:\n  b:\n  - c\n  - d: 1\n    e: 2\n");
	expect("-   - a\n    - b\n-\n  - c\n", "- - a\n  - b\n- - c\n");
	expect("a:\n\n\n\nb: c\n\n\n", "a:\n\nb: c\n");
	expect("", "");
	expect("a:\n- ~\n-\n- null\n", "a:\n- ~\n-\n- null\n");
	expect("\xef\xbb\xbf# x\na:   b\n", "# x\na: b\n");
}

Test(yaml_format, comments)
{
	expect("#  a\n\n\n#b\nk:  # c\n  # d\n  - 1   # e\n  # f\n# g\nl: 2\n# h",
	       "#  a\n\n#b\nk:  # c\n# d\n- 1  # e\n# f\n# g\nl: 2\n# h\n");
	expect("a:\n    b: 1\n    # of b\n# of c\nc: 2\n", "a:\n  b: 1\n  # of b\n# of c\nc: 2\n");
	expect("- # dash\n  a: b\nk\n", NULL);
	expect("- # dash\n  a: b\n", "# dash\n- a: b\n");
	expect("a: # key\n  b\n", "# key\na: b\n");
	expect("a: [1, # one\n  2 # two\n  # end\n  ] # all\nb: c#d\n",
	       "a:\n- 1  # one\n- 2  # two\n# end\n# all\nb: c#d\n");
	expect("a: 'x # y'\nb: \"# z\" # w\n", "a: \"x # y\"\nb: \"# z\"  # w\n");
}

Test(yaml_format, styles)
{
	expect("a: 'it''s'\nb: 'x\\y'\nc: 'z'\nd: \"\\u263A\"\n",
	       "a: \"it's\"\nb: 'x\\y'\nc: \"z\"\nd: \"\\u263A\"\n");
	expect("a: {b: [ 1,2 , ],c: , \"d\" : {} }\n", "a: {b: [1, 2], c: null, \"d\": {}}\n");
	expect("a: &x [1]\nb: *x\nc: &y\n  d: e\nf: !!str 1\ng: ! 2\nh: &z !!map {i: j}\n",
	       "a: &x [1]\nb: *x\nc: &y\n  d: e\nf: !!str 1\ng: ! 2\nh: &z !!map {i: j}\n");
	expect("--- &a\r# c\r- b\r\r- d", "---\n&a\n# c\n- b\n\n- d\n");
	expect("--- &a\n# c\n- b\n", "---\n&a\n# c\n- b\n");
	expect("- &x\n  a: b\n- *x\n", "- &x\n  a: b\n- *x\n");
	expect("[{a: b}, [c]]\n", "[{a: b}, [c]]\n");
	expect("? k\n: v\n", "k: v\n");
	expect("a: one\n    two\n\n    three\nb: \"x\n      y \\\n   z\"\n",
	       "a: one\n  two\n\n  three\nb: \"x\n  y \\\n  z\"\n");
}

Test(yaml_format, long_lists)
{
	expect("a: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, "
	       "cccccccccccccccccccccccccc, {d: [1]}]\n",
	       "a:\n- aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n- bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"
	       "- cccccccccccccccccccccccccc\n- {d: [1]}\n");
}

Test(yaml_format, blocks)
{
	expect("a: |\n      one\n        two\n\n      # three\n\n\nb: c\n",
	       "a: |\n  one\n    two\n\n  # three\n\nb: c\n");
	expect("a:\n    b: >-  # why\n       one\n       two\n   # of a\n",
	       "a:\n  b: >-  # why\n    one\n    two\n# of a\n");
	expect("a: |4\n        x\nb: |+\n x\n\n\n# end\nc: |-\n",
	       "a: |2\n      x\nb: |+\n  x\n\n\n# end\nc: \"\"\n");
	expect("- |\n x\n- - >\n   y\n", "- |\n  x\n- - >\n    y\n");
}

Test(yaml_format, documents)
{
	expect("---   # one\na: b\n...\n# between\n---\n---\nc: d\n",
	       "---  # one\na: b\n# between\n---\n---\nc: d\n");
	expect("%YAML 1.1\n---\na: b\n...\n%YAML 1.1\n---\nc: d\n",
	       "%YAML 1.1\n---\na: b\n...\n%YAML 1.1\n---\nc: d\n");
	expect("--- |\n x\n--- y\n", "---\n|\n  x\n---\ny\n");
}

/* Neither crash nor another meaning: what cannot be kept is refused. */
Test(yaml_format, refused)
{
	char deep[400];

	expect("a: [b\n", NULL);
	expect("? \"a\n\n  b\"\n: c\n", NULL);
	memset(deep, '[', sizeof(deep));
	deep[sizeof(deep) - 1] = '\0';
	expect(deep, NULL);
}
