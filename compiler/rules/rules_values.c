// SPDX-License-Identifier: Apache-2.0
/* Rules about the values of filters. */
#include <inttypes.h>
#include <string.h>
#include "imply.h"
#include "compiler/values/number.h"
#include "rule.h"

static const struct ast_str *written(const struct tir_filter *f, size_t i)
{
	return &f->ir->values[i];
}

/* ---- redundant-value ------------------------------------------------------------------------ */

/* "/lib" covers "/lib64", which was hardly meant. */
static bool lacks_slash(const struct ast_str *v, const struct ast_str *by)
{
	return by->len && by->s[0] == '/' && by->s[by->len - 1] != '/' && v->len > by->len &&
	       v->s[by->len] != '/' && rule_starts_with(v, by->s);
}

static void report_covered(struct ruling *r, const struct ast_str *v, const struct ast_str *by)
{
	struct diag *m;

	if (v->len == by->len && !memcmp(v->s, by->s, v->len)) {
		m = rule_at(r, v->at, "%s is listed twice", rule_shown(r, v));
		diag_note_at(r->diags, m, by->at, "the first time is here");
		return;
	}
	m = rule_at(r, v->at, "%s adds nothing: %s covers it", rule_shown(r, v), rule_shown(r, by));
	diag_note_at(r->diags, m, by->at, "the other value is here");
	if (lacks_slash(v, by))
		diag_hint(r->diags, m, "for the folder alone, end it with a slash: \"%s/\"", by->s);
}

void redundant_value(struct ruling *r, const struct tir_hook *h, const struct tir_filter *f,
		     const struct tir_arg *arg)
{
	(void)h;
	for (size_t i = 0; i < f->value_count && i < RULE_LOOKS; i++)
		for (size_t j = 0; j < f->value_count && j < RULE_LOOKS; j++) {
			struct claim a = {op_get(f->op)->plain, arg->type, &f->values[i]};
			struct claim b = {op_get(f->op)->plain, arg->type, &f->values[j]};

			/* of two equal values the second is the one too many */
			if (i == j || !claim_covers(&b, &a) || (j > i && claim_covers(&a, &b)))
				continue;
			report_covered(r, written(f, i), written(f, j));
			break;
		}
}

static void repeated_paths(struct ruling *r, const struct ir_binaries *b)
{
	for (size_t i = 1; i < b->value_count && i < RULE_LOOKS; i++)
		for (size_t j = 0; j < i; j++)
			if (b->values[i].len == b->values[j].len &&
			    !memcmp(b->values[i].s, b->values[j].s, b->values[i].len)) {
				report_covered(r, &b->values[i], &b->values[j]);
				break;
			}
}

void redundant_binary(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	(void)h;
	for (size_t i = 0; i < s->binary_count; i++)
		repeated_paths(r, &s->binaries[i]);
	for (size_t i = 0; i < s->parent_binary_count; i++)
		repeated_paths(r, &s->parent_binaries[i]);
}

/* ---- impossible-value, always-true ----------------------------------------------------------- */

/* Whether an argument as wide as the kernel passes it can have the number. */
static bool fits_kernel(const struct tir_arg *arg, uint64_t v)
{
	uint64_t extended;

	if (arg->type->class != CLASS_INT || !arg->bits || arg->bits >= arg->type->bits ||
	    arg->is_pointer)
		return true;
	extended = number_extend(v, arg->bits, arg->is_signed);
	return number_extend(extended, arg->type->bits, arg->type->is_signed) == v;
}

static bool never_equals(const struct tir_filter *f, size_t i, const struct tir_arg *arg)
{
	enum op plain = op_get(f->op)->plain;

	return (plain == OP_EQUAL || plain == OP_IN_MAP) && f->values[i].kind == VALUE_IS_NUMBER &&
	       !fits_kernel(arg, f->values[i].number);
}

static const char *why_never(struct ruling *r, const struct tir_filter *f, size_t i,
			     const struct tir_arg *arg)
{
	if (never_equals(f, i, arg))
		return arena_printf(r->arena,
				    "the kernel passes %u bits, which cannot hold this number",
				    arg->bits);
	if (arg->type->class == CLASS_PATH)
		return "the root directory is an empty path in the kernel, which no path operator "
		       "matches";
	if (f->op == OP_MASK)
		return "no bit is set in 0";
	return f->op == OP_LT ? "no number of the type is smaller"
			      : "no number of the type is larger";
}

void impossible_value(struct ruling *r, const struct tir_hook *h, const struct tir_filter *f,
		      const struct tir_arg *arg)
{
	(void)h;
	for (size_t i = 0; i < f->value_count; i++) {
		struct diag *m;

		if (!(f->values[i].flags & VALUE_NEVER) && !never_equals(f, i, arg))
			continue;
		m = rule_at(r, written(f, i)->at,
			    op_negated(f->op) ? "%s excludes nothing: no argument is ever so"
					      : "%s never matches: no argument is ever so",
			    rule_shown(r, written(f, i)));
		diag_note(r->diags, m, "%s", why_never(r, f, i, arg));
	}
}

