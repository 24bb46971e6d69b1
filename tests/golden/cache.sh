#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cache.sh TGC BTF: the cache of tgc compile gives what a compilation would give, or nothing; and
# what is left of a compilation that is interrupted, or cannot write.
set -u
tgc=$(realpath "$1")
btf=$(realpath "$2")
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
export TGC_CACHE_DIR="$work/cache" TMPDIR="$work/tmp"
mkdir tmp out
passed=0
failed=0

# is DESCRIPTION COMMAND...: it succeeds.
is()
{
	description=$1
	shift
	[ ! -e said ] || cp said before
	if "$@" >said 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "cache: $description:"
		sed 's/^/	/' said
	fi
}

not()
{
	! "$@"
}

for name in one other; do
	openssl genpkey -algorithm ed25519 -out $name.key 2>/dev/null &&
		openssl req -x509 -new -key $name.key -subj /CN=$name -days 30 -out $name.pem \
			2>/dev/null || exit 3
done

policy() # NAME CALL PATH TYPE
{
	cat <<END
apiVersion: cilium.io/v1alpha1
kind: TracingPolicy
metadata:
  name: $1
spec:
  kprobes:
  - call: $2
    syscall: false
    args:
    - {index: 0, type: file}
    - {index: 1, type: $4}
    selectors:
    - matchArgs:
      - {index: 0, operator: Prefix, values: [$3/10, $3/11, $3/12, $3/13, $3/14, $3/15, $3/16, $3/17, $3/18, $3/19, $3/20, $3/21,
          $3/22, $3/23, $3/24, $3/25, $3/26, $3/27, $3/28, $3/29, $3/30, $3/31, $3/32, $3/33]}
END
}

policy one security_file_permission /etc int >one.yaml
policy wide security_file_permission /etc int64 >wide.yaml
{
	policy a security_file_permission /etc int
	echo ---
	policy b security_file_open /opt int | sed '/index: 1, type/d'
} >two.yaml
sed 's|/opt/|/srv/|' two.yaml >changed.yaml

# A clang of our own: when it cannot be run any more, only the cache can help.
cp "$(realpath "$(command -v clang)")" clang
export TGC_CLANG="$work/clang"

compile() # OUT FILE OPTIONS...
{
	out=$1
	shift
	"$tgc" compile -o "$out" --btf "$btf" --name cached --key one.key --cert one.pem "$@"
}

without_clang() # COMMAND...
{
	chmod -x clang
	"$@"
	status=$?
	chmod +x clang
	return $status
}

entries()
{
	find cache -type f | wc -l
}

# ---- the same ---------------------------------------------------------------------------------

is 'a policy compiles' compile first.tgb wide.yaml
cp said warnings
is 'its warning is there' grep -q arg-width warnings
is 'a second time without clang' without_clang compile second.tgb wide.yaml
is 'the warning is shown again' cmp before warnings
is 'the same bytes' cmp first.tgb second.tgb
is 'the same bytes without a cache' compile plain.tgb wide.yaml --no-cache
is 'they are' cmp first.tgb plain.tgb
is 'another signer' without_clang compile other.tgb wide.yaml --key other.key --cert other.pem
is 'has signed it' "$tgc" bundle verify --cert other.pem other.tgb
is 'no path of this machine is kept' not grep -rq "$work" cache

# ---- not the same -----------------------------------------------------------------------------

is 'a changed policy' not without_clang compile x.tgb one.yaml
is 'another name of the file' sh -c 'cp wide.yaml renamed.yaml'
is 'is another policy' not without_clang compile x.tgb renamed.yaml
is 'another name of the bundle' not without_clang compile x.tgb wide.yaml --name other
is 'another version' not without_clang compile x.tgb wide.yaml --bundle-version 2
is 'another form of messages' not without_clang compile x.tgb wide.yaml --format json
is 'a strict compilation' not without_clang compile x.tgb wide.yaml --strict
cp "$btf" kernel
is 'the same kernel in another file' compile x.tgb one.yaml --btf kernel
printf x >>kernel
is 'another kernel in the same file' not without_clang compile x.tgb one.yaml --btf kernel
is 'a report is made anew' not without_clang compile x.tgb wide.yaml --report
rm -f x.tgb
is '--no-cache does not look' not without_clang compile x.tgb wide.yaml --no-cache
mv cache kept
is '--no-cache keeps nothing' compile x.tgb wide.yaml --no-cache
is 'nothing at all' not test -e cache

# ---- not to be trusted ------------------------------------------------------------------------

cp -r kept cache
find cache -type f | while read -r file; do
	size=$(stat -c %s "$file")
	printf '\377' | dd of="$file" bs=1 seek=$((size - 1)) conv=notrunc 2>/dev/null
