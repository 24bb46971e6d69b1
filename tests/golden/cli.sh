#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cli.sh TGC BTF: the command line of tgc. Exit codes; that a run which fails leaves nothing
# behind and changes nothing; that the same policies give the same bytes anywhere.

tgc=$(realpath "$1") && btf=$(realpath "$2") && here=$(realpath "$(dirname "$0")") || exit 3
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
passed=0
failed=0

pass()
{
	passed=$((passed + 1))
}

fail()
{
	echo "cli: FAIL $1: $2"
	sed 's/^/    /' said | head -20
	failed=$((failed + 1))
}

# What a compilation may touch: a folder for the output, with one there, and one for temporaries.
fresh()
{
	rm -rf out tmp
	mkdir out tmp
	echo before >out/there.tgb
}

# ends DESCRIPTION STATUS TEXT COMMAND...: it ends with this status and TEXT in what it says,
# and, unless the status is 0, output and temporary folders are as they were.
ends()
{
	description=$1
	wanted=$2
	text=$3
	shift 3
	fresh
	TMPDIR=$work/tmp "$@" >said 2>&1 </dev/null
	status=$?
	if [ "$status" -ne "$wanted" ]; then
		fail "$description" "exit status $status, not $wanted"
	elif [ -n "$text" ] && ! grep -qF -e "$text" said; then
		fail "$description" "it does not say: $text"
	elif [ -n "$(ls -A tmp)" ]; then
		fail "$description" "left in TMPDIR: $(ls -A tmp)"
	elif [ "$wanted" -ne 0 ] && [ "$(ls -A out) $(cat out/there.tgb)" != "there.tgb before" ]; then
		fail "$description" "output was touched: $(ls -A out)"
	else
		pass
	fi
}

# is DESCRIPTION COMMAND...: it succeeds.
is()
{
	description=$1
	shift
	if "$@" >said 2>&1; then
		pass
	else
		fail "$description" "false"
	fi
}

make_key() # NAME genpkey options...
{
	name=$1
	shift
	openssl genpkey "$@" -out "$name.key" 2>/dev/null &&
		openssl req -x509 -new -key "$name.key" -subj "/CN=$name" -days 30 \
			-out "$name.pem" 2>/dev/null
}

policy() # NAME CALL
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
    selectors:
    - matchArgs:
      - {index: 0, operator: Prefix, values: [/etc/]}
      matchBinaries:
      - {operator: NotIn, values: [/usr/bin/cat]}
END
}

compile() # FILE... further options
{
	"$tgc" compile --btf "$btf" --key rsa.key --cert rsa.pem "$@"
}

make_key rsa -algorithm RSA -pkeyopt rsa_keygen_bits:2048 || exit 3
make_key ed25519 -algorithm ed25519 || exit 3
openssl pkey -in rsa.key -aes256 -passout pass:secret -out locked.key || exit 3
policy files security_file_permission >good.yaml
policy more security_file_open >more.yaml
policy files security_file_permision >bad.yaml
{ cat bad.yaml; echo ---; policy more nothing_like_it; } >worse.yaml
sed 's/- {index: 0, type: file}/&\
    - {index: 1, type: int64}/' good.yaml >wide.yaml
head -c 17825792 /dev/zero | tr '\0' '#' >large.yaml
echo garbage >garbage

# ---- usage: 2 -------------------------------------------------------------------------------

ends 'no arguments' 2 'which command?' "$tgc"
ends 'unknown command' 2 '`frobnicate`' "$tgc" frobnicate
ends 'unknown option' 2 'frobnicate' compile good.yaml -o out/new.tgb --frobnicate
ends 'no policy' 2 'no policy' compile -o out/new.tgb
ends 'no output' 2 '-o' compile good.yaml
ends 'no key' 2 '--key' "$tgc" compile good.yaml -o out/new.tgb --btf "$btf" --cert rsa.pem
ends 'no certificate' 2 '--cert' "$tgc" compile good.yaml -o out/new.tgb --btf "$btf" --key rsa.key
ends 'an option without its value' 2 'requires an argument' compile good.yaml -o
ends 'a budget of nothing' 2 '`0` is no number of instructions' \
	compile good.yaml -o out/new.tgb --max-insns 0