void always_true(struct ruling *r, const struct tir_hook *h, const struct tir_filter *f,
		 const struct tir_arg *arg)
{
	(void)h;
	for (size_t i = 0; i < f->value_count; i++) {
		bool empty = op_get(f->op)->plain == OP_PREFIX && !f->values[i].len;

		if (!(f->values[i].flags & VALUE_ALWAYS) && !empty)
			continue;
		diag_note(r->diags,
			  rule_at(r, written(f, i)->at,
				  op_negated(f->op) ? "the filter never passes: every `%s` "
						      "argument is excluded"
						    : "the filter always passes: every `%s` "
						      "argument is meant",
				  arg->type->name),
			  empty ? "every text that is not empty starts with nothing"
				: "the range is all that the type can hold");
	}
}

/* ---- leading-zero --------------------------------------------------------------------------- */

/* "010", not "0", "0x8" or "0o10". */
static bool looks_octal(const struct ast_str *v)
{
	const char *s = v->s + (v->len && *v->s == '-');

	return s[0] == '0' && s[1] && strspn(s, "01234567") == strlen(s);
}

static bool is_mode(const struct tir_arg *arg)
{
	return arg->kernel && strstr(arg->kernel, "mode");
}

void leading_zero(struct ruling *r, const struct tir_hook *h, const struct tir_filter *f,
		  const struct tir_arg *arg)
{
	(void)h;
	for (size_t i = 0; i < f->value_count; i++) {
		bool decimal = f->values[i].flags & VALUE_LEADING_ZERO;
		const struct ast_str *v = written(f, i);
		struct diag *m;

		if (!decimal && (op_get(f->op)->takes != OPERAND_TYPED ||
				 arg->type->class != CLASS_INT || !looks_octal(v) || is_mode(arg)))
			continue;
		m = rule_at(r, v->at,
			    decimal ? "%s is a decimal number here, in spite of its leading 0"
				    : "%s is an octal number: a leading 0 says so",
			    rule_shown(r, v));
		diag_note(r->diags, m,
			  "sets, ports and protocols take decimal numbers only; `Equal` and its "
			  "like take a leading 0 for octal");
		if (!decimal)
			diag_hint(r->diags, m,
				  "write 0o%s to say that octal is meant, or leave the 0 out",
				  v->s + strspn(v->s, "-0"));
	}
}

/* ---- odd-spelling --------------------------------------------------------------------------- */

static void report_spelling(struct ruling *r, const struct ast_str *v, const char *what,
			    const char *better)
{
	struct diag *m = rule_at(r, v->at, "%s %s", rule_shown(r, v), what);

	diag_hint(r->diags, m, "write \"%s\"", better);
	diag_fix_word(r->diags, m, v->at, v->s, better);
}

void odd_spelling(struct ruling *r, const struct tir_hook *h, const struct tir_filter *f,
		  const struct tir_arg *arg)
{
	(void)h;
	for (size_t i = 0; i < f->value_count; i++) {
		uint32_t flags = f->values[i].flags;
		const char *better = value_show(r->arena, &f->values[i], arg->type, f->op);

		if (flags & VALUE_REORDERED)
			report_spelling(r, written(f, i), "has its larger end first", better);
		/* as interfaces show it; nobody is misled */
		if (flags & VALUE_HOST_BITS && strcmp(written(f, i)->s, "127.0.0.1/8"))
			report_spelling(r, written(f, i),
					"has bits behind the prefix, which are not looked at",
					better);
	}
}

/* ---- mapped-address, address-family -----------------------------------------------------------
 */

void mapped_address(struct ruling *r, const struct tir_hook *h, const struct tir_filter *f,
		    const struct tir_arg *arg)
{
	(void)h;
	(void)arg;
	for (size_t i = 0; i < f->value_count; i++) {
		const struct value *v = &f->values[i];
		struct diag *m;

		if (!(v->flags & VALUE_MAPPED))
			continue;
		m = rule_at(r, written(f, i)->at, "%s matches no IPv4 connection",
			    rule_shown(r, written(f, i)));
		diag_note(r->diags, m,
			  "it is an IPv6 address, and is compared with those of IPv6 sockets "
			  "only");
		diag_hint(r->diags, m, "for IPv4, add \"%u.%u.%u.%u\"", v->address[12],
			  v->address[13], v->address[14], v->address[15]);
	}
}

void address_family(struct ruling *r, const struct tir_hook *h, const struct tir_filter *f,
		    const struct tir_arg *arg)
{
	unsigned families = 0;
	struct diag *m;

	(void)h;
	(void)arg;
	if (op_get(f->op)->takes != OPERAND_ADDRESS || !op_negated(f->op))
		return;
	for (size_t i = 0; i < f->value_count; i++)
		families |= f->values[i].family;
	if (families == (4 | 6))
		return;
	m = rule_at(r, f->ir->at, "every IPv%d address passes `%s`: the values are all IPv%u",
		    families == 4 ? 6 : 4, op_name(f->op), families);
	diag_note(r->diags, m, "sockets that are neither IPv4 nor IPv6 never pass");
	diag_hint(r->diags, m,
		  families == 4 ? "add the IPv6 ranges that are meant, such as \"::1\""
				: "add the IPv4 ranges that are meant, such as \"127.0.0.0/8\"");
}

