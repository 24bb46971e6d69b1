#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# coverage.sh COVERAGE REASONS CASE...: prints the table, fails for what has neither a case nor a
# reason, and when docs/coverage.md is another table.
coverage=$1
shift
"$coverage" "$@"
status=$?
if ! "$coverage" --markdown "$@" | diff -u docs/coverage.md -; then
	echo 'coverage: docs/coverage.md is not what the cases say: make docs'
	status=1
fi
exit $status