done
is 'altered entries are compiled again' compile second.tgb wide.yaml
is 'to the same' cmp first.tgb second.tgb
is 'and are whole again' without_clang compile second.tgb wide.yaml
find cache -type f -exec truncate -s 20 {} +
is 'cut entries are compiled again' compile second.tgb wide.yaml
is 'to the same as well' cmp first.tgb second.tgb
for file in $(find cache -type f); do
	for other in $(find cache -type f); do
		[ "$file" = "$other" ] || cp "$other" "$file"
	done
done
is 'entries under the names of others' compile second.tgb wide.yaml
is 'are not taken' cmp first.tgb second.tgb
find cache -type f -exec chmod g+w {} +
is 'what others may write is not taken' not without_clang compile x.tgb wide.yaml
find cache -type f -exec chmod g-w {} +
is 'what they may not write is' without_clang compile second.tgb wide.yaml
chmod g+w cache
is 'nor what is in a folder that they may write' not without_clang compile x.tgb wide.yaml
chmod g-w cache
is 'a link for a folder' sh -c 'mv cache there && ln -s there cache'
is 'is not followed' not without_clang compile x.tgb wide.yaml
rm -rf cache there kept
is 'a folder that cannot be made' env TGC_CACHE_DIR=/proc/nowhere "$tgc" compile one.yaml \
	-o x.tgb --btf "$btf" --key one.key --cert one.pem
printf '#!/bin/sh\nexec clang "$@"\n' >script
chmod +x script
is 'a script compiles' env TGC_CLANG="$work/script" "$tgc" compile one.yaml -o x.tgb \
	--btf "$btf" --key one.key --cert one.pem
is 'but may do something else next time' test "$(entries 2>/dev/null)" -eq 0

# ---- objects ----------------------------------------------------------------------------------

rm -rf cache
is 'two hooks' compile two.tgb two.yaml
before=$(entries)
is 'one of them changed' compile changed.tgb changed.yaml
is 'is one object and one result more' test "$(entries)" -eq $((before + 2))
is 'all anew' compile anew.tgb changed.yaml --no-cache -j 1
is 'the same, byte by byte' cmp anew.tgb changed.tgb

# ---- many at once, and room -------------------------------------------------------------------

rm -rf cache
for i in 1 2 3 4; do
	compile at-once-$i.tgb two.yaml 2>/dev/null &
done
wait
for i in 1 2 3 4; do
	is "at once: $i" cmp two.tgb at-once-$i.tgb
done
is 'nothing half-written' test -z "$(find cache -name '.new-*')"
for part in cache/*; do
	for i in 1 2 3 4; do
		truncate -s 5M "$part/old$i"
	done
	: >"$part/.new-left"
	touch -d '2 hours ago' "$part"/old* "$part/.new-left"
done
rm -f cache/*/????????????????????*
is 'something new' compile two.tgb two.yaml
is 'makes room' test "$(find cache -name 'old1' | wc -l)" -lt "$(find cache -name 'old4' | wc -l)"
is 'and tidies up' test "$(find cache -name '.new-left' | wc -l)" -lt "$(find cache -name old4 | wc -l)"

# ---- interrupted, and a full disk -------------------------------------------------------------

nothing_left()
{
	test -z "$(find out tmp -type f)"
}

# A process that nobody waits for is there as a zombie.
runs()
{
	grep -q '^State:.[^Z]' "/proc/$1/status" 2>/dev/null
}

ends()
{
	tries=0
	while runs "$1" && [ $tries -lt 100 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	[ $tries -lt 100 ]
}

printf '#!/bin/sh\necho $$ >"%s/pid"\nexec sleep 60\n' "$work" >slow
chmod +x slow
for signal in INT TERM; do
	rm -f pid
	# A shell's background jobs ignore SIGINT.
	env --default-signal=INT TGC_CLANG="$work/slow" "$tgc" compile one.yaml -o out/x.tgb \
		--no-cache --btf "$btf" --key one.key --cert one.pem 2>/dev/null &
	child=$!
	while [ ! -s pid ]; do
		sleep 0.05
	done
	kill -$signal $child
	wait $child 2>/dev/null
	is "SIG$signal ends it" test $? -gt 128
	is "SIG$signal: no output" nothing_left
	is "SIG$signal: clang ends, too" ends "$(cat pid)"
done
is 'a result in the cache' compile out/x.tgb one.yaml
rm -f out/x.tgb
full()
{
	(
		ulimit -f 16
		compile out/x.tgb one.yaml
	)
}
is 'no room for the bundle' not full
is 'is said' grep -q 'File too large' before
is 'and leaves nothing' nothing_left

# ---- progress ---------------------------------------------------------------------------------

slowly()
{
	printf '#!/bin/sh\nsleep 1.3\nexec clang "$@"\n' >slow
	env TGC_CLANG="$work/slow" "$tgc" compile one.yaml -o x.tgb --no-cache \
		--btf "$btf" --key one.key --cert one.pem "$@"
}
is 'a slow one' slowly
is 'is quiet' test ! -s before
is 'unless asked' slowly --progress
is 'for progress' grep -qx 'tgc: compiling, 1 of 1' before

echo "cache: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