/* ---- paths ---------------------------------------------------------------------------------- */

static const char relative[] =
	"the kernel's paths start with `/`; what a program wrote is not known here";

static const char *odd_path(const struct ast_str *v, enum op plain)
{
	if (memmem(v->s, v->len, "//", 2))
		return "the kernel's paths have one `/` between names";
	if (v->len && v->s[v->len - 1] == '/')
		return "the kernel's paths have no `/` at the end, directories included";
	if (plain != OP_POSTFIX && v->len && v->s[0] != '/')
		return relative;
	return NULL;
}

static const char *why_unlikely(const struct tir_filter *f, size_t i)
{
	enum op plain = op_get(f->op)->plain;
	const struct ast_str *v = written(f, i);

	if (plain != OP_POSTFIX && rule_starts_with(v, "/proc/self/"))
		return "`/proc/self` is a link; the kernel sees `/proc/PID`";
	return f->values[i].flags & VALUE_UNLIKELY ? odd_path(v, plain) : NULL;
}

/* Says it of the first value, and counts the others that have the same fault. */
void unlikely_path(struct ruling *r, const struct tir_hook *h, const struct tir_filter *f,
		   const struct tir_arg *arg)
{
	const char *why = NULL;
	struct diag *m = NULL;
	size_t more = 0;

	(void)h;
	for (size_t i = 0; arg->type->class == CLASS_PATH && i < f->value_count; i++) {
		const char *this = why_unlikely(f, i);

		if (!this || (m && this != why)) {
			continue;
		} else if (m) {
			more++;
			continue;
		}
		why = this;
		m = rule_at(r, written(f, i)->at, "no path of the kernel looks like %s",
			    rule_shown(r, written(f, i)));
		diag_note(r->diags, m, "%s", why);
	}
	if (more)
		diag_note(r->diags, m, "the same is true of %zu more value%s of this filter", more,
			  more == 1 ? "" : "s");
	if (m && why == relative)
		diag_hint(r->diags, m, "for the end of a path: operator: \"%s\"",
			  op_negated(f->op) ? "NotPostfix" : "Postfix");
}

void dentry_path(struct ruling *r, const struct tir_hook *h, const struct tir_filter *f,
		 const struct tir_arg *arg)
{
	enum op plain = op_get(f->op)->plain;
	struct diag *m;

	(void)h;
	if (arg->type->id != TYPE_DENTRY || (plain != OP_EQUAL && plain != OP_PREFIX))
		return;
	m = rule_at(r, f->ir->at, "the path of a `dentry` begins at its mount, not at the root");
	diag_note(r->diags, m,
		  "a file /srv/data/x on a file system mounted at /srv is `/data/x` here");
	diag_hint(r->diags, m,
		  "use `Postfix` or `SubString`, or a hook that passes a `path` or a `file`");
}

void abstract_socket(struct ruling *r, const struct tir_hook *h, const struct tir_filter *f,
		     const struct tir_arg *arg)
{
	(void)h;
	(void)arg;
	for (size_t i = 0; i < f->value_count; i++) {
		const struct ast_str *v = written(f, i);
		struct diag *m;

		if (!(f->values[i].flags & VALUE_ABSTRACT_MARK))
			continue;
		m = rule_at(r, v->at, "%s is not how an abstract socket name is compared",
			    rule_shown(r, v));
		diag_note(r->diags, m,
			  "events show a leading `@`; the name itself does not have it");
		diag_hint(r->diags, m, "operator: \"Prefix\"\nvalues: [\"%s\"]", v->s + 1);
	}
}

void trailing_nul(struct ruling *r, const struct tir_hook *h, const struct tir_filter *f,
		  const struct tir_arg *arg)
{
	(void)h;
	(void)arg;
	for (size_t i = 0; i < f->value_count; i++)
		if (f->values[i].flags & VALUE_NUL_CUT)
			diag_note(r->diags,
				  rule_at(r, written(f, i)->at,
					  "the NUL at the end of the value is dropped"),
				  "texts are compared without their NUL; with other types than "
				  "`string` such a value is refused");
}

/* ---- size-filter ---------------------------------------------------------------------------- */

void size_filter(struct ruling *r, const struct tir_hook *h, const struct tir_filter *f,
		 const struct tir_arg *arg)
{
	struct diag *m;

	(void)h;
	if (arg->type->id != TYPE_SIZE || arg->bits <= 32)
		return;
	m = rule_at(r, f->ir->at, "only the low 32 bits of a `size_t` are compared");
	diag_note_at(r->diags, m, arg->ir->at, "4294967297 counts as 1 here");
	diag_hint(r->diags, m, "type: \"uint64\"");
	diag_fix_word(r->diags, m, arg->ir->at, "size_t", "uint64");
}
