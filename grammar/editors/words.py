#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the editors' grammars of the terse language from the compiler's own tables, so that they
know its words and no others. `words.py --check`: whether they are what would be written, and
whether the fuzzer's dictionary has every keyword."""
import json
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
VIM = "grammar/editors/vim/syntax/tgc.vim"
TEXTMATE = "grammar/editors/vscode/syntaxes/tgc.tmLanguage.json"
DICTIONARY = "tests/fuzz/terse.dict"
HOOKS = ["kprobe", "fentry", "syscall", "tracepoint", "lsm", "uprobe", "usdt"]
MODIFIERS = ["optional", "when", "raw"]
CALLS = ["pods", "containers", "hosts", "cel"]
OPTIONS = ["rate", "per", "stack", "hash", "on", "return"]


def text(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def words():
    keywords = re.findall(r'^KEYWORD\(\w+, "(\w+)", (\w+)\)', text("grammar/terse-keywords.def"), re.M)
    subjects = text("grammar/terse-subjects.def")
    w = {
        "operators": [k for k, place in keywords if place == "RESERVED"],
        "statements": [k for k, place in keywords if place == "STATEMENT" and k not in HOOKS + MODIFIERS],
        "rules": [k for k, place in keywords if place == "RULE"],
        "hooks": [k for k, place in keywords if k in HOOKS],
        "subjects": re.findall(r'^SUBJECT\("(\w+)"', subjects, re.M) + ["return", "process"],
        "members": re.findall(r'^MEMBER\("(\w+)"', subjects, re.M),
        "actions": re.findall(r'^\t\{"(\w+)", "\w+", lower_\w+\}', text("compiler/terse/action.c"), re.M),
        "types": re.findall(r'^TYPE\(\w+, "(\w+)"', text("compiler/words/types.def"), re.M),
        "modifiers": MODIFIERS,
        "calls": CALLS,
        "options": OPTIONS,
    }
    assert w["hooks"] == HOOKS and all(w.values()), w
    return w


def any_of(list_):
    return "|".join(list_)


def vim(w):
    bar = {k: r"\|".join(v) for k, v in w.items()}
    lines = [
        '" SPDX-License-Identifier: Apache-2.0',
        '" Made by grammar/editors/words.py from the compiler\'s tables: change these.',
        'if exists("b:current_syntax")',
        "  finish",
        "endif",
        "syn case match",
        "syn sync minlines=200",
        "",
        '" Words that only stand at the start of a statement, outside of braces.',
        rf'syn match tgcStatement "\%(^\|;\)\s*\zs\%({bar["statements"]}\)\>"',
        r'syn match tgcStatement "\%(^\|;\)\s*\zspolicy\>" nextgroup=tgcPolicyName skipwhite',
        rf'syn match tgcHook "\<\%({bar["hooks"]}\)\>" contained',
        r'syn match tgcHookHead "\%(^\|;\)\s*\%(optional\s\+\)\=\%(raw\s\+\)\=\%(' + bar["hooks"] +
        r'\)\>\%(\s\+syscall\>\)\=" contains=tgcHook,tgcModifier',
        r'syn match tgcHookHead "\%(^\|;\)\s*\%(optional\s\+\)\=when\s\+kernel\s\+\%(has\|lacks\)\s[^#{]\{-}\s\%(raw\s\+\)\=\%(' +
        bar["hooks"] + r'\)\>\%(\s\+syscall\>\)\=" contains=tgcHook,tgcModifier,tgcString',
        r'syn match tgcModifier "\<\%(optional\|raw\|when\|kernel\|has\|lacks\|and\)\>" contained',
        r'syn match tgcPolicyName "[A-Za-z_][A-Za-z0-9_-]*" contained',
        "",
        '" A hook\'s body.',
        'syn region tgcBody matchgroup=tgcBrace start="{" end="}" contains=tgcBody,@tgcInside,tgcRule,tgcLabel fold',
        rf'syn match tgcRule "\%(^\|[{{;]\)\s*\zs\%({bar["rules"]}\)\>" contained',
        r'syn match tgcLabel "\%(^\|[{;]\)\s*\zs[A-Za-z_][A-Za-z0-9_-]*\ze:\s" contained',
        "",
        rf'syn match tgcOperator "[-.]\@1<!\<\%({bar["operators"]}\)\>-\@!"',
        f'syn keyword tgcSubject {" ".join(w["subjects"])}',
        rf'syn match tgcCall "\<\%({bar["calls"]}\)\ze("',
        rf'syn match tgcMember "\.\zs\%({bar["members"]}\)\>"',
        rf'syn match tgcType ":\s*\zs\%({bar["types"]}\)\>"',
        r'syn match tgcResult "->\s*\zs\h\w*"',
        r'syn match tgcConstant "-\=\<[A-Z][A-Z0-9]*_[A-Z0-9_]*\>\|-\<E[A-Z0-9]\+\>\|\<SIG[A-Z0-9]\+\>"',
        r'syn match tgcNumber "-\=\<\%(0[xX]\x\+\|0[bB][01]\+\|0[oO]\o\+\|\d\+[smhSMH]\=\)\>"',
        r'syn match tgcAddress "\<\d\{1,3}\%(\.\d\{1,3}\)\{3}\%(/\d\+\)\="',
        r'syn match tgcAttribute "@\h\w*"',
        r'syn match tgcSign "=>\|->\|==\|!=\|<=\|>=\|\.\.\|[<>&|=]"',
        r'syn match tgcName "`[^`]*`"',
        r'syn match tgcEscape "\\\%(x[0-7]\x\|[nrt0\"\\]\)" contained',
        r'syn region tgcString start=+"+ skip=+\\.+ end=+"+ oneline contains=tgcEscape',
        r'syn match tgcLoad "\<load\ze\s*\""',
        "",
        '" What follows `=>`, to the end of the line; a comma goes on with the next.',
        r'syn region tgcActions matchgroup=tgcSign start="=>" end="\%(,\s*\)\@<!$" end="[;}]\@=" '
        "contains=@tgcInside,tgcAction,tgcActionOption keepend extend",
        f'syn keyword tgcAction contained {" ".join(w["actions"])}',
        f'syn keyword tgcActionOption contained {" ".join(w["options"])}',
        r'syn match tgcComment "#.*$" contains=tgcTodo,@Spell',
        "syn keyword tgcTodo contained TODO FIXME XXX",
        "syn cluster tgcInside contains=tgcOperator,tgcSubject,tgcCall,tgcMember,tgcType,tgcConstant,tgcNumber,"
        "tgcAddress,tgcAttribute,tgcSign,tgcName,tgcString,tgcLoad,tgcComment,tgcActions",
        "",
    ]
    links = {
        "Statement": "Statement", "Hook": "Keyword", "Modifier": "StorageClass", "PolicyName": "Title",
        "Rule": "Statement", "Label": "Label", "Operator": "Operator", "Subject": "Identifier",
        "Call": "Function", "Member": "Identifier", "Type": "Type", "Result": "Type",
        "Constant": "Constant", "Number": "Number", "Address": "Number", "Attribute": "PreProc",
        "Sign": "Operator", "Escape": "SpecialChar", "String": "String", "Load": "Include",
        "Action": "Function", "ActionOption": "Keyword", "Comment": "Comment", "Todo": "Todo",
        "Brace": "Delimiter",
    }
    lines += [f"hi def link tgc{a} {b}" for a, b in links.items()]
    lines += ["", 'let b:current_syntax = "tgc"', ""]
    return "\n".join(lines)


def pattern(name, match, **captures):
    p = {"name": name + ".tgc", "match": match}
    if captures:
        del p["name"]
        p["captures"] = {k[1:]: {"patterns": v} if isinstance(v, list) else {"name": v + ".tgc"}
                         for k, v in captures.items()}
    return p


def textmate(w):
    start = r"(?:^|;)\s*"
    hooks = any_of(w["hooks"])
    needs = [{"include": "#string"}, {"include": "#name"},
             pattern("storage.modifier", r"\b(?:has|lacks|and)\b")]
    inside = [
        {"include": "#" + n}
        for n in ("comment", "string", "name", "actions", "attribute", "load", "call", "operator",
                  "type", "address", "constant", "number", "member", "subject", "sign")
    ]
    repository = {
        "comment": pattern("comment.line.number-sign", "#.*$"),
        "string": {
            "name": "string.quoted.double.tgc", "begin": '"', "end": '"|$',
            "patterns": [pattern("constant.character.escape", r'\\(?:x[0-7][0-9a-fA-F]|[nrt0"\\])')],
        },
        "name": pattern("variable.other.quoted", "`[^`]*`"),
        "statement": pattern("", rf"{start}({any_of(w['statements'])})\b", _1="keyword.control"),
        "policy": pattern("", rf"{start}(policy)\s+([A-Za-z_][A-Za-z0-9_-]*)", _1="keyword.control",
                          _2="entity.name.section"),
        "hook": pattern("", rf"{start}(?:(optional)\s+)?(?:(raw)\s+)?({hooks})\b(?:\s+(syscall)\b)?",
                        _1="storage.modifier", _2="storage.modifier", _3="keyword.other.hook",
                        _4="keyword.other.hook"),
        "when": pattern("", rf"{start}(?:(optional)\s+)?(when)\s+(kernel)(\s+(?:has|lacks)\s[^#{{]*?)\s(?:(raw)\s+)?({hooks})\b(?:\s+(syscall)\b)?",
                        _1="storage.modifier", _2="storage.modifier", _3="storage.modifier", _4=needs,
                        _5="storage.modifier", _6="keyword.other.hook", _7="keyword.other.hook"),
        "body": {
            "begin": r"\{", "end": r"\}",
            "captures": {"0": {"name": "punctuation.section.block.tgc"}},
            "patterns": [
                pattern("", rf"(?:^|(?<=\{{)|;)\s*({any_of(w['rules'])})\b", _1="keyword.control"),
                pattern("", r"(?:^|(?<=\{)|;)\s*([A-Za-z_][A-Za-z0-9_-]*):(?=\s)", _1="entity.name.label"),
                {"include": "#body"},
                *inside,
            ],
        },
        "actions": {
            "begin": "=>", "end": r"(?<![,\s])(?=\s*$)|(?=[;}])",
            "beginCaptures": {"0": {"name": "keyword.operator.tgc"}},
            "patterns": [
                pattern("support.function.action", rf"\b(?:{any_of(w['actions'])})\b"),
                pattern("keyword.other.option", rf"\b(?:{any_of(w['options'])})\b"),
                *[i for i in inside if i["include"] != "#actions"],
            ],
        },
        "attribute": pattern("meta.attribute", r"@[A-Za-z_]\w*"),
        "load": pattern("keyword.control.import", r'\bload(?=\s*")'),
        "call": pattern("support.function", rf"\b(?:{any_of(w['calls'])})(?=\()"),
        "operator": pattern("keyword.operator.word", rf"(?<![.\w-])(?:{any_of(w['operators'])})\b(?!-)"),
        "type": pattern("", rf"(?::|->)\s*({any_of(w['types'])})\b", _1="storage.type"),
        "address": pattern("constant.numeric.address", r"\b\d{1,3}(?:\.\d{1,3}){3}(?:/\d+)?"),
        "constant": pattern("constant.other", r"-?\b[A-Z][A-Z0-9]*_[A-Z0-9_]*\b|-\bE[A-Z0-9]+\b|\bSIG[A-Z0-9]+\b"),
        "number": pattern("constant.numeric", r"-?\b(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|\d+[smhSMH]?)\b"),
        "member": pattern("variable.other.member", rf"(?<=\.)(?:{any_of(w['members'])})\b"),
        "subject": pattern("variable.language", rf"(?<![.\w-])(?:{any_of(w['subjects'])})\b(?!-)"),
        "sign": pattern("keyword.operator", r"->|==|!=|<=|>=|\.\.|[<>&|=]"),
    }
    grammar = {
        "$comment": "Made by grammar/editors/words.py from the compiler's tables: change these.",
        "name": "tgc",
        "scopeName": "source.tgc",
        "fileTypes": ["tg"],
        "patterns": [{"include": "#" + n} for n in ("policy", "when", "hook", "statement", "body")] + inside,
        "repository": repository,
    }
    return json.dumps(grammar, indent=2, ensure_ascii=True) + "\n"


def main(argv):
    w = words()
    made = {VIM: vim(w), TEXTMATE: textmate(w)}
    if argv[1:] != ["--check"]:
        for path, content in made.items():
            with open(os.path.join(ROOT, path), "w", encoding="utf-8") as f:
                f.write(content)
        return 0
    wrong = [f"{p} is not what the tables say: python3 grammar/editors/words.py"
             for p, content in made.items() if text(p) != content]
    known = set(re.findall(r'^"(\w+)', text(DICTIONARY), re.M))
    wrong += [f"{DICTIONARY} lacks `{word}`"
              for group in ("operators", "statements", "rules", "hooks", "modifiers", "subjects", "actions")
              for word in w[group] if word not in known]
    for line in wrong:
        print("editors: FAIL", line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
