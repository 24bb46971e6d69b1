// SPDX-License-Identifier: Apache-2.0
/* Conditions on events: what they come to. Nothing is taken from memory here. */
#include <stdlib.h>
#include <string.h>
#include "runtime/event_cel_parser.h"
#include "runtime/utf8.h"

struct value {
	bool null;
	uint64_t number;	   /* truth values too; signed ones in two's complement */
	struct cel_part_text text; /* bytes in base64 */
	const json_t *json;	   /* a message, a list, a map; NULL: without any member */
	uint16_t list;		   /* one that is written down: its part */
	struct cel_address address;
};

struct question {
	const struct event_cel *c;
	enum event_type type;
	const json_t *event;
	uint32_t steps;
	struct value bound[CEL_BOUND_MOST];
};

static bool evaluate(struct question *q, uint16_t at, struct value *out);

static const struct cel_part *part(const struct question *q, uint16_t at)
{
	return &q->c->parts[at];
}

/* ---- from JSON ------------------------------------------------------------------------------- */

static bool number_of_text(const char *text, uint64_t *out)
{
	char *end;

	*out = *text == '-' ? (uint64_t)strtoll(text, &end, 10) : strtoull(text, &end, 10);
	return *text && !*end;
}

static bool number_of(const struct cel_value_type *type, const json_t *json, uint64_t *out)
{
	const char *text = json_string_value(json);
	const ProtobufCEnumValue *v;

	if (json_is_integer(json)) {
		*out = (uint64_t)json_integer_value(json);
		return true;
	}
	if (!text || !type->descriptor)
		return text && number_of_text(text, out);
	v = protobuf_c_enum_descriptor_get_value_by_name(type->descriptor, text);
	*out = v ? (uint64_t)(int64_t)v->value : 0;
	return v;
}

/* What is not there is its type's default. */
static bool of_json(const struct cel_value_type *type, const json_t *json, struct value *out)
{
	*out = (struct value){.json = json, .text = {"", 0}};
	if (!json) {
		out->null = type->wrapped || type->kind == CEL_VALUE_TIME;
		return true;
	}
	switch (type->kind) {
	case CEL_VALUE_BOOL:
		out->number = json_is_true(json);
		return json_is_boolean(json);
	case CEL_VALUE_INT:
	case CEL_VALUE_UINT:
		return number_of(type, json, &out->number);
	case CEL_VALUE_TEXT:
	case CEL_VALUE_BYTES:
	case CEL_VALUE_TIME:
		out->text =
			(struct cel_part_text){json_string_value(json), json_string_length(json)};
		return out->text.at;
	case CEL_VALUE_LIST:
		return json_is_array(json);
	default:
		return json_is_object(json);
	}
}

static const json_t *member_of(const struct cel_part *n, const struct value *of)
{
	if (!of->json)
		return NULL;
	if (n->name.size)
		return json_object_getn(of->json, n->name.at, n->name.size);
	return json_object_get(of->json, n->field->name);
}

/* A map has no defaults. */
static bool field(struct question *q, const struct cel_part *n, struct value *out)
{
	struct value of;
	const json_t *json;

	if (!evaluate(q, n->left, &of))
		return false;
	json = member_of(n, &of);
	if (n->kind == CEL_PART_HAS) {
		*out = (struct value){.number = json != NULL};
		return true;
	}
	return (json || !n->name.size) && of_json(&n->type, json, out);
}

/* ---- comparing ------------------------------------------------------------------------------- */

static int compare_numbers(enum cel_value_kind a, uint64_t x, enum cel_value_kind b, uint64_t y)
{
	bool x_negative = a == CEL_VALUE_INT && (int64_t)x < 0;
	bool y_negative = b == CEL_VALUE_INT && (int64_t)y < 0;

	if (x_negative != y_negative)
		return x_negative ? -1 : 1;
	return (x > y) - (x < y); /* also of two negative ones in two's complement */
}

static int compare_texts(const struct cel_part_text *a, const struct cel_part_text *b)
{
	int order = memcmp(a->at, b->at, a->size < b->size ? a->size : b->size);

	return order ? order : (a->size > b->size) - (a->size < b->size);
}