ends 'a budget in no unit' 2 '`64q` is no number of bytes' \
	compile good.yaml -o out/new.tgb --max-memory 64q
ends 'a report in SARIF' 2 '--report has no SARIF form' \
	compile good.yaml -o out/new.tgb --report --format sarif
ends 'no number' 2 'is not a version' compile good.yaml -o out/new.tgb --bundle-version one
ends 'a negative number' 2 'is not a version' compile good.yaml -o out/new.tgb --bundle-version -1
ends 'no limit' 2 'is not a number' compile good.yaml -o out/new.tgb --error-limit many
ends 'no name for a bundle' 2 'cannot name a bundle' compile good.yaml -o out/new.tgb --name 'A b'
ends 'unknown stage' 2 'no stage `soup`' "$tgc" dump --stage soup good.yaml
ends 'no such format' 2 'there is no format `xml`' compile good.yaml -o out/new.tgb --format xml
ends 'no such colour' 2 '`--color` is auto' compile good.yaml -o out/new.tgb --color pink
ends 'no such rule' 2 'did you mean `arg-width`?' compile good.yaml -o out/new.tgb -W arg-widht
ends 'an error is always one' 2 '`unknown-function` is always an error' \
	compile bad.yaml -o out/new.tgb -A unknown-function
ends 'explain without a name' 2 'explain what?' "$tgc" explain
ends 'explain no message' 2 'did you mean `arg-width`?' "$tgc" explain arg-widht
ends 'explain with another option' 2 'frobnicate' "$tgc" explain --frobnicate
ends 'bundle without a command' 2 'usage' "$tgc" bundle
ends "another key's certificate" 2 'no certificate' \
	"$tgc" compile good.yaml -o out/there.tgb --btf "$btf" --key rsa.key --cert ed25519.pem

# ---- bad policies: 1 ------------------------------------------------------------------------

ends 'a policy with an error' 1 '[unknown-function]' compile bad.yaml -o out/there.tgb
ends 'one of two with an error' 1 'bad.yaml:7:11' compile more.yaml bad.yaml -o out/there.tgb
ends 'a policy that is too large' 1 'large.yaml is larger' compile large.yaml -o out/there.tgb
ends 'a warning with --strict' 1 '[arg-width]' compile wide.yaml -o out/there.tgb --strict
ends 'over the budget of instructions' 1 'good.yaml:7:11: error: the program for `security_file_permission`' \
	compile good.yaml -o out/there.tgb --max-insns 100
ends 'over the budget of stack' 1 'bytes of stack; the budget is 32' \
	compile good.yaml -o out/there.tgb --max-stack 32
ends 'over the budget of memory' 1 'tgc: error: the maps of the bundle take up to' \
	compile good.yaml -o out/there.tgb --max-memory 1k
ends 'over the budget of events' 1 'a record of `security_file_permission` has up to 4168 bytes' \
	compile good.yaml -o out/there.tgb --max-event-bytes 4167
ends 'a warning made an error' 1 'error: `int64`' compile wide.yaml -o out/there.tgb -E arg-width
ends 'all rules made errors' 1 'error: `int64`' compile wide.yaml -o out/there.tgb -E all
ends 'a message as JSON' 1 '"rule": "unknown-function"' \
	compile bad.yaml -o out/there.tgb --format json
ends 'a message as SARIF' 1 '"ruleId": "unknown-function"' \
	compile bad.yaml -o out/there.tgb --format sarif
ends 'a message as annotation' 1 '::error file=bad.yaml,line=7,' \
	compile bad.yaml -o out/there.tgb --format github
ends 'a message in colour' 1 '[1;31merror:' compile bad.yaml -o out/there.tgb --color always
ends 'no YAML' 1 'garbage:1' compile garbage -o out/there.tgb
ends 'an empty file' 1 '[empty-file]' compile /dev/null -o out/there.tgb
ends 'only so many errors are shown' 1 'and 1 more' \
	compile worse.yaml -o out/there.tgb --error-limit 1
