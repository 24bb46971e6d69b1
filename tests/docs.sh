#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The manual pages are correct mdoc.
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
echo "docs: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
