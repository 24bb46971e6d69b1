// SPDX-License-Identifier: Apache-2.0
#include "runtime/event_json.h"
#include "runtime/sink.h"

static const struct {
	const char *label, *words;
} causes[] = {
#define SINK_CAUSE(name, label, words) [SINK_##name] = {label, words},
#include "runtime/sink_causes.def"
#undef SINK_CAUSE
};

const char *sink_cause_label(enum sink_cause cause)
{
	return causes[cause].label;
}

const char *sink_cause_words(enum sink_cause cause)
{
	return causes[cause].words;
}

int sinks_add(struct sinks *s, const struct sink *sink)
{
	if (s->count == SINKS_MAX)
		return -1;
	s->v[s->count++] = *sink;
	return 0;
}

const char *sink_event_json(const struct sink_event *e, size_t *size)
{
	struct sinks *s = e->sinks;

	if (!s->encoded) {
		buffer_cut(&s->json, 0);
		event_json(&s->json, e->event, e->style);
		s->encoded = true;
	}
	*size = s->json.size;
	return s->json.failed ? NULL : s->json.data;
}

static const struct json_t *view_json(const struct event_view *view)
{
	struct sink_event *e = view->whole;
	const char *text;
	size_t size;

	if (e->sinks->tree)
		return e->sinks->tree;
	text = sink_event_json(e, &size);
	e->sinks->tree = text ? json_loadb(text, size, JSON_ALLOW_NUL, NULL) : NULL;
	return e->sinks->tree;
}

void sinks_event(struct sinks *s, const struct event *e, const struct event_style *style)
{
	struct sink_event event = {.event = e, .style = style, .sinks = s};

	event_view_of(&event.view, e);
	event.view.json = view_json;
	event.view.whole = &event;
	s->encoded = false;
	for (size_t i = 0; i < s->count; i++)
		s->v[i].ops->event(s->v[i].state, &event);
	json_decref(s->tree);
	s->tree = NULL;
}

bool sinks_full(const struct sinks *s)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->v[i].ops->full && s->v[i].ops->full(s->v[i].state))
			return true;
	}
	return false;
}

void sinks_flush(struct sinks *s)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->v[i].ops->flush)
			s->v[i].ops->flush(s->v[i].state);
	}
}

void sinks_tick(struct sinks *s, uint64_t now)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->v[i].ops->tick)
			s->v[i].ops->tick(s->v[i].state, now);
	}
}

void sinks_reopen(struct sinks *s)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->v[i].ops->reopen)
			s->v[i].ops->reopen(s->v[i].state);
	}
}

bool sinks_go_on(const struct sinks *s)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->v[i].ops->goes_on && !s->v[i].ops->goes_on(s->v[i].state))
			return false;
	}
	return true;
}

bool sinks_finished(const struct sinks *s)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->v[i].ops->finished && !s->v[i].ops->finished(s->v[i].state))
			return false;
	}
	return true;
}

uint64_t sinks_left_out(const struct sinks *s, enum sink_cause cause)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		n += s->v[i].counts->left_out[cause];
	return n;
}

void sinks_close(struct sinks *s)
{
	for (size_t i = 0; i < s->count; i++)
		s->v[i].ops->close(s->v[i].state);
	buffer_free(&s->json);
	*s = (struct sinks){0};
}
