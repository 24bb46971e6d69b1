/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammar of the terse language; docs/language.md tells it to people. Actions build the tree of
 * compiler/terse/tree.h and report mistakes that people make; meaning is found later.
 * END stands for `;` or for the end of a line where a statement can end (compiler/terse/lex.c).
 */
%require "3.8"
%define api.pure full
%define api.prefix {terse_y}
%define parse.error custom
%define parse.lac full
%expect 0
%code requires {
#include "compiler/terse/parse.h"
}
%code {
#include <string.h>

static int terse_ylex(TERSE_YSTYPE *value, struct terse_parser *p);
static void terse_yerror(struct terse_parser *p, const char *text);
#define NODE(kind, ...) terse_node(p, kind, __VA_ARGS__)
#define LEAF(kind, token) terse_leaf(p, kind, &(token))
#define NONE ((struct terse_node *)NULL)
#define EMPTY terse_node(p, T_LIST, 0)

static struct terse_node *test(struct terse_parser *p, struct terse_node *ref, enum terse_op op,
			       bool negated, struct terse_node *values);
static struct terse_node *statement(struct terse_parser *p, const struct terse_token *t,
				    int keyword, struct terse_node *n);
static struct terse_node *flag(struct terse_node *hook, unsigned flags, struct span from);
static struct terse_node *op(struct terse_node *n, int op, bool negated);
static struct terse_node *joined(struct terse_parser *p, enum terse_kind kind,
				 struct terse_node *left, struct terse_node *right);
static struct terse_node *member(struct terse_parser *p, struct terse_node *ref,
				 struct terse_node *name);
}
%param { struct terse_parser *p }
%union {
	struct terse_token token;
	struct terse_node *node;
}

%token END "the end of the line"
%token <token> NAME "a name" STRING "a string" NUMBER "a number" NEGATIVE "a negative constant"
	ADDRESS "an address" DURATION "a time"
%token <token> DOES "`=>`" GIVES "`->`" EQ "`==`" NE "`!=`" LE "`<=`" GE "`>=`" DOTS "`..`" LOAD "`load`"
%token <token> AND "`and`" OR "`or`" NOT "`not`" IN "`in`" IS "`is`" UNDER "`under`"
	STARTS "`starts`" ENDS "`ends`" CONTAINS "`contains`" ICONTAINS "`icontains`" MATCHES "`matches`" WHERE "`where`"
%token <token> POLICY "`policy`" LET "`let`" PARAM "`param`" MACRO "`macro`" INCLUDE "`include`"
	LIST "`list`" OPTION "`option`" MODE "`mode`" FOR "`for`" ENFORCER "`enforcer`"
	LOADER "`loader`" LABEL "`label`" ANNOTATION "`annotation`" OPTIONAL "`optional`"
	WHEN "`when`" RAW "`raw`" KPROBE "`kprobe`" FENTRY "`fentry`" SYSCALL "`syscall`"
	TRACEPOINT "`tracepoint`" LSM "`lsm`" UPROBE "`uprobe`" USDT "`usdt`"
%token <token> DEFAULT "`default`" MESSAGE "`message`" TAGS "`tags`"
%token <token> '(' "`(`" ')' "`)`" '{' "`{`" '}' "`}`" '[' "`[`" ']' "`]`" ',' "`,`" ':' "`:`"
	'=' "`=`" '<' "`<`" '>' "`>`" '&' "`&`" '|' "`|`" '.' "`.`" '@' "`@`" '/' "`/`" '+' "`+`"
	'*' "`*`" '-' "`-`"

%type <node> statement plain hook when_hook needs need names hook_kind words word values value atom label_values json json_list
%type <node> json_pairs json_pair attr attrs some_attrs params param_list param param_rest size
%type <node> result body items item rule does actions action action_words action_word
%type <node> expr test ref requirements requirement name text

%left OR
%left AND
%precedence NOT

%%

file:
	statements
;

statements:
	%empty
|	statements END
|	statements statement END	{ if ($2) terse_add(p, p->statements, $2); }
|	statements error END		{ yyerrok; }
|	statements error '}'		{ yyerrok; }
;

