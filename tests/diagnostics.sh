#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# diagnostics.sh: docs/diagnostics.md, made from compiler/diag/diag.def and rules.def, to standard
# output.
cd "$(dirname "$0")/.." || exit 3

# The text that the tests expect: of the page, or of the test case of its name, if any.
example()
{
	for case in tests/golden/rules/"$1".txt tests/golden/*/"$1".err tests/golden/*/"$1"-*.err \
		tests/golden/*/*.err; do
		[ -f "$case" ] && grep -q "\[$1\]\$" "$case" || continue
		echo "[text](../$case)"
		return
	done
}

# name:level:meaning of each message, and lines section:TITLE.
list()
{
	sed -n \
		-e '/SPDX/d' -e '/^\/\* DIAG(/d' \
		-e 's|^/\* \(.*\)\. \*/$|section:\1|p' \
		-e 's|^[A-Z]*([A-Z_0-9]*, "\([a-z0-9-]*\)", DIAG_\([A-Z]*\).*)[ 	]*/\* \(.*\) \*/$|\1:\2:\3|p' \
		"$1"
}

table()
{
	list "$1" | while IFS=: read -r name level meaning; do
		if [ "$name" = section ]; then
			printf '\n### %s%s\n\n| name | level | meaning | example |\n|---|---|---|---|\n' \
				"$level" "${meaning:+:$meaning}"
			continue
		fi
		level=$(echo "$level" | tr '[:upper:]' '[:lower:]')
		printf '| [`%s`](rules/%s.md) | %s | %s | %s |\n' "$name" "$name" "$level" "$meaning" \
			"$(example "$name")"
	done
}

cat <<'END'
# Diagnostics

Every message of `tgc` about a policy has a name, which stands in brackets at the end of its first
line. Names are never reused. `tgc explain NAME` prints its page: what it means, why, what to do,
with a policy that gets it and one that does not. `tgc explain --list` prints all names.

This page is made from `compiler/diag/diag.def` and `compiler/diag/rules.def` by `make docs`.

## Levels

An error refuses the policy: exit code 1 and no output. A warning does not, unless `--strict` is
given. Most errors are errors always, as there is nothing that could be compiled; the level of a
rule is yours to choose:

| option | effect |
|---|---|
| `-W NAME` | the rule is a warning |
| `-E NAME` | the rule is an error |
| `-A NAME` | the rule is off |
| `-W all` | rules that are off are warnings |
| `-E all` | rules that are on are errors |
| `-A all` | rules are off |

Later options win over earlier ones. `-W all -E all -A long-tag` is: all rules, as errors, but one.

The same message at the same place is reported once, also when it is found for several kernels; a
note says for which, if not for all. At most 20 messages are shown as text, or `--error-limit N`.

## Formats

`--format text` is for people. Colours: `--color always` or `never`; without it `NO_COLOR` turns
them off, `CLICOLOR_FORCE` on, and else a terminal gets them. The other formats have all messages,
whatever the limit.

`--format json` is one document:

| key | value |
|---|---|
| `version` | 1; a change that a reader must know of makes it 2 |
| `tool` | name and version |
| `diagnostics[]` | `rule`, `level`, `message`; `file`, `line`, `column`, `endLine`, `endColumn` unless it has no place; `notes[]`, `hints[]`, `fixes[]`, `kernels[]` |
| `notes[]` | `message`, and the keys of a place if it has one |
| `hints[]` | strings, which may have several lines |
| `fixes[].edits[]` | a place, `offset` and `length` in bytes, and the `text` to put there; all edits or none |
| `kernels[]` | the kernels it was found for; empty: it does not depend on them |
| `counts` | `errors`, `warnings` |

Lines and columns count from 1, columns in characters; the end is exclusive. Bytes of names that
are no UTF-8, and control characters, are shown as `\xff`.

`--format sarif` is SARIF 2.1.0, with rules, fixes, related places and fingerprints that stay when
lines are added above. `--format github` writes workflow commands, which GitHub shows as annotations.

## Fixes

Some messages carry edits that remove their cause for certain: a misspelt word, quotes, a sign.
Edits of one message are applied together or not at all. What was found for some of several kernels
but not for all is never edited.

## Errors, always
END
table compiler/diag/diag.def
printf '\n## Rules\n\nTheir levels can be chosen. `off`: reported only with `-W` or `-E`.\n'
table compiler/diag/rules.def