printf '#!/bin/sh\necho "unit.c:1: what is this"; exit 1\n' >refuses
printf '#!/bin/sh\nkill -SEGV $$\n' >crashes
printf '#!/bin/sh\necho nothing\n' >writes-nothing
chmod +x refuses crashes writes-nothing
ends 'clang refuses' 1 '[build-failed]' \
	env TGC_CLANG="$work/refuses" "$tgc" compile good.yaml -o out/there.tgb --btf "$btf" \
	--key rsa.key --cert rsa.pem
ends 'clang says why' 1 'what is this' \
	env TGC_CLANG="$work/refuses" "$tgc" compile good.yaml -o out/there.tgb --btf "$btf" \
	--key rsa.key --cert rsa.pem
ends 'clang dies' 1 '[build-failed]' \
	env TGC_CLANG="$work/crashes" "$tgc" compile good.yaml -o out/there.tgb --btf "$btf" \
	--key rsa.key --cert rsa.pem
ends 'no bundle' 1 'garbage' "$tgc" bundle inspect garbage

# ---- this machine: 3 ------------------------------------------------------------------------

ends 'no such policy' 3 'cannot read nowhere.yaml' compile nowhere.yaml -o out/there.tgb
ends 'a folder without policies' 2 'out: there is no policy file here' compile out -o out/there.tgb
ends 'no clang' 3 'cannot run /nonexistent' \
	env TGC_CLANG=/nonexistent "$tgc" compile good.yaml -o out/there.tgb --btf "$btf" \
	--key rsa.key --cert rsa.pem
ends 'clang makes no object' 3 'no object' \
	env TGC_CLANG="$work/writes-nothing" "$tgc" compile good.yaml -o out/there.tgb \
	--btf "$btf" --key rsa.key --cert rsa.pem
ends 'no folder for temporaries is needed' 0 '' \
	env TMPDIR=/nonexistent "$tgc" compile good.yaml -o out/there.tgb --btf "$btf" \
	--key rsa.key --cert rsa.pem
ends 'no folder for the output' 3 'nowhere/new.tgb' compile good.yaml -o nowhere/new.tgb
ends 'a folder that takes no files' 3 '/proc/new.tgb' compile good.yaml -o /proc/new.tgb
ends 'a folder for the output file' 3 'not a regular file' compile good.yaml -o out
ends 'no such type information' 3 'nowhere' compile good.yaml -o out/there.tgb --btf nowhere
ends 'no type information' 3 'garbage' compile good.yaml -o out/there.tgb --btf garbage
ends 'no such key' 3 'nowhere' compile good.yaml -o out/there.tgb --key nowhere
ends 'no key in the file' 3 'garbage' compile good.yaml -o out/there.tgb --key garbage
ends 'no such certificate' 3 'nowhere' compile good.yaml -o out/there.tgb --cert nowhere
ends 'a key without its passphrase' 3 'TGC_KEY_PASSPHRASE' \
	compile good.yaml -o out/there.tgb --key locked.key
ends 'a wrong passphrase' 3 'TGC_KEY_PASSPHRASE' \
	env TGC_KEY_PASSPHRASE=guess "$tgc" compile good.yaml -o out/there.tgb --btf "$btf" \
	--key locked.key --cert rsa.pem
ends 'no room for a dump' 3 'cannot be written' \
	sh -c '"$1" dump --stage ast good.yaml >/dev/full' sh "$tgc"
ends 'no such bundle' 3 'nowhere' "$tgc" bundle inspect nowhere

# ---- success: 0 -----------------------------------------------------------------------------

