#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# lint.sh TGC BTF: tgc lint, tgc init and the project file.
# tests/golden/project/NAME.project is a wrong project file, NAME.err the full text of what is said
# of it (BLESS=1 rewrites these). The rest are command lines: exit code, and text in the output.

tgc=$(realpath "$1") && btf=$(realpath "$2") || exit 3
cd "$(dirname "$0")/project" || exit 3
cases=$PWD
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

pass()
{
	passed=$((passed + 1))
}

fail()
{
	echo "lint: FAIL $1: $2"
	cat "$work/out" "$work/err" 2>/dev/null | sed 's/^/    /' | head -20
	failed=$((failed + 1))
}

# ---- wrong project files ----------------------------------------------------------------------

for case in *.project; do
	name=${case%.project}
	"$tgc" lint --project "$case" >"$work/out" 2>"$work/err"
	status=$?
	[ -z "$BLESS" ] || cp "$work/err" "$name.err"
	if [ "$status" -ne 2 ]; then
		fail "$name" "exit status $status"
	elif [ -s "$work/out" ] || ! diff -u "$name.err" "$work/err" >"$work/out"; then
		fail "$name" "other messages"
	else
		pass
	fi
done

# ---- a tree of policies -----------------------------------------------------------------------

cd "$work" || exit 3

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
END
}

# ends DESCRIPTION STATUS TEXT COMMAND...: it ends with this status and has TEXT in its output.
ends()
{
	description=$1
	wanted=$2
	text=$3
	shift 3
	"$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	if [ "$status" -ne "$wanted" ]; then
		fail "$description" "exit status $status, not $wanted"
	elif [ -n "$text" ] && ! cat "$work/out" "$work/err" | grep -qF -e "$text"; then
		fail "$description" "it does not say: $text"
	else
		pass
	fi
}

# is DESCRIPTION COMMAND...: it succeeds; of the run before.
is()
{
	description=$1
	shift
	if "$@" >/dev/null 2>&1; then pass; else fail "$description" "false"; fi
}

lint()
{
	"$tgc" lint --btf "$btf" "$@"
}

mkdir -p tree/policies/more tree/.git tree/deep/down plain empty
policy good security_file_open >tree/policies/good.yaml
policy other security_file_open >tree/policies/more/other.yml
printf 'kind: Pod\nmetadata: {name: x}\n' >tree/policies/pod.yaml
printf '{{ if .Values }}\nkind: Pod\n' >tree/policies/template.yaml
policy bad no_such_function >plain/bad.yaml
policy good security_file_open >plain/good.yaml
policy twice security_file_open >plain/twice.yaml
policy twice security_file_open >plain/again.yaml
policy named security_file_open | sed 's/v1alpha1/v1/' >plain/warning.yaml
policy fix security_file_open | sed 's/syscall:/syscal:/' >plain/fix.yaml
printf 'policy terse\nkprobe security_file_open(file: file)\n' >plain/terse.tg
echo 'policy x {' >plain/terse-bad.tg
printf 'kind: Pod\n' >plain/pod.yaml

# ---- usage: 2 ---------------------------------------------------------------------------------

ends 'nothing to check' 2 '`tgc init` writes one' lint
ends 'unknown option' 2 'frobnicate' lint --frobnicate plain/good.yaml
ends 'fix and diff' 2 'exclude each other' lint --fix --diff plain/good.yaml
ends 'two minds about the project' 2 'exclude each other' \
	lint --project tree/tgc.yaml --no-project plain/good.yaml
ends 'no such format' 2 'no format `soup`' lint --format soup plain/good.yaml
ends 'no such rule' 2 'no rule' lint -W no-hoks plain/good.yaml
ends 'an empty folder' 2 'empty: there is no policy file here' lint empty
ends 'a pattern without files' 2 'there is no policy file here' lint 'empty/*.yaml'
ends 'init in two folders' 2 'give one folder' "$tgc" init a b
ends 'init with an unknown option' 2 'frobnicate' "$tgc" init --frobnicate

# ---- findings: 1 ------------------------------------------------------------------------------

