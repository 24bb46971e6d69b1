#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh TGC FOLDER: the editors' files. Words as the compiler's tables have them; the syntax groups of
# Neovim and the scopes of the TextMate grammar at the places of places.table; the VS Code
# extension's package, and its client in a conversation.
tgc=$1
folder=$2
cd "$(dirname "$0")/../.." || exit 3
root=$PWD
here=tests/editors
passed=0
failed=0
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

# part NAME COMMAND...: what it counts, or itself as one
part()
{
	name=$1
	shift
	"$@" </dev/null >"$folder/$name.log" 2>&1
	status=$?
	count=$(grep -a -o '[0-9]* passed, 0 failed' "$folder/$name.log" | tail -n 1)
	if [ "$status" -eq 0 ]; then
		count=${count%% *}
		passed=$((passed + ${count:-1}))
		return 0
	fi
	echo "editors: FAIL $name, exit status $status"
	tail -n 20 "$folder/$name.log"
	failed=$((failed + 1))
	return 1
}

node_test()
{
	script=$1
	shift
	(cd "$folder/vscode" && timeout 120 node "$root/$here/$script" "$@")
}

packaged()
{
	python3 -m zipfile -l "$folder/tgc.vsix" >"$folder/vsix.list" || return 1
	for f in extension.vsixmanifest extension/package.json extension/extension.js \
		extension/syntaxes/tgc.tmLanguage.json \
		extension/node_modules/vscode-languageclient/package.json \
		extension/node_modules/vscode-jsonrpc/package.json; do
		grep -q "^$f " "$folder/vsix.list" || { echo "no $f in the package"; return 1; }
	done
	! grep vscode-textmate "$folder/vsix.list"
}

# A server that is there whatever tgc can do.
printf '#!/bin/sh\nexec node "%s" "$@"\n' "$root/$here/server.js" >"$folder/server"
chmod +x "$folder/server"

part words python3 grammar/editors/words.py --check
part nvim timeout 60 nvim --headless -u NONE -S "$here/vim.vim"
if command -v vim >/dev/null; then
	part vim timeout 60 vim -Nu NONE -es -S "$here/vim.vim"
else
	echo "editors: SKIPPED Vim itself, which is not here: Neovim has read its files"
fi
if part build sh "$here/build.sh" "$folder"; then
	part package packaged
	part textmate node_test textmate.js "$root"
	part client node_test client.js . "$folder/server"
	part server node_test client.js . "$(realpath "$tgc")" --no-project
fi
echo "editors: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