name:
	NAME				{ $$ = LEAF(T_NAME, $1); }
|	STRING				{ $$ = LEAF(T_STRING, $1); }
;

text:
	STRING				{ $$ = LEAF(T_STRING, $1); }
;

statement:
	plain
|	hook
|	when_hook
|	OPTIONAL hook			{ $$ = flag($2, HOOK_OPTIONAL, $1.at); }
|	OPTIONAL when_hook		{ $$ = flag($2, HOOK_OPTIONAL, $1.at); }
|	NAME name
	{
		terse_mistake(p, $1.at, "a line outside of a hook starts with a keyword: `policy`, `let`, "
			"`kprobe`, `lsm`, `syscall` ...", "`%.60s` is no statement", $1.text);
		$$ = NULL;
	}
;

when_hook:
	WHEN NAME needs hook
	{
		$$ = flag($4, HOOK_WHEN, $1.at);
		if ($$)
			terse_add(p, $$, NODE(T_LIST, 2, LEAF(T_NAME, $2), $3));
	}
;

needs:
	need				{ $$ = NODE(T_LIST, 1, $1); }
|	needs AND need			{ $$ = terse_add(p, $1, $3); }
;

need:
	NAME names			{ $$ = NODE(T_LIST, 2, LEAF(T_NAME, $1), $2); }
;

names:
	name				{ $$ = NODE(T_LIST, 1, $1); }
|	names ',' name			{ $$ = terse_add(p, $1, $3); }
;

plain:
	POLICY name			{ $$ = statement(p, &$1, POLICY, NODE(T_STATEMENT, 2, $2, NONE)); }
|	POLICY name IN NAME name
	{
		if (strcmp($4.text, "namespace"))
			terse_mistake(p, $4.at, "policy NAME in namespace NAMESPACE",
				"`namespace` is missing");
		$$ = statement(p, &$1, POLICY, NODE(T_STATEMENT, 2, $2, $5));
	}
|	POLICY
	{
		terse_mistake(p, $1.at, "policy watch-etc", "the policy has no name");
		$$ = NULL;
	}
|	POLICY name '{'
	{
		terse_mistake(p, $3.at, "leave the braces out: what follows the line `policy NAME` belongs "
			"to it", "a policy has no braces");
		terse_forget_brace(p);
		$$ = statement(p, &$1, POLICY, NODE(T_STATEMENT, 2, $2, NONE));
	}
|	LET NAME '=' values		{ $$ = statement(p, &$1, LET, NODE(T_STATEMENT, 2, LEAF(T_NAME, $2), $4)); }
|	LET NAME EQ values
	{
		terse_mistake(p, $3.at, "let NAME = VALUE, ...", "a list is given its values with `=`");
		$$ = statement(p, &$1, LET, NODE(T_STATEMENT, 2, LEAF(T_NAME, $2), $4));
	}
|	PARAM NAME '=' values		{ $$ = statement(p, &$1, PARAM, NODE(T_STATEMENT, 2, LEAF(T_NAME, $2), $4)); }
|	PARAM NAME			{ $$ = statement(p, &$1, PARAM, NODE(T_STATEMENT, 2, LEAF(T_NAME, $2), NONE)); }
|	MACRO NAME '=' expr		{ $$ = statement(p, &$1, MACRO, NODE(T_STATEMENT, 2, LEAF(T_NAME, $2), $4)); }
|	INCLUDE text			{ $$ = statement(p, &$1, INCLUDE, NODE(T_STATEMENT, 1, $2)); }
|	INCLUDE NAME text		{ $$ = statement(p, &$1, INCLUDE, NODE(T_STATEMENT, 2, $3, LEAF(T_NAME, $2))); }
|	LIST name ':' NAME some_attrs
	{ $$ = statement(p, &$1, LIST, NODE(T_STATEMENT, 4, $2, LEAF(T_NAME, $4), NONE, $5)); }
|	LIST name ':' NAME '=' values attrs
	{ $$ = statement(p, &$1, LIST, NODE(T_STATEMENT, 4, $2, LEAF(T_NAME, $4), $6, $7)); }
|	LIST name ':' NAME
	{ $$ = statement(p, &$1, LIST, NODE(T_STATEMENT, 4, $2, LEAF(T_NAME, $4), NONE, NONE)); }
