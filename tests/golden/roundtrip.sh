#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From YAML to .tg and back: `tgc dump --stage ir --no-places` of all three is the same, for every
# policy of this tree and of Tetragon's examples (where they are beside it) that can be read. What
# `convert` writes is what `fmt` would, and comments are kept. `fmt` of the YAML is the same policy,
# with the same comments, and stays as it is. Half of the examples have at most LIMIT per cent of
# their lines in .tg.
LIMIT=35

cd "$(dirname "$0")/../.." || exit 3
tgc=${TGC:-build/tgc}
btf=build/tests/fixture.bpf.o
corpus=${CORPUS:-../shared/corpus}
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
passed=0
failed=0

fail()
{
	echo "roundtrip: FAIL $1: $2"
	failed=$((failed + 1))
}

ir()
{
	"$tgc" dump --stage ir --no-places --btf "$btf" "$1" 2>"$tmp/err"
}

comments()
{
	grep -o '\(^\|[ 	]\)#.*' "$1" | sed 's/^[ 	]*//; s/[ 	\r]*$//' | sort
}

# laid_out FILE.yaml: `a.ir` and `a.comments` are what it means
laid_out()
{
	"$tgc" fmt --language yaml - <"$1" >"$tmp/f.yaml" 2>"$tmp/err" || { fail "$1" "no layout"; return 1; }
	"$tgc" fmt --check "$tmp/f.yaml" >"$tmp/err" 2>&1 || { fail "$1" "another layout of the layout"; return 1; }
	ir "$tmp/f.yaml" >"$tmp/f.ir" || { fail "$1" "the layout cannot be read"; return 1; }
	comments "$tmp/f.yaml" >"$tmp/f.comments"
	diff "$tmp/a.comments" "$tmp/f.comments" >"$tmp/err" || { fail "$1" "the layout loses comments"; return 1; }
	diff -u "$tmp/a.ir" "$tmp/f.ir" >"$tmp/err" || { fail "$1" "the layout says something else"; return 1; }
}

# check FILE.yaml: 2 when it cannot be read
check()
{
	ir "$1" >"$tmp/a.ir" || return 2
	if ! "$tgc" convert --to tg "$1" >"$tmp/b.tg" 2>"$tmp/err"; then
		fail "$1" "no .tg of it"
	elif ! ir "$tmp/b.tg" >"$tmp/b.ir"; then
		fail "$1" "the .tg cannot be read"
	elif ! diff -u "$tmp/a.ir" "$tmp/b.ir" >"$tmp/err"; then
		fail "$1" "the .tg says something else"
	elif ! "$tgc" convert --to yaml "$tmp/b.tg" >"$tmp/c.yaml" 2>"$tmp/err" || ! ir "$tmp/c.yaml" >"$tmp/c.ir"; then
		fail "$1" "no YAML of the .tg"
	elif ! diff -u "$tmp/a.ir" "$tmp/c.ir" >"$tmp/err"; then
		fail "$1" "the YAML of the .tg says something else"
	elif ! "$tgc" fmt --check "$tmp/b.tg" >"$tmp/err" 2>&1; then
		fail "$1" "fmt would change the .tg"
	else
		comments "$1" >"$tmp/a.comments"
		comments "$tmp/b.tg" >"$tmp/b.comments"
		comments "$tmp/c.yaml" >"$tmp/c.comments"
		if diff "$tmp/a.comments" "$tmp/b.comments" >"$tmp/err" && diff "$tmp/a.comments" "$tmp/c.comments" >"$tmp/err"; then
			if laid_out "$1"; then
				passed=$((passed + 1))
				return 0
			fi
		else
			fail "$1" "comments are lost"
		fi
	fi
	sed -n '1,20p' "$tmp/err"
	return 1
}

lines()
{
	grep -c '[^ 	\r]' "$1"
}

[ -x "$tgc" ] || { echo "roundtrip: no $tgc"; exit 3; }
for file in stdlib-policies/*.yaml tests/golden/tir/*.yaml tests/golden/front/*-ok.yaml tests/golden/yaml/*.yaml; do
	[ ! -f "$file" ] || check "$file"
done
# The first example of the manual has no findings.
awk '/^```/ { n++; next } n == 1' docs/language.md >"$tmp/doc.tg"
if "$tgc" lint -q --no-project --btf "$btf" "$tmp/doc.tg" >"$tmp/err" 2>&1 && [ -s "$tmp/doc.tg" ]; then
	passed=$((passed + 1))
else
	fail docs/language.md 'the first example has findings'
	cat "$tmp/err"
fi
if [ -f "$corpus/index.csv" ]; then
	tr -d '\r' <"$corpus/index.csv" | awk -F, 'NR > 1 { print $1 }' >"$tmp/names"
	while read -r name; do
		check "$corpus/$name" || continue
		echo $((100 * $(lines "$tmp/b.tg") / $(lines "$corpus/$name"))) >>"$tmp/sizes"
	done <"$tmp/names"
	median=$(sort -n "$tmp/sizes" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')
	echo "roundtrip: half of $(wc -l <"$tmp/sizes") examples have at most $median % of their lines"
	[ "$median" -le "$LIMIT" ] || fail corpus "more than $LIMIT %"
else
	echo "roundtrip: SKIPPED the examples, no $corpus"
fi
echo "roundtrip: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