ends 'a policy with an error' 1 'bad.yaml:7:11: error: ' lint plain/bad.yaml
ends 'an error does not hide others' 1 '[unknown-key]' lint plain/bad.yaml plain/fix.yaml
is 'both are shown' grep -qF '[unknown-function]' err
ends 'two policies of one name' 1 '[duplicate-policy]' lint plain/twice.yaml plain/again.yaml
is 'with the place of the first' grep -q '^note: the first one is here \[plain/twice.yaml:4:9\]' err
for place in one two; do
	policy "same" security_file_open |
		sed "s/TracingPolicy/&Namespaced/; s/^  name: .*/&\n  namespace: $place/" >plain/$place.yml
done
ends 'one name in two namespaces' 0 'checked 2 policies' lint plain/one.yml plain/two.yml
sed 's/two/one/' plain/two.yml >plain/three.yml
ends 'twice in one' 1 '[duplicate-policy]' lint plain/one.yml plain/three.yml
rm plain/*.yml
ends 'one of them alone' 0 'no findings' lint plain/twice.yaml
ends 'a named file that is no policy' 1 '[unknown-kind]' lint plain/pod.yaml
ends 'the terse language' 0 'no findings' lint plain/terse.tg
ends 'a mistake in it' 1 '[terse-syntax]' lint plain/terse-bad.tg
ends 'from standard input' 0 'no findings' \
	sh -c '"$1" lint --btf "$2" --language tg - <plain/terse.tg' sh "$tgc" "$btf"
ends 'a parameter' 1 '[bad-value]' sh -c 'printf "param p = 80\\npolicy x\\nkprobe tcp_connect(sk) where sk.dport == p" |
	"$1" lint --btf "$2" --language tg --param p=web -' sh "$tgc" "$btf"
printf 'policy x\nwhen kernel has foo kprobe bar\n' >plain/when.tg
ends 'a condition on kernels, without any' 0 '      - foo' "$tgc" convert plain/when.tg
mkdir -p library
printf 'let near = 10.0.0.0/8\n' >library/near.tg
printf 'include library "near.tg"\npolicy x\nkprobe tcp_connect(sk: sock) where sk.daddr in near\n' >plain/library.tg
ends 'the library' 0 'no findings' env TGC_LIBRARY=library "$tgc" lint --btf "$btf" --no-project plain/library.tg
ends 'no such library' 1 'the library has no `near.tg`: No such file' env TGC_LIBRARY=nowhere "$tgc" lint --btf "$btf" --no-project plain/library.tg
ends 'nothing beside standard input' 1 'has no files beside it' sh -c 'echo "include \"x.tg\"" | "$1" lint --btf "$2" --no-project --language tg -' sh "$tgc" "$btf"
for f in "$cases"/../../../stdlib-policies/library/*.tg; do
	ends "the layout of $(basename "$f")" 0 '' "$tgc" fmt --check "$f"
	printf 'include library "%s"\npolicy x\nkprobe tcp_connect(sk: sock)\n' "$(basename "$f")" >plain/library.tg
	ends "the library's $(basename "$f")" 0 'no findings' env TGC_LIBRARY="$cases/../../../stdlib-policies/library" "$tgc" lint --btf "$btf" --no-project plain/library.tg
done
rm plain/when.tg plain/library.tg
printf 'policy  x;kprobe f(arg0:int)# why\n' >plain/messy.tg
ends 'another layout' 1 '' "$tgc" fmt --check plain/messy.tg
is 'the file is named' grep -qx 'plain/messy.tg' out
ends 'the difference' 0 '' "$tgc" fmt --diff plain/messy.tg
is 'its lines' grep -qx '+kprobe f(arg0: int)  # why' out
is 'nothing is written' grep -q '^policy  x;' plain/messy.tg
ends 'the layout is made' 0 '' "$tgc" fmt plain/messy.tg
ends 'and stays' 0 '' "$tgc" fmt --check plain/messy.tg
ends 'fmt of a mistake' 1 '[terse-syntax]' "$tgc" fmt plain/terse-bad.tg
is 'which is left alone' grep -qx 'policy x {' plain/terse-bad.tg
printf '# a\nspec:\n    kprobes:  # b\n      - {call: "f"}\n' >plain/messy.yaml
ends 'another layout of YAML' 1 '' "$tgc" fmt --check plain/messy.yaml
is 'the YAML file is named' grep -qx 'plain/messy.yaml' out
ends 'the difference of YAML' 0 '' "$tgc" fmt --diff plain/messy.yaml
is 'its lines of YAML' grep -qx '+  kprobes:  # b' out
ends 'YAML is laid out' 0 '' "$tgc" fmt plain/messy.yaml
ends 'and YAML stays' 0 '' "$tgc" fmt --check plain/messy.yaml
is 'with its styles' grep -qx '  - {call: "f"}' plain/messy.yaml
printf 'a:  b  # c\r\n' >plain/crlf.yaml
ends 'line ends' 0 '' "$tgc" fmt plain/crlf.yaml
is 'line ends stay' sh -c 'printf "a: b  # c\r\n" | cmp - plain/crlf.yaml'
printf 'a: [b\n' >plain/broken.yaml
ends 'fmt of broken YAML' 1 '[yaml-syntax]' "$tgc" fmt plain/broken.yaml
is 'which is left alone, too' grep -qx 'a: \[b' plain/broken.yaml
printf '? "a\n\n  b"\n: c\n' >plain/key.yaml
ends 'a key of two lines' 1 '[yaml-layout]' "$tgc" fmt plain/key.yaml
rm plain/*.yaml.* plain/messy.yaml plain/crlf.yaml plain/broken.yaml plain/key.yaml 2>/dev/null
ends 'YAML of standard input' 0 '' sh -c 'printf "a:   b" | "$1" fmt --language yaml -' sh "$tgc"
is 'is laid out, too' grep -qx 'a: b' out
ends 'fmt of nothing' 2 'no file given' "$tgc" fmt
ends 'convert of nothing' 2 'one policy file' "$tgc" convert
ends 'convert to something else' 2 'not to `xml`' "$tgc" convert --to xml plain/good.yaml
ends 'convert of a bad policy' 1 '[unknown-key]' "$tgc" convert plain/fix.yaml
ends 'convert of what is not there' 3 'cannot read plain/none.tg' "$tgc" convert plain/none.tg
ends 'convert' 0 '' "$tgc" convert --to tg plain/good.yaml
is 'the policy is there' grep -qx 'kprobe security_file_open' out
rm plain/messy.tg
ends 'no such language' 2 'tg and yaml' lint --language xml plain/terse.tg
ends 'no such parameter' 2 'NAME=VALUE' lint --param x plain/terse.tg
ends 'a folder' 1 'and 3 more' lint --error-limit 2 plain
ends 'a warning with --strict' 1 '[api-version]' lint --strict plain/warning.yaml
ends 'a warning made an error' 1 'error: ' lint -E api-version plain/warning.yaml
ends 'a bad policy from standard input' 1 '<stdin>:7:11' \
	sh -c '"$1" lint --btf "$2" - <plain/bad.yaml' sh "$tgc" "$btf"

# ---- this machine: 3 --------------------------------------------------------------------------

ends 'no such file' 3 'cannot read nowhere.yaml' lint nowhere.yaml
ends 'the others are checked all the same' 3 '[unknown-function]' lint nowhere.yaml plain/bad.yaml
ends 'no such kernel' 3 'nowhere' "$tgc" lint --kernel ./nowhere plain/good.yaml
ends 'no such project file' 3 'cannot read the project file nowhere.yaml' \
	lint --project nowhere.yaml plain/good.yaml
ends 'no room for output' 3 'cannot be written' \
	sh -c '"$1" lint --btf "$2" --format json plain/bad.yaml >/dev/full' sh "$tgc" "$btf"

# ---- clean: 0 ---------------------------------------------------------------------------------

ends 'a good policy' 0 'checked 1 policy in 1 file for 1 kernel: no findings' lint plain/good.yaml
is 'nothing on standard output' [ ! -s out ]
ends 'quiet' 0 '' lint --quiet plain/good.yaml
is 'says nothing' sh -c '[ ! -s out ] && [ ! -s err ]'
ends 'a warning' 0 '[api-version]' lint plain/warning.yaml
ends 'a warning not wanted' 0 'no findings' lint -A api-version plain/warning.yaml
ends 'a folder with other things' 0 'passed over 2 files without a policy' lint tree/policies
is 'holds two policies' grep -qF 'checked 2 policies in 2 files' err
ends 'a pattern' 0 'checked 1 policy in 1 file' lint 'tree/policies/g*.yaml'
ends 'the same file twice' 0 'checked 1 policy in 1 file' \
	lint plain/good.yaml ./plain/good.yaml
ends 'two kernels' 0 'for 2 kernels' lint --btf "$btf" plain/good.yaml
ends 'two kernels side by side' 0 'security_file_open  ok' lint --btf "$btf" plain/good.yaml
ends 'one kernel has no table' 0 '' lint plain/good.yaml
is 'unasked' [ ! -s out ]
ends 'but can' 0 'security_file_open  ok' lint --matrix plain/good.yaml
ends 'also of a policy with an error' 1 'no_such_function  missing' lint --matrix plain/bad.yaml
ends 'not for programs' 0 '' lint --matrix --format json plain/good.yaml
is 'which would not expect it' sh -c 'python3 -m json.tool <out'
ends 'not when quiet' 0 '' lint --matrix --quiet plain/good.yaml
is 'either' [ ! -s out ]
ends 'an explanation' 0 'What is not covered' "$tgc" explain --btf "$btf" tree/policies/good.yaml
ends 'in Markdown' 0 '## Hook 1: kprobe' \
	"$tgc" explain --btf "$btf" --format markdown tree/policies/good.yaml
ends 'in no other format' 2 'text or markdown' \
	"$tgc" explain --btf "$btf" --format json tree/policies/good.yaml
ends 'of a folder' 0 'Policy other' "$tgc" explain --btf "$btf" tree/policies
ends 'of a policy with an error' 1 '[unknown-function]' "$tgc" explain --btf "$btf" plain/bad.yaml
is 'no prose' [ ! -s out ]
ends 'of no file' 3 'cannot read ./nowhere.yaml' "$tgc" explain --btf "$btf" ./nowhere.yaml
ends 'without a kernel' 3 'nowhere' "$tgc" explain --kernel ./nowhere plain/good.yaml
ends 'with an unknown option' 2 'frobnicate' "$tgc" explain --frobnicate plain/good.yaml
ends 'JSON' 0 '"diagnostics": []' lint --format json plain/good.yaml
ends 'JSON of a bad one' 1 '"unknown-function"' lint --format json plain/bad.yaml
is 'is all on standard output' sh -c 'python3 -m json.tool <out && ! grep -q unknown-function err'
ends 'a diff' 1 '+    syscall: false' lint --diff plain/fix.yaml
is 'changes no file' grep -q 'syscal:' plain/fix.yaml
ends 'a fix' 1 'fixed 1 finding in 1 file' lint --fix plain/fix.yaml
ends 'is one' 0 'no findings' lint plain/fix.yaml

# ---- the project file -------------------------------------------------------------------------

# in_tree FOLDER COMMAND...
in_tree()
{
	folder=$1
	shift
	(cd "$work/tree/$folder" && "$@")
}

printf 'version: 1\nkernels: ["%s"]\n' "$btf" >tree/tgc.yaml
ends 'no arguments' 0 'checked 2 policies in 2 files' in_tree . "$tgc" lint
ends 'from a folder below' 0 'checked 2 policies in 2 files' in_tree deep/down "$tgc" lint
ends 'not when it is not wanted' 2 'no policy given' in_tree . "$tgc" lint --no-project
ends 'other policies' 0 'checked 1 policy in 1 file' in_tree . "$tgc" lint policies/good.yaml
policy bad no_such_function >tree/policies/bad.yaml
ends 'paths as seen from here' 1 '../../policies/bad.yaml:7:11' in_tree deep/down "$tgc" lint
printf 'exclude: [bad.yaml, "*/more/*"]\n' >>tree/tgc.yaml
ends 'exclusion' 0 'checked 1 policy in 1 file' in_tree deep "$tgc" lint
ends 'not of named files' 1 'bad.yaml' in_tree . "$tgc" lint policies/bad.yaml
policy named security_file_open | sed 's/v1alpha1/v1/' >tree/policies/warning.yaml
ends 'a warning passes' 0 'warning: ' in_tree . "$tgc" lint
echo 'strict: true' >>tree/tgc.yaml
ends 'not when strict' 1 'warning: ' in_tree . "$tgc" lint
echo 'rules: {allow: [api-version]}' >>tree/tgc.yaml
ends 'unless allowed' 0 'no findings' in_tree . "$tgc" lint
ends 'the command line has the last word' 1 'error: ' in_tree . "$tgc" lint -E api-version
echo 'output: {format: json, limit: 1}' >>tree/tgc.yaml
ends 'format' 0 '"diagnostics": []' in_tree . "$tgc" lint
ends 'format from the command line' 0 '' in_tree . "$tgc" lint --format text
is 'wins' [ ! -s out ]
ends 'limit' 1 'and 1 more' in_tree . "$tgc" lint --format text policies/bad.yaml ../plain/pod.yaml
ends 'limit from the command line' 1 '2 errors' \
	in_tree . "$tgc" lint --format text --error-limit 0 policies/bad.yaml ../plain/pod.yaml
is 'wins as well' sh -c '! grep -q more err'

# ---- tgc compile with a project ---------------------------------------------------------------

openssl genpkey -algorithm ed25519 -out tree/key.pem 2>/dev/null &&
	openssl req -x509 -new -key tree/key.pem -subj /CN=x -days 30 -out tree/cert.pem 2>/dev/null ||
	exit 3
printf 'version: 1\nkernels: ["%s"]\nexclude: [bad.yaml]\n' "$btf" >tree/tgc.yaml
ends 'compile without an output' 2 '`output.bundle` in the project file' in_tree . "$tgc" compile
echo 'output: {bundle: out.tgb, name: from-project, version: 5}' >>tree/tgc.yaml
ends 'compile without a key' 2 '`sign` in the project file' in_tree . "$tgc" compile
echo 'sign: {key: key.pem, cert: cert.pem}' >>tree/tgc.yaml
ends 'compile' 0 '' in_tree deep/down "$tgc" compile
ends 'the bundle' 0 'good: from-project version 5' \
	"$tgc" bundle verify --cert tree/cert.pem tree/out.tgb
ends 'what is in it' 0 'other' "$tgc" bundle inspect tree/out.tgb
is 'and what is not' sh -c '! grep -q pod.yaml out'
ends 'with another name and version' 0 '' \
	in_tree . "$tgc" compile --name mine --bundle-version 6 -o mine.tgb
ends 'is another bundle' 0 'good: mine version 6' \
	"$tgc" bundle verify --cert tree/cert.pem tree/mine.tgb
ends 'named policies are not the project' 2 '-o FILE.tgb' in_tree . "$tgc" compile policies/good.yaml
ends 'unless asked for' 0 '' \
	in_tree . "$tgc" compile --project tgc.yaml policies/good.yaml -o one.tgb

# ---- tgc init ---------------------------------------------------------------------------------

ends 'init' 0 'wrote new/tgc.yaml' "$tgc" init new
is 'writes one file' [ "$(ls -A new)" = tgc.yaml ]
cp new/tgc.yaml before
ends 'init again' 1 'new/tgc.yaml exists already, and is left as it is' "$tgc" init new
is 'leaves it' cmp before new/tgc.yaml
mkdir new/policies
ends 'what it writes is read' 2 'policies: there is no policy file here' \
	"$tgc" lint --project new/tgc.yaml --btf "$btf"
# Without its comment signs it is a project as well: every key that is shown is one.
sed 's/^\( *\)#\(  \)\{0,1\}\([a-z]\)/\1\2\3/' new/tgc.yaml >new/all.yaml
ends 'every key in it is one' 2 'policies: there is no policy file here' \
	"$tgc" lint --project new/all.yaml --btf "$btf"
ends 'init --example' 0 'tgc lint' "$tgc" init --example with
is 'shows a workflow on standard output' grep -q 'actions/checkout' out
ends 'the example is a policy' 0 'checked 1 policy in 1 file' in_tree ../with "$tgc" lint --btf "$btf"
ends 'init where no file can be' 3 '/proc/tgc.yaml' "$tgc" init /proc
is 'no temporary file is left' sh -c '! find . -name "tgc.yaml.*" | grep -q .'

echo "lint: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
