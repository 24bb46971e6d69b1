#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The form of the C sources: clang-format, files below 1000 lines, functions of at most 120.
cd "$(dirname "$0")/.." || exit 3
files=$(git ls-files -co --exclude-standard -- '*.c' '*.h')
passed=0
failed=0

for file in $files; do
	[ -f "$file" ] || continue
	problem=
	clang-format --dry-run -Werror "$file" 2>/dev/null || problem="clang-format -i would change it"
	[ "$(wc -l <"$file")" -lt 1000 ] || problem="1000 lines or more"
	long=$(ctags -x --_xformat='%{end} %n %N' --c-kinds=f "$file" 2>/dev/null |
		awk '$1 - $2 >= 120 { print $3 }')
	[ -z "$long" ] || problem="a function of more than 120 lines: $long"
	if [ -n "$problem" ]; then
		echo "style: $file: $problem"
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
done
echo "style: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
