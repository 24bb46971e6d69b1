" SPDX-License-Identifier: Apache-2.0
" Made by grammar/editors/words.py from the compiler's tables: change these.
if exists("b:current_syntax")
  finish
endif
syn case match
syn sync minlines=200

" Words that only stand at the start of a statement, outside of braces.
syn match tgcStatement "\%(^\|;\)\s*\zs\%(policy\|let\|param\|macro\|include\|list\|option\|mode\|for\|enforcer\|loader\|label\|annotation\)\>"
syn match tgcStatement "\%(^\|;\)\s*\zspolicy\>" nextgroup=tgcPolicyName skipwhite
syn match tgcHook "\<\%(kprobe\|fentry\|syscall\|tracepoint\|lsm\|uprobe\|usdt\)\>" contained
syn match tgcHookHead "\%(^\|;\)\s*\%(optional\s\+\)\=\%(raw\s\+\)\=\%(kprobe\|fentry\|syscall\|tracepoint\|lsm\|uprobe\|usdt\)\>\%(\s\+syscall\>\)\=" contains=tgcHook,tgcModifier
syn match tgcHookHead "\%(^\|;\)\s*\%(optional\s\+\)\=when\s\+kernel\s\+\%(has\|lacks\)\s[^#{]\{-}\s\%(raw\s\+\)\=\%(kprobe\|fentry\|syscall\|tracepoint\|lsm\|uprobe\|usdt\)\>\%(\s\+syscall\>\)\=" contains=tgcHook,tgcModifier,tgcString
syn match tgcModifier "\<\%(optional\|raw\|when\|kernel\|has\|lacks\|and\)\>" contained
syn match tgcPolicyName "[A-Za-z_][A-Za-z0-9_-]*" contained

" A hook's body.
syn region tgcBody matchgroup=tgcBrace start="{" end="}" contains=tgcBody,@tgcInside,tgcRule,tgcLabel fold
syn match tgcRule "\%(^\|[{;]\)\s*\zs\%(default\|message\|tags\)\>" contained
syn match tgcLabel "\%(^\|[{;]\)\s*\zs[A-Za-z_][A-Za-z0-9_-]*\ze:\s" contained

syn match tgcOperator "[-.]\@1<!\<\%(and\|or\|not\|in\|is\|under\|starts\|ends\|contains\|icontains\|matches\|where\)\>-\@!"
syn keyword tgcSubject binary binary_tree parent parent_tree pid pid_tree nspid nspid_tree ns ns_changes caps nscaps cap_changes nscap_changes return process
syn match tgcCall "\<\%(pods\|containers\|hosts\|cel\)\ze("
syn match tgcMember "\.\zs\%(saddr\|daddr\|sport\|dport\|proto\|family\|state\|type\)\>"
syn match tgcType ":\s*\zs\%(int\|sint32\|int32\|uint32\|sint64\|int64\|long\|uint64\|ulong\|size_t\|sint16\|int16\|uint16\|sint8\|int8\|uint8\|syscall64\|kernel_cap_t\|cap_inheritable\|cap_permitted\|cap_effective\|string\|data_loc\|net_device\|char_buf\|char_iovec\|iov_iter\|const_buf\|filename\|file\|path\|dentry\|fd\|kiocb\|linux_binprm\|sock\|socket\|skb\|sockaddr\|sockaddr_un\|cred\|user_namespace\|capability\|bpf_attr\|bpf_prog\|bpf_map\|perf_event\|load_info\|module\|bpf_cmd\|nop\|auto\)\>"
syn match tgcResult "->\s*\zs\h\w*"
syn match tgcConstant "-\=\<[A-Z][A-Z0-9]*_[A-Z0-9_]*\>\|-\<E[A-Z0-9]\+\>\|\<SIG[A-Z0-9]\+\>"
syn match tgcNumber "-\=\<\%(0[xX]\x\+\|0[bB][01]\+\|0[oO]\o\+\|\d\+[smhSMH]\=\)\>"
syn match tgcAddress "\<\d\{1,3}\%(\.\d\{1,3}\)\{3}\%(/\d\+\)\="
syn match tgcAttribute "@\h\w*"
syn match tgcSign "=>\|->\|==\|!=\|<=\|>=\|\.\.\|[<>&|=]"
syn match tgcName "`[^`]*`"
syn match tgcEscape "\\\%(x[0-7]\x\|[nrt0\"\\]\)" contained
syn region tgcString start=+"+ skip=+\\.+ end=+"+ oneline contains=tgcEscape
syn match tgcLoad "\<load\ze\s*\""

" What follows `=>`, to the end of the line; a comma goes on with the next.
syn region tgcActions matchgroup=tgcSign start="=>" end="\%(,\s*\)\@<!$" end="[;}]\@=" contains=@tgcInside,tgcAction,tgcActionOption keepend extend
syn keyword tgcAction contained post nopost kill signal override deny notify cleanup url dns track untrack set
syn keyword tgcActionOption contained rate per stack hash on return
syn match tgcComment "#.*$" contains=tgcTodo,@Spell
syn keyword tgcTodo contained TODO FIXME XXX
syn cluster tgcInside contains=tgcOperator,tgcSubject,tgcCall,tgcMember,tgcType,tgcConstant,tgcNumber,tgcAddress,tgcAttribute,tgcSign,tgcName,tgcString,tgcLoad,tgcComment,tgcActions

hi def link tgcStatement Statement
hi def link tgcHook Keyword
hi def link tgcModifier StorageClass
hi def link tgcPolicyName Title
hi def link tgcRule Statement
hi def link tgcLabel Label
hi def link tgcOperator Operator
hi def link tgcSubject Identifier
hi def link tgcCall Function
hi def link tgcMember Identifier
hi def link tgcType Type
hi def link tgcResult Type
hi def link tgcConstant Constant
hi def link tgcNumber Number
hi def link tgcAddress Number
hi def link tgcAttribute PreProc
hi def link tgcSign Operator
hi def link tgcEscape SpecialChar
hi def link tgcString String
hi def link tgcLoad Include
hi def link tgcAction Function
hi def link tgcActionOption Keyword
hi def link tgcComment Comment
hi def link tgcTodo Todo
hi def link tgcBrace Delimiter

let b:current_syntax = "tgc"