static bool same_address(const struct cel_address *a, const struct cel_address *b)
{
	return a->family == b->family && a->prefix == b->prefix &&
	       !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static bool is_null(const struct cel_value_type *type, const struct value *v)
{
	return type->kind == CEL_VALUE_NULL || v->null ||
	       (type->kind == CEL_VALUE_MESSAGE && !v->json);
}

static bool equal(const struct cel_value_type *a, const struct value *x,
		  const struct cel_value_type *b, const struct value *y)
{
	bool null = is_null(a, x), other_null = is_null(b, y);

	if (null || other_null)
		return null == other_null;
	switch (a->kind) {
	case CEL_VALUE_INT:
	case CEL_VALUE_UINT:
		return !compare_numbers(a->kind, x->number, b->kind, y->number);
	case CEL_VALUE_TEXT:
	case CEL_VALUE_BYTES:
		return !compare_texts(&x->text, &y->text);
	case CEL_VALUE_MESSAGE:
		return json_equal(x->json, y->json);
	case CEL_VALUE_IP:
	case CEL_VALUE_CIDR:
		return same_address(&x->address, &y->address);
	default:
		return x->number == y->number;
	}
}

static bool order(const struct question *q, const struct cel_part *n, const struct value *x,
		  const struct value *y, bool *out)
{
	enum cel_value_kind a = part(q, n->left)->type.kind, b = part(q, n->right)->type.kind;
	int c = a == CEL_VALUE_TEXT ? compare_texts(&x->text, &y->text)
				    : compare_numbers(a, x->number, b, y->number);

	*out = n->kind == CEL_PART_LESS	     ? c < 0
	       : n->kind == CEL_PART_AT_MOST ? c <= 0
	       : n->kind == CEL_PART_GREATER ? c > 0
					     : c >= 0;
	return !x->null && !y->null;
}

/* ---- elements -------------------------------------------------------------------------------- */

struct elements {
	struct cel_value_type type;
	const json_t *list;
	size_t at;
	const char *key; /* of a map */
	uint16_t next;	 /* of a list that is written down */
	const json_t *map;
};

static struct elements elements_of(const struct cel_value_type *type, const struct question *q,
				   const struct value *v)
{
	bool map = type->kind == CEL_VALUE_MAP;
	struct elements e = {
		.type = {.kind = type->of, .descriptor = type->descriptor},
		.list = map ? NULL : v->json,
		.next = v->list ? part(q, v->list)->left : 0,
		.map = map ? v->json : NULL,
	};

	e.key = map && v->json ? json_object_iter_key(json_object_iter((json_t *)v->json)) : NULL;
	return e;
}

/* 1: one more; 0: there is none; -1: it comes to nothing. */
static int next_element(struct question *q, struct elements *e, struct value *out)
{
	if (e->next) {
		uint16_t at = e->next;

		e->next = part(q, at)->next;
		return evaluate(q, at, out) ? 1 : -1;
	}
	if (e->key) {
		json_t *map = (json_t *)e->map;
		void *at = json_object_iter_at(map, e->key);

		*out = (struct value){.text = {e->key, strlen(e->key)}};
		e->key = json_object_iter_key(json_object_iter_next(map, at));
		return 1;
	}
	if (e->at >= json_array_size(e->list))
		return 0;
	return of_json(&e->type, json_array_get(e->list, e->at++), out) ? 1 : -1;
}

static bool in(struct question *q, const struct cel_part *n, const struct value *x,
	       const struct value *y, struct value *out)
{
	const struct cel_value_type *type = &part(q, n->left)->type;
	struct elements e = elements_of(&part(q, n->right)->type, q, y);
	bool clear = true;
	struct value v;
	int more;

	*out = (struct value){.number = true};
	while ((more = next_element(q, &e, &v))) {
		if (more > 0 && equal(type, x, &e.type, &v))
			return true;
		clear &= more > 0;
	}
	out->number = false;
	return clear;
}

static bool index_of(struct question *q, const struct cel_part *n, const struct value *of,
		     const struct value *index, struct value *out)
{
	const struct cel_value_type *type = &part(q, n->right)->type;
	struct elements e = elements_of(&part(q, n->left)->type, q, of);
	size_t at = (size_t)index->number;

	if (part(q, n->left)->type.kind == CEL_VALUE_MAP) {
		const json_t *json =
			of->json ? json_object_getn(of->json, index->text.at, index->text.size)
				 : NULL;

		return json && of_json(&n->type, json, out);
	}
	if (type->kind == CEL_VALUE_INT && (int64_t)index->number < 0)
		return false;
	if (!of->list)
		return at < json_array_size(of->json) &&
		       of_json(&n->type, json_array_get(of->json, at), out);
	while (at-- && e.next)
		e.next = part(q, e.next)->next;
	return e.next && evaluate(q, e.next, out);
}

/* all, exists and exists_one. One that comes to nothing is made up for by one that decides. */
static bool quantify(struct question *q, const struct cel_part *n, struct value *out)
{
	struct value *bound = &q->bound[n->number], of, v;
	bool clear = true, decides = n->kind != CEL_PART_ALL;
	struct elements e;
	size_t held = 0;
	int more;

	if (!evaluate(q, n->left, &of))
		return false;
	e = elements_of(&part(q, n->left)->type, q, &of);
	while ((more = next_element(q, &e, bound))) {
		bool told = more > 0 && evaluate(q, n->right, &v) && !v.null;

		clear &= told;
		held += told && (bool)v.number == decides;
		if (held && n->kind != CEL_PART_EXISTS_ONE)
			break;
		if (!q->steps)
			return false;
	}
	*out = (struct value){.number = n->kind == CEL_PART_ALL	     ? !held
					: n->kind == CEL_PART_EXISTS ? held > 0
								     : held == 1};
	return clear || (held && n->kind != CEL_PART_EXISTS_ONE);
}

/* ---- numbers, texts, addresses --------------------------------------------------------------- */

static bool add(bool is_signed, enum cel_part_kind kind, uint64_t x, uint64_t y, uint64_t *out)
{
	int64_t result;
	bool over;

	if (is_signed) {
		over = kind == CEL_PART_PLUS
			       ? __builtin_add_overflow((int64_t)x, (int64_t)y, &result)
		       : kind == CEL_PART_LESS_BY
			       ? __builtin_sub_overflow((int64_t)x, (int64_t)y, &result)
			       : __builtin_mul_overflow((int64_t)x, (int64_t)y, &result);
		*out = (uint64_t)result;
		return !over;
	}
	return !(kind == CEL_PART_PLUS	    ? __builtin_add_overflow(x, y, out)
		 : kind == CEL_PART_LESS_BY ? __builtin_sub_overflow(x, y, out)
					    : __builtin_mul_overflow(x, y, out));
}

static bool divide(bool is_signed, bool rest, uint64_t x, uint64_t y, uint64_t *out)
{
	int64_t a = (int64_t)x, b = (int64_t)y;

	if (!y || (is_signed && a == INT64_MIN && b == -1))
		return false;
	if (is_signed)
		*out = (uint64_t)(rest ? a % b : a / b);
	else
		*out = rest ? x % y : x / y;
	return true;
}

static bool arithmetic(const struct question *q, const struct cel_part *n, uint64_t x, uint64_t y,
		       uint64_t *out)
{
	bool is_signed = part(q, n->left)->type.kind == CEL_VALUE_INT;

	if (n->kind == CEL_PART_OVER || n->kind == CEL_PART_REST)
		return divide(is_signed, n->kind == CEL_PART_REST, x, y, out);
	return add(is_signed, n->kind, x, y, out);
}

static size_t characters(const struct cel_part_text *text)
{
	size_t n = 0;

	for (size_t i = 0; i < text->size; i++)
		n += ((unsigned char)text->at[i] & 0xc0) != 0x80;
	return n;
}

static size_t base64_size(const struct cel_part_text *text)
{
	size_t size = text->size / 4 * 3;

	for (size_t i = text->size; i > 0 && text->at[i - 1] == '='; i--)
		size--;
	return size;
}

static size_t list_size(const struct question *q, uint16_t list)
{
	size_t n = 0;

	for (uint16_t at = part(q, list)->left; at; at = part(q, at)->next)
		n++;
	return n;
}

static uint64_t size_of(const struct question *q, enum cel_value_kind kind, const struct value *v)
{
	switch (kind) {
	case CEL_VALUE_TEXT:
		return characters(&v->text);
	case CEL_VALUE_BYTES:
		return base64_size(&v->text);
	case CEL_VALUE_MAP:
		return json_object_size(v->json);
	default:
		return v->list ? list_size(q, v->list) : json_array_size(v->json);
	}
}

static bool contains(const struct cel_part_text *text, const struct cel_part_text *what)
{
	return memmem(text->at, text->size, what->at, what->size) != NULL;
}

static bool begins(const struct cel_part_text *text, const struct cel_part_text *what)
{
	return text->size >= what->size && !memcmp(text->at, what->at, what->size);
}

static bool ends(const struct cel_part_text *text, const struct cel_part_text *what)
{
	return text->size >= what->size &&
	       !memcmp(text->at + text->size - what->size, what->at, what->size);
}

/* An address or a network of the right side, which may be a text. */
static bool is_inside(const struct question *q, const struct cel_part *n, const struct value *x,
		      const struct value *y, struct value *out)
{
	struct cel_address inner = y->address;

	if (part(q, n->right)->type.kind == CEL_VALUE_TEXT &&
	    !(n->kind == CEL_PART_CONTAINS_IP ? cel_read_address(&inner, y->text.at, y->text.size)
					      : cel_read_cidr(&inner, y->text.at, y->text.size)))
		return false;
	out->number = cel_cidr_has(&x->address, &inner);
	return true;
}

/* ---- parts ----------------------------------------------------------------------------------- */

/* Looking through texts takes its time: false when there is none left. */
static bool pays(struct question *q, const struct cel_part *n, const struct value *x)
{
	size_t bytes = n->kind == CEL_PART_MATCHES ? 16 : 64; /* for a step */
	size_t steps = x->text.size / bytes;

	if (steps > q->steps) {
		q->steps = 0;
		return false;
	}
	q->steps -= (uint32_t)steps;
	return true;
}

/* A side that decides makes up for one that comes to nothing. */
static bool logic(struct question *q, const struct cel_part *n, struct value *out)
{
	bool decides = n->kind == CEL_PART_OR;
	struct value x, y;
	bool left = evaluate(q, n->left, &x) && !x.null, right;

	*out = (struct value){.number = decides};
	if (left && (bool)x.number == decides)
		return true;
	right = evaluate(q, n->right, &y) && !y.null;
	if (right && (bool)y.number == decides)
		return true;
	out->number = !decides;
	return left && right;
}

static bool choice(struct question *q, const struct cel_part *n, struct value *out)
{
	struct value v;

	return evaluate(q, n->left, &v) && !v.null &&
	       evaluate(q, v.number ? n->right : n->third, out);
}

static bool of_one(struct question *q, const struct cel_part *n, const struct value *v,
		   struct value *out)
{
	enum cel_value_kind kind = part(q, n->left)->type.kind;

	switch (n->kind) {
	case CEL_PART_NOT:
		out->number = !v->number;
		return true;
	case CEL_PART_MINUS:
		out->number = -v->number;
		return (int64_t)v->number != INT64_MIN;
	case CEL_PART_SIZE:
	case CEL_PART_SIZE_OF:
		out->number = size_of(q, kind, v);
		return true;
	case CEL_PART_TO_INT:
	case CEL_PART_TO_UINT:
		out->number = v->number;
		return kind == n->type.kind || (int64_t)v->number >= 0;
	case CEL_PART_TO_IP:
		return cel_read_address(&out->address, v->text.at, v->text.size);
	case CEL_PART_TO_CIDR:
		return cel_read_cidr(&out->address, v->text.at, v->text.size);
	case CEL_PART_IS_IP:
		out->number = cel_read_address(&out->address, v->text.at, v->text.size);
		return true;
	case CEL_PART_IS_CIDR:
		out->number = cel_read_cidr(&out->address, v->text.at, v->text.size);
		return true;
	case CEL_PART_FAMILY:
		out->number = v->address.family;
		return true;
	default:
		out->number = v->address.prefix;
		return true;
	}
}

static bool of_two(struct question *q, const struct cel_part *n, const struct value *x,
		   const struct value *y, struct value *out)
{
	bool truth = false, told = true;

	switch (n->kind) {
	case CEL_PART_EQUAL:
	case CEL_PART_DIFFERENT:
		truth = equal(&part(q, n->left)->type, x, &part(q, n->right)->type, y) ==
			(n->kind == CEL_PART_EQUAL);
		break;
	case CEL_PART_AT_MOST:
	case CEL_PART_AT_LEAST:
	case CEL_PART_LESS:
	case CEL_PART_GREATER:
		told = order(q, n, x, y, &truth);
		break;
	case CEL_PART_CONTAINS:
		truth = contains(&x->text, &y->text);
		break;
	case CEL_PART_STARTS_WITH:
		truth = begins(&x->text, &y->text);
		break;
	case CEL_PART_ENDS_WITH:
		truth = ends(&x->text, &y->text);
		break;
	case CEL_PART_MATCHES:
		truth = regex_search(n->regex, x->text.at, x->text.size);
		break;
	case CEL_PART_CONTAINS_IP:
	case CEL_PART_CONTAINS_CIDR:
		return is_inside(q, n, x, y, out);
	default:
		return !x->null && !y->null && arithmetic(q, n, x->number, y->number, &out->number);
	}
	out->number = truth;
	return told;
}

static bool operation(struct question *q, const struct cel_part *n, struct value *out)
{
	struct value x, y;

	if (!evaluate(q, n->left, &x) || (n->right && !evaluate(q, n->right, &y)) ||
	    !pays(q, n, &x))
		return false;
	*out = (struct value){.text = {"", 0}};
	if (!n->right)
		return !x.null && of_one(q, n, &x, out);
	if (n->kind == CEL_PART_IN)
		return in(q, n, &x, &y, out);
	if (n->kind == CEL_PART_INDEX)
		return !y.null && index_of(q, n, &x, &y, out);
	return of_two(q, n, &x, &y, out);
}

static bool variable(const struct question *q, const struct cel_part *n, struct value *out)
{
	*out = (struct value){.json = json_object_get(q->event, event_type_member(q->type))};
	return (enum event_type)n->number == q->type && json_is_object(out->json);
}

/* False: it comes to nothing. As deep as the tree, which has EVENT_CEL_NODES parts at most. */
static bool evaluate(struct question *q, uint16_t at, struct value *out)
{
	const struct cel_part *n = part(q, at);

	if (!q->steps)
		return false;
	q->steps--;
	switch (n->kind) {
	case CEL_PART_VALUE:
		*out = (struct value){.number = n->number, .null = n->type.kind == CEL_VALUE_NULL};
		if (n->type.kind == CEL_VALUE_TEXT)
			out->text = n->text;
		return true;
	case CEL_PART_VARIABLE:
		return variable(q, n, out);
	case CEL_PART_BOUND:
		*out = q->bound[n->number];
		return true;
	case CEL_PART_FIELD:
	case CEL_PART_HAS:
		return field(q, n, out);
	case CEL_PART_LIST:
		*out = (struct value){.list = at};
		return true;
	case CEL_PART_OR:
	case CEL_PART_AND:
		return logic(q, n, out);
	case CEL_PART_CHOICE:
		return choice(q, n, out);
	case CEL_PART_ALL:
	case CEL_PART_EXISTS:
	case CEL_PART_EXISTS_ONE:
		return quantify(q, n, out);
	default:
		return operation(q, n, out);
	}
}

/* ---- the whole ------------------------------------------------------------------------------- */

void event_cel_free(struct event_cel *c)
{
	if (!c)
		return;
	for (uint16_t i = 1; c->parts && i < c->count; i++)
		if (c->parts[i].kind == CEL_PART_MATCHES)
			regex_free(c->parts[i].regex);
	free(c->parts);
	free(c->texts);
	free(c);
}

size_t event_cel_weight(const struct event_cel *c)
{
	size_t n = c->count;

	for (uint16_t i = 1; i < c->count; i++)
		if (c->parts[i].kind == CEL_PART_MATCHES)
			n += regex_weight(c->parts[i].regex);
	return n;
}

bool event_cel_asks(const struct event_cel *c, enum event_type type)
{
	return c->types >> type & 1;
}

bool event_cel_holds(struct event_cel *c, enum event_type type, const json_t *event)
{
	struct question q = {.c = c, .type = type, .event = event, .steps = EVENT_CEL_STEPS};
	struct value v;

	return event_cel_asks(c, type) && evaluate(&q, c->root, &v) && !v.null && v.number;
}