ends 'help' 0 'tgc compile POLICY' "$tgc" help
ends '--help' 0 'Exit codes' "$tgc" --help
ends 'version' 0 'tgc ' "$tgc" version
ends '--version' 0 'tgc ' "$tgc" --version
ends 'a policy' 0 '' compile good.yaml more.yaml -o out/there.tgb
is 'it is verified' "$tgc" bundle verify --cert rsa.pem out/there.tgb
"$tgc" bundle verify --cert rsa.pem out/there.tgb >verified 2>&1
is 'its name is that of the file' grep -q 'good: there version 1' verified
is 'not with another certificate' sh -c '! "$1" bundle verify --cert ed25519.pem out/there.tgb' sh "$tgc"
is 'everybody may read it' [ "$(stat -c %a out/there.tgb)" = "$(printf %o $((0666 & ~0$(umask))))" ]
ends 'within the budget' 0 '' compile good.yaml -o out/new.tgb --max-insns 10k --max-stack 512 \
	--max-memory 4M --max-event-bytes 4168
ends 'a report' 0 'records of at most 4168 bytes' compile good.yaml -o out/new.tgb --report
ends 'a report as JSON' 0 '"longest_path": ' compile good.yaml -o out/new.tgb --report --format json
ends 'a name and a version' 0 '' compile good.yaml -o out/new.tgb --name other --bundle-version 7
"$tgc" bundle verify --cert rsa.pem out/new.tgb >verified 2>&1
is 'they are in the bundle' grep -q 'good: other version 7' verified
ends 'a passphrase' 0 '' env TGC_KEY_PASSPHRASE=secret "$tgc" compile good.yaml -o out/new.tgb \
	--btf "$btf" --key locked.key --cert rsa.pem
ends 'warnings are no errors' 0 '[arg-width]' compile wide.yaml -o out/new.tgb
is 'and there is a bundle' [ -s out/new.tgb ]
ends 'a rule that is off, with --strict' 0 '' compile wide.yaml -o out/new.tgb --strict -A arg-width
ends 'no messages as JSON' 0 '"diagnostics": []' compile good.yaml -o out/new.tgb --format json
ends 'a page' 0 'Level: warning' "$tgc" explain arg-width
ends 'the names of messages' 0 'unknown-function         error, always' "$tgc" explain --list
"$tgc" explain arg-width >page 2>&1
is 'a page is plain text' sh -c '! grep -q "^#\|\`\`\`" page && grep -q "^    kind: TracingPolicy" page'
is 'annotations go to standard output' sh -c '"$1" compile bad.yaml -o out/new.tgb --btf "$2" \
	--key rsa.key --cert rsa.pem --format github 2>/dev/null | grep -q ^::error' sh "$tgc" "$btf"
is 'the formats do not mix with a dump' sh -c '"$1" dump --stage ast wide.yaml --format json \
	2>/dev/null | grep -q security_file_permission' sh "$tgc"
is 'a policy from standard input' \
	sh -c '"$1" dump --stage c --btf "$2" - <good.yaml' sh "$tgc" "$btf"
is 'its name in messages' \
	sh -c '"$1" dump --stage c --btf "$2" - <bad.yaml 2>&1 | grep "^<stdin>:7:11"' sh "$tgc" "$btf"

# ---- the same bytes anywhere ----------------------------------------------------------------

mkdir here there there/deeper there/tmp
cp good.yaml more.yaml here
cp good.yaml more.yaml there/deeper
for kind in rsa ed25519; do
	(cd here && TMPDIR=$work/tmp "$tgc" compile good.yaml more.yaml -o same.tgb --btf "$btf" \
		--key ../$kind.key --cert ../$kind.pem)
	(cd / && umask 077 && TMPDIR=$work/there/tmp TZ=Asia/Tokyo LC_ALL=C HOME=/ "$tgc" compile \
		"$work/there/deeper/good.yaml" "$work/there/deeper/more.yaml" \
		-o "$work/there/same.tgb" --btf "$btf" --key "$work/$kind.key" --cert "$work/$kind.pem")
	is "$kind: the same bytes in another place" cmp here/same.tgb there/same.tgb
	is "$kind: they are signed" "$tgc" bundle verify --cert $kind.pem there/same.tgb
	rm -f here/same.tgb there/same.tgb
done

# ---- whole transcripts ----------------------------------------------------------------------

is 'kernel profiles and types' \
	sh "$here/transcript.sh" "$tgc" "$btf" "$here/kernels.transcript"

echo "cli: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