|	LIST name '=' values attrs
	{ $$ = statement(p, &$1, LIST, NODE(T_STATEMENT, 4, $2, NONE, $4, $5)); }
|	LIST name some_attrs
	{ $$ = statement(p, &$1, LIST, NODE(T_STATEMENT, 4, $2, NONE, NONE, $3)); }
|	OPTION name '=' json		{ $$ = statement(p, &$1, OPTION, NODE(T_STATEMENT, 2, $2, $4)); }
|	MODE NAME			{ $$ = statement(p, &$1, MODE, NODE(T_STATEMENT, 1, LEAF(T_NAME, $2))); }
|	FOR NAME requirements		{ $$ = statement(p, &$1, FOR, NODE(T_STATEMENT, 2, LEAF(T_NAME, $2), $3)); }
|	FOR NAME			{ $$ = statement(p, &$1, FOR, NODE(T_STATEMENT, 2, LEAF(T_NAME, $2), EMPTY)); }
|	ENFORCER values			{ $$ = statement(p, &$1, ENFORCER, NODE(T_STATEMENT, 1, $2)); }
|	LOADER				{ $$ = statement(p, &$1, LOADER, NODE(T_STATEMENT, 0)); }
|	LABEL name '=' name		{ $$ = statement(p, &$1, LABEL, NODE(T_STATEMENT, 2, $2, $4)); }
|	ANNOTATION name '=' name	{ $$ = statement(p, &$1, ANNOTATION, NODE(T_STATEMENT, 2, $2, $4)); }
|	attr				{ $$ = NODE(T_STATEMENT, 1, $1); }
;

/* ---- values ---- */

values:
	value				{ $$ = NODE(T_LIST, 1, $1); }
|	values ',' value		{ $$ = terse_add(p, $1, $3); }
;

label_values:
	'(' values ')'			{ $$ = $2; }
;

value:
	atom
|	atom DOTS atom			{ $$ = NODE(T_RANGE, 2, $1, $3); }
|	value '|' atom			{ $$ = $1->kind == T_BITS ? terse_add(p, $1, $3) : NODE(T_BITS, 2, $1, $3); }
|	NAME NAME			{ $$ = NODE(T_NAMED, 2, LEAF(T_NAME, $1), LEAF(T_NAME, $2)); }
|	NAME STRING			{ $$ = NODE(T_NAMED, 2, LEAF(T_NAME, $1), LEAF(T_STRING, $2)); }
|	LOAD STRING			{ $$ = NODE(T_LOAD, 1, LEAF(T_STRING, $2)); }
;

atom:
	NAME				{ $$ = LEAF(T_NAME, $1); }
|	STRING				{ $$ = LEAF(T_STRING, $1); }
|	NUMBER				{ $$ = LEAF(T_NUMBER, $1); }
|	NEGATIVE			{ $$ = LEAF(T_NEGATIVE, $1); }
|	ADDRESS				{ $$ = LEAF(T_ADDRESS, $1); }
;

json:
	STRING				{ $$ = LEAF(T_STRING, $1); }
|	NUMBER				{ $$ = LEAF(T_NUMBER, $1); }
|	NAME				{ $$ = LEAF(T_NAME, $1); }
|	NEGATIVE			{ $$ = LEAF(T_NEGATIVE, $1); }
|	'[' ']'				{ $$ = EMPTY; $$->at = terse_join($1.at, $2.at); }
|	'[' json_list ']'		{ $$ = $2; $$->at = terse_join($1.at, $3.at); }
|	'{' '}'				{ $$ = NODE(T_MAP, 0); $$->at = terse_join($1.at, $2.at); }
|	'{' json_pairs '}'		{ $$ = $2; $$->at = terse_join($1.at, $3.at); }
;

json_list:
	json				{ $$ = NODE(T_LIST, 1, $1); }
|	json_list ',' json		{ $$ = terse_add(p, $1, $3); }
;

json_pairs:
	json_pair			{ $$ = NODE(T_MAP, 1, $1); }
|	json_pairs ',' json_pair	{ $$ = terse_add(p, $1, $3); }
;

