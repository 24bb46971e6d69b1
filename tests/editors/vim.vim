" SPDX-License-Identifier: Apache-2.0
" Whether the words of tests/editors/places.table have their syntax groups. Ends with the counts.
let v:errmsg = ""
set runtimepath^=grammar/editors/vim
filetype plugin on
syntax on
edit tests/editors/sample.tg
let s:loading = v:errmsg
let s:lines = []
let s:failed = 0
let s:passed = 0

function! s:check(what, wanted, got)
  if a:wanted ==# a:got
    let s:passed += 1
    return
  endif
  let s:failed += 1
  call add(s:lines, "vim: FAIL " . a:what . ": " . a:got . ", not " . a:wanted)
endfunction

call s:check("errors", "", s:loading)
call s:check("the file's type", "tgc", &filetype)
call s:check("the comment string", "# %s", &commentstring)
call s:check("the indentation", 4, &shiftwidth)
for s:line in readfile("tests/editors/places.table")
  if s:line =~ '^#'
    continue
  endif
  let [s:number, s:word, s:group; s:rest] = split(s:line)
  let s:column = stridx(getline(s:number), s:word) + 1
  let s:got = synIDattr(synID(s:number, s:column, 1), "name")
  let s:got = s:got =~# '^tgc\%(Body\|Actions\|HookHead\)$' ? "" : s:got
  call s:check(s:number . ": " . s:word, s:group ==# "-" ? "" : "tgc" . s:group, s:got)
endfor
call writefile(s:lines + ["vim: " . s:passed . " passed, " . s:failed . " failed"], "/dev/stdout", "a")
execute s:failed ? "cquit!" : "qall!"
