#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# transcript.sh TGC BTF FILE: runs the commands of FILE (lines that begin with `$ `) one after
# another in a new folder and compares all they print, and how they end, with what stands below
# each. `fixture` is a copy of BTF there, TGC_PROFILES a folder of its own. BLESS=1 rewrites FILE.

tgc=$(realpath "$1") && btf=$(realpath "$2") && file=$(realpath "$3") || exit 3
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/in" && ln -s "$tgc" "$work/bin/tgc" && cp "$btf" "$work/in/fixture" || exit 3
cd "$work/in" || exit 3
export PATH="$work/bin:$PATH" TGC_PROFILES="store" LC_ALL=C

grep '^#' "$file" >"$work/now"
sed -n 's/^\$ //p' "$file" >"$work/commands"
while IFS= read -r command; do
	printf '\n$ %s\n' "$command"
	sh -c "$command" 2>&1 </dev/null
	status=$?
	[ "$status" -eq 0 ] || echo "[exit $status]"
done <"$work/commands" >>"$work/now"
if [ -n "$BLESS" ]; then
	cp "$work/now" "$file"
else
	diff -u "$file" "$work/now"
fi