json_pair:
	name ':' json			{ $$ = NODE(T_PAIR, 2, $1, $3); }
;

attr:
	'@' NAME			{ $$ = NODE(T_ATTR, 2, LEAF(T_NAME, $2), NONE); }
|	'@' NAME '(' json ')'		{ $$ = NODE(T_ATTR, 2, LEAF(T_NAME, $2), $4); }
;

some_attrs:
	attr				{ $$ = NODE(T_LIST, 1, $1); }
|	some_attrs attr			{ $$ = terse_add(p, $1, $2); }
;

attrs:
	%empty				{ $$ = NULL; }
|	some_attrs
;

requirements:
	requirement			{ $$ = NODE(T_LIST, 1, $1); }
|	requirements ',' requirement	{ $$ = terse_add(p, $1, $3); }
;

requirement:
	name '=' name			{ $$ = op(NODE(T_NEEDS, 2, $1, NODE(T_LIST, 1, $3)), NEED_EQUAL, false); }
|	name EQ name			{ $$ = op(NODE(T_NEEDS, 2, $1, NODE(T_LIST, 1, $3)), NEED_EQUAL, false); }
|	name IN label_values		{ $$ = op(NODE(T_NEEDS, 2, $1, $3), NEED_IN, false); }
|	name NOT IN label_values	{ $$ = op(NODE(T_NEEDS, 2, $1, $4), NEED_NOT_IN, false); }
|	NAME name
	{
		bool lacks = strcmp($1.text, "lacks") == 0;

		if (!lacks && strcmp($1.text, "has"))
			terse_mistake(p, $1.at, "has KEY, lacks KEY, KEY = \"value\", KEY in (\"a\", \"b\")",
				"`%.60s` is no requirement of a label", $1.text);
		$$ = op(NODE(T_NEEDS, 2, $2, NONE), lacks ? NEED_LACKS : NEED_HAS, false);
	}
;

/* ---- hooks ---- */

hook:
	hook_kind words params result attrs body
	{
		$$ = $1;
		terse_add(p, $$, $2);
		terse_add(p, $$, $3);
		terse_add(p, $$, $4);
		terse_add(p, $$, $5);
		terse_add(p, $$, $6);
	}
|	hook_kind params result attrs body
	{
		terse_mistake(p, $1->at, NULL, "the hook names nothing to watch");
		$$ = NULL;
	}
;

hook_kind:
	KPROBE				{ $$ = op(LEAF(T_HOOK, $1), KPROBE, false); }
|	FENTRY				{ $$ = op(LEAF(T_HOOK, $1), FENTRY, false); }
|	SYSCALL				{ $$ = flag(op(LEAF(T_HOOK, $1), KPROBE, false), HOOK_SYSCALL, $1.at); }
|	FENTRY SYSCALL			{ $$ = flag(op(LEAF(T_HOOK, $1), FENTRY, false), HOOK_SYSCALL, $1.at); }
|	TRACEPOINT			{ $$ = op(LEAF(T_HOOK, $1), TRACEPOINT, false); }
|	RAW TRACEPOINT			{ $$ = flag(op(LEAF(T_HOOK, $1), TRACEPOINT, false), HOOK_RAW, $1.at); }
|	LSM				{ $$ = op(LEAF(T_HOOK, $1), LSM, false); }
|	UPROBE				{ $$ = op(LEAF(T_HOOK, $1), UPROBE, false); }
|	USDT				{ $$ = op(LEAF(T_HOOK, $1), USDT, false); }
;

words:
	word				{ $$ = NODE(T_LIST, 1, $1); }
|	words word			{ $$ = terse_add(p, $1, $2); }
;

word:
	atom
|	','				{ $$ = LEAF(T_MARK, $1); }
|	':'				{ $$ = LEAF(T_MARK, $1); }
|	'/'				{ $$ = LEAF(T_MARK, $1); }
|	'.'				{ $$ = LEAF(T_MARK, $1); }
|	'*'				{ $$ = LEAF(T_MARK, $1); }
|	'+'				{ $$ = LEAF(T_MARK, $1); }
;

params:
	%empty				{ $$ = NULL; }
