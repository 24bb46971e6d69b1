" SPDX-License-Identifier: Apache-2.0
" Policies in the terse language: comments, indentation as `tgc fmt` has it, words with dashes.
if exists("b:did_ftplugin")
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:# commentstring=#\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal expandtab shiftwidth=4 softtabstop=4
setlocal suffixesadd=.tg include=^\\s*include
if executable("tgc")
  setlocal formatprg=tgc\ fmt\ -
  setlocal makeprg=tgc\ lint\ %
  setlocal errorformat=%f:%l:%c:\ %trror:\ %m,%f:%l:%c:\ %tarning:\ %m,%-G%.%#
endif

let b:undo_ftplugin = "setlocal comments< commentstring< formatoptions< expandtab< shiftwidth< "
      \ . "softtabstop< suffixesadd< include< formatprg< makeprg< errorformat<"
