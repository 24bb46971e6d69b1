#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# diagnostics.sh: docs/diagnostics.md, made from compiler/diag.def, to standard output.
cd "$(dirname "$0")/.." || exit 3

# The test case whose expected messages show this one: the one of its name, if any.
example()
{
	for case in tests/golden/*/"$1".err tests/golden/*/"$1"-*.err tests/golden/*/*.err; do
		[ -f "$case" ] && grep -q "\[$1\]\$" "$case" || continue
		echo "[text](../$case)"
		return
	done
}

cat <<'END'
# Diagnostics

Every message of `tgc` about a policy has a name, which stands in brackets at the end of its first
line. Names are never reused. An error refuses the policy: exit code 1 and no output; a warning does
not. The examples are the texts that the tests expect.

This page is made from `compiler/diag.def` by `make docs`.
END

sed -n \
	-e '/SPDX/d' -e '/^\/\* DIAG(/d' \
	-e 's|^/\* \(.*\)\. \*/$|section:\1|p' \
	-e 's|^DIAG([A-Z_0-9]*, "\([a-z-]*\)", DIAG_\([A-Z]*\)).*/\* \(.*\) \*/$|\1:\2:\3|p' \
	compiler/diag.def |
while IFS=: read -r name level meaning; do
	if [ "$name" = section ]; then
		printf '\n## %s%s\n\n| name | level | meaning | example |\n|---|---|---|---|\n' "$level" \
			"${meaning:+:$meaning}"
		continue
	fi
	level=$(echo "$level" | tr '[:upper:]' '[:lower:]')
	printf '| `%s` | %s | %s | %s |\n' "$name" "$level" "$meaning" "$(example "$name")"
done