|	'(' ')'				{ $$ = EMPTY; }
|	'(' param_list ')'		{ $$ = $2; }
|	'(' error ')'			{ yyerrok; $$ = EMPTY; }
;

param_list:
	param				{ $$ = NODE(T_LIST, 1, $1); }
|	param_list ',' param		{ $$ = terse_add(p, $1, $3); }
;

param:
	param_rest
|	NAME '=' param_rest		{ $$ = $3; $$->kids[0] = LEAF(T_NAME, $1); $$->at = terse_join($1.at, $$->at); }
|	ref NAME size attrs
	{
		terse_mistake(p, $2.at, "NAME: TYPE", "a type stands behind a colon");
		$$ = NODE(T_PARAM, 5, NONE, $1, LEAF(T_NAME, $2), $3, $4);
	}
;

param_rest:
	ref attrs			{ $$ = NODE(T_PARAM, 5, NONE, $1, NONE, NONE, $2); }
|	ref ':' NAME size attrs		{ $$ = NODE(T_PARAM, 5, NONE, $1, LEAF(T_NAME, $3), $4, $5); }
;

size:
	%empty				{ $$ = NULL; }
|	NAME ref
	{
		if (strcmp($1.text, "size"))
			terse_mistake(p, $1.at, "a buffer's length: `buf: char_buf size count`",
				"`%.60s` means nothing behind a type", $1.text);
		$$ = $2;
	}
;

result:
	%empty				{ $$ = NULL; }
|	GIVES NAME			{ $$ = LEAF(T_NAME, $2); }
|	GIVES				{ terse_mistake(p, $1.at, "-> int", "the type of the result is missing"); $$ = NULL; }
;

body:
	%empty				{ $$ = NULL; }
|	'{' items '}'			{ $$ = $2; $$->at = terse_join($1.at, $3.at); }
|	'{' items error '}'		{ yyerrok; $$ = $2; }
|	WHERE rule			{ $$ = NODE(T_LIST, 1, $2); }
;

items:
	%empty				{ $$ = EMPTY; }
|	items END
|	items item END			{ $$ = terse_add(p, $1, $2); }
|	items error END			{ yyerrok; }
;

item:
	rule
|	MESSAGE text			{ $$ = statement(p, &$1, MESSAGE, NODE(T_STATEMENT, 1, $2)); }
|	TAGS values			{ $$ = statement(p, &$1, TAGS, NODE(T_STATEMENT, 1, $2)); }
;

rule:
	expr does			{ $$ = NODE(T_RULE, 3, NONE, $1, $2); }
|	NAME ':' expr does		{ $$ = NODE(T_RULE, 3, LEAF(T_NAME, $1), $3, $4); }
|	STRING ':' expr does		{ $$ = NODE(T_RULE, 3, LEAF(T_STRING, $1), $3, $4); }
|	DEFAULT does			{ $$ = NODE(T_RULE, 3, NONE, NONE, $2); $$->at = $1.at; }
|	NAME ':' DEFAULT does		{ $$ = NODE(T_RULE, 3, LEAF(T_NAME, $1), NONE, $4); $$->at = $1.at; }
|	STRING ':' DEFAULT does		{ $$ = NODE(T_RULE, 3, LEAF(T_STRING, $1), NONE, $4); $$->at = $1.at; }
|	DOES actions
	{
		terse_mistake(p, $1.at, "default => ...", "the rule has no condition");
		$$ = NODE(T_RULE, 3, NONE, NONE, $2);
	}
|	expr GIVES actions
	{
		terse_mistake(p, $2.at, "CONDITION => ACTION, ...", "actions stand behind `=>`");
		$$ = NODE(T_RULE, 3, NONE, $1, $3);
	}
;

does:
	%empty				{ $$ = NULL; }
|	DOES actions			{ $$ = $2; }
|	DOES				{ terse_mistake(p, $1.at, "=> post", "no action stands behind `=>`"); $$ = NULL; }
;

actions:
	action				{ $$ = NODE(T_LIST, 1, $1); }
|	actions ',' action		{ $$ = terse_add(p, $1, $3); }
;

action:
	action_words attrs		{ $$ = NODE(T_ACTION, 2, $1, $2); }
