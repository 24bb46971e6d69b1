#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The manual pages are correct mdoc, and what is made from the sources is up to date.
cd "$(dirname "$0")/.." || exit 3
passed=0
failed=0

for page in docs/man/*.[1-8]; do
	[ -f "$page" ] || continue
	if mandoc -T lint -W warning "$page"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
done
[ "$passed$failed" != 00 ] || failed=1

if sh tests/diagnostics.sh | diff -u docs/diagnostics.md -; then
	passed=$((passed + 1))
else
	echo "docs: diagnostics.md is not what compiler/diag/diag.def says: make docs"
	failed=$((failed + 1))
fi
echo "docs: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