;

action_words:
	NAME				{ $$ = NODE(T_LIST, 1, LEAF(T_NAME, $1)); }
|	action_words action_word	{ $$ = terse_add(p, $1, $2); }
;

action_word:
	NAME				{ $$ = LEAF(T_NAME, $1); }
|	STRING				{ $$ = LEAF(T_STRING, $1); }
|	NUMBER				{ $$ = LEAF(T_NUMBER, $1); }
|	NEGATIVE			{ $$ = LEAF(T_NEGATIVE, $1); }
|	DURATION			{ $$ = LEAF(T_DURATION, $1); }
|	'/'				{ $$ = LEAF(T_MARK, $1); }
|	'='				{ $$ = LEAF(T_MARK, $1); }
|	'.'				{ $$ = LEAF(T_MARK, $1); }
|	IN				{ $$ = LEAF(T_NAME, $1); }
;

/* ---- conditions ---- */

expr:
	expr OR expr			{ $$ = joined(p, T_OR, $1, $3); }
|	expr AND expr			{ $$ = joined(p, T_AND, $1, $3); }
|	NOT expr			{ $$ = NODE(T_NOT, 1, $2); $$->at = terse_join($1.at, $2->at); }
|	'(' expr ')'			{ $$ = $2; }
|	test
;

test:
	attr
|	ref				{ $$ = test(p, $1, TEST_IS_TRUE, false, NULL); }
|	ref EQ values			{ $$ = test(p, $1, TEST_EQUAL, false, $3); }
|	ref NE values			{ $$ = test(p, $1, TEST_EQUAL, true, $3); }
|	ref IN values			{ $$ = test(p, $1, TEST_EQUAL, false, $3); }
|	ref IN label_values		{ $$ = test(p, $1, TEST_EQUAL, false, $3); }
|	ref NOT IN values		{ $$ = test(p, $1, TEST_EQUAL, true, $4); }
|	ref NOT IN label_values		{ $$ = test(p, $1, TEST_EQUAL, true, $4); }
|	ref '<' values			{ $$ = test(p, $1, TEST_LESS, false, $3); }
|	ref '>' values			{ $$ = test(p, $1, TEST_GREATER, false, $3); }
|	ref LE values			{ $$ = test(p, $1, TEST_AT_MOST, false, $3); }
|	ref GE values			{ $$ = test(p, $1, TEST_AT_LEAST, false, $3); }
|	ref '&' values			{ $$ = test(p, $1, TEST_BITS, false, $3); }
|	ref UNDER values		{ $$ = test(p, $1, TEST_UNDER, false, $3); }
|	ref NOT UNDER values		{ $$ = test(p, $1, TEST_UNDER, true, $4); }
|	ref STARTS values		{ $$ = test(p, $1, TEST_STARTS, false, $3); }
|	ref NOT STARTS values		{ $$ = test(p, $1, TEST_STARTS, true, $4); }
|	ref ENDS values			{ $$ = test(p, $1, TEST_ENDS, false, $3); }
|	ref NOT ENDS values		{ $$ = test(p, $1, TEST_ENDS, true, $4); }
|	ref CONTAINS values		{ $$ = test(p, $1, TEST_CONTAINS, false, $3); }
|	ref NOT CONTAINS values		{ $$ = test(p, $1, TEST_CONTAINS, true, $4); }
|	ref ICONTAINS values		{ $$ = test(p, $1, TEST_ICONTAINS, false, $3); }
|	ref NOT ICONTAINS values	{ $$ = test(p, $1, TEST_ICONTAINS, true, $4); }
|	ref MATCHES values		{ $$ = test(p, $1, TEST_MATCHES, false, $3); }
|	ref NOT MATCHES values		{ $$ = test(p, $1, TEST_MATCHES, true, $4); }
|	ref IS NAME			{ $$ = test(p, $1, TEST_IS, false, NODE(T_LIST, 1, LEAF(T_NAME, $3))); }
|	ref IS NOT NAME			{ $$ = test(p, $1, TEST_IS, true, NODE(T_LIST, 1, LEAF(T_NAME, $4))); }
|	ref '@' NAME
	{ $$ = test(p, $1, TEST_ESCAPE, false, NULL); $$->text = $3.text; $$->at = terse_join($1->at, $3.at); }
|	ref '@' NAME values
	{ $$ = test(p, $1, TEST_ESCAPE, false, $4); $$->text = $3.text; }
|	'(' ref ',' ref ')' '@' NAME
	{ $$ = op(NODE(T_TEST, 3, $2, $4, NONE), TEST_ESCAPE, false); $$->text = $7.text; }
|	'(' ref ',' ref ')' '@' NAME values
	{ $$ = op(NODE(T_TEST, 3, $2, $4, $8), TEST_ESCAPE, false); $$->text = $7.text; }
|	ref '(' ')'			{ $$ = NODE(T_CALL, 2, $1, NODE(T_LIST, 0)); }
|	ref '(' requirements ')'	{ $$ = NODE(T_CALL, 2, $1, $3); }
|	ref '(' text ')'		{ $$ = NODE(T_CALL, 2, $1, NODE(T_LIST, 1, $3)); }
|	ref '=' values
	{
		terse_mistake(p, $2.at, "`==` compares", "`=` gives a value, and compares none");
		$$ = test(p, $1, TEST_EQUAL, false, $3);
	}
;

ref:
	NAME				{ $$ = NODE(T_REF, 1, LEAF(T_NAME, $1)); }
|	ref '.' NAME			{ $$ = member(p, $1, LEAF(T_NAME, $3)); }
|	ref '[' NUMBER ']'		{ $$ = member(p, $1, LEAF(T_NUMBER, $3)); }
;

%%

static struct terse_node *test(struct terse_parser *p, struct terse_node *ref, enum terse_op how,
			       bool negated, struct terse_node *values)
{
	return op(terse_node(p, T_TEST, 2, ref, values), (int)how, negated);
}

static struct terse_node *statement(struct terse_parser *p, const struct terse_token *t,
				    int keyword, struct terse_node *n)
{
	(void)p;
	n->at = terse_join(t->at, n->at.end ? n->at : t->at);
	return op(n, keyword, false);
}

static struct terse_node *flag(struct terse_node *hook, unsigned flags, struct span from)
{
	if (!hook)
		return NULL;
	hook->flags |= flags;
	hook->at = terse_join(from, hook->at);
	return hook;
}

static struct terse_node *op(struct terse_node *n, int op, bool negated)
{
	n->op = op;
	n->negated = negated;
	return n;
}

/* Long chains are flat: what walks the tree goes no deeper than the author's parentheses. */
static struct terse_node *joined(struct terse_parser *p, enum terse_kind kind,
				 struct terse_node *left, struct terse_node *right)
{
	return left->kind == kind ? terse_add(p, left, right)
				  : terse_node(p, kind, 2, left, right);
}

static struct terse_node *member(struct terse_parser *p, struct terse_node *ref,
				 struct terse_node *name)
{
	if (ref->count < TERSE_MAX_MEMBERS)
		return terse_add(p, ref, name);
	if (ref->count == TERSE_MAX_MEMBERS && ref->op == 0)
		terse_mistake(p, name->at, NULL, "a path has at most %d members", TERSE_MAX_MEMBERS);
	ref->op = 1; /* said */
	return ref;
}

static int terse_ylex(TERSE_YSTYPE *value, struct terse_parser *p)
{
	return terse_next(p, &value->token);
}

/* Only memory is reported in this way: of the parser's stack, which deep nesting fills. */
static void terse_yerror(struct terse_parser *p, const char *text)
{
	(void)text;
	p->too_large = true;
}

static int yyreport_syntax_error(const yypcontext_t *context, struct terse_parser *p)
{
	enum { MOST = 12 };
	yysymbol_kind_t kinds[MOST];
	const char *words[MOST];
	int count = yypcontext_expected_tokens(context, kinds, MOST);

	for (int i = 0; i < count; i++)
		words[i] = yysymbol_name(kinds[i]);
	terse_unexpected(p, &p->current, words, count);
	return 0;
}

void terse_parse_file(struct terse_parser *p)
{
	if (terse_yparse(p))
		p->bad = true;
}
