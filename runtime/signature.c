// SPDX-License-Identifier: Apache-2.0
#include <stdbool.h>
#include <string.h>

#include "artifact.h"
#include "signature.h"

enum der_tag {
	DER_INTEGER = 0x02,
	DER_OCTETS = 0x04,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT_0 = 0xa0,
};

/* Complete encodings of the parts that never vary. */
static const uint8_t oid_signed_data[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
					  0xf7, 0x0d, 0x01, 0x07, 0x02};
static const uint8_t content_data[] = {0x30, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48,
				       0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
static const uint8_t version_1[] = {0x02, 0x01, 0x01};

static const uint8_t id_sha256[] = {0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48,
				    0x01, 0x65, 0x03, 0x04, 0x02, 0x01};
static const uint8_t id_sha512[] = {0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48,
				    0x01, 0x65, 0x03, 0x04, 0x02, 0x03};
static const uint8_t id_rsa[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
				 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
static const uint8_t id_ecdsa_sha256[] = {0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86,
					  0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
static const uint8_t id_ed25519[] = {0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70};

#define BYTES(array)                                                                               \
	{                                                                                          \
		array, sizeof(array)                                                               \
	}
static const struct {
	struct bytes digest, signature; /* AlgorithmIdentifiers */
} algorithms[SIGNATURE_ALGORITHM_COUNT] = {
	[SIGNATURE_RSA_SHA256] = {BYTES(id_sha256), BYTES(id_rsa)},
	[SIGNATURE_ECDSA_SHA256] = {BYTES(id_sha256), BYTES(id_ecdsa_sha256)},
	[SIGNATURE_ED25519] = {BYTES(id_sha512), BYTES(id_ed25519)},
};

/* ---- writing: from the end to the start, so that a length is known when it is written ---- */

struct der_writer {
	uint8_t *start, *at, *end;
	bool full;
};

static void put(struct der_writer *w, const void *data, size_t size)
{
	if (w->full || size > (size_t)(w->at - w->start)) {
		w->full = true;
		return;
	}
	w->at -= size;
	if (size)
		memcpy(w->at, data, size);
}

static void put_byte(struct der_writer *w, size_t byte)
{
	uint8_t b = (uint8_t)byte;

	put(w, &b, 1);
}

/* Puts a header before everything written since `end`. */
static void wrap(struct der_writer *w, enum der_tag tag, const uint8_t *end)
{
	size_t size = end - w->at, bytes = 0;

	if (size < 0x80) {
		put_byte(w, size);
	} else {
		for (size_t rest = size; rest; rest >>= 8, bytes++)
			put_byte(w, rest & 0xff);
		put_byte(w, 0x80 | bytes);
	}
	put_byte(w, tag);
}

/* Moves what was written to the front of the buffer. */
static size_t finish(struct der_writer *w)
{
	size_t size = w->end - w->at;

	if (w->full)
		return 0;
	memmove(w->start, w->at, size);
	return size;
}

size_t signature_signer(struct bytes issuer, struct bytes serial, uint8_t *out, size_t room)
{
	struct der_writer w = {out, out + room, out + room, false};

	put(&w, serial.at, serial.size);
	put(&w, issuer.at, issuer.size);
	wrap(&w, DER_SEQUENCE, w.end);
	return finish(&w);
}

static void put_signer_infos(struct der_writer *w, const struct signature *s)
{
	struct bytes digest = algorithms[s->algorithm].digest;
	struct bytes algorithm = algorithms[s->algorithm].signature;

	put(w, s->value.at, s->value.size);
	wrap(w, DER_OCTETS, w->end);
	put(w, algorithm.at, algorithm.size);
	put(w, digest.at, digest.size);
	put(w, s->signer.at, s->signer.size);
	put(w, version_1, sizeof(version_1));
	wrap(w, DER_SEQUENCE, w->end);
	wrap(w, DER_SET, w->end);
}

size_t signature_encode(const struct signature *s, uint8_t *out, size_t room)
{
	struct bytes digest = algorithms[s->algorithm].digest;
	struct der_writer w = {out, out + room, out + room, false};
	const uint8_t *digests_end;

	put_signer_infos(&w, s);
	put(&w, content_data, sizeof(content_data));
	digests_end = w.at;
	put(&w, digest.at, digest.size);
	wrap(&w, DER_SET, digests_end);
	put(&w, version_1, sizeof(version_1));
	wrap(&w, DER_SEQUENCE, w.end);
	wrap(&w, DER_CONTEXT_0, w.end);
	put(&w, oid_signed_data, sizeof(oid_signed_data));
	wrap(&w, DER_SEQUENCE, w.end);
	return finish(&w);
}

/* ---- reading ---- */

/* Takes the next element off `in`; lengths of at most two bytes, as TG_SIGNATURE_MAX has. */
static int take(struct bytes *in, enum der_tag tag, struct bytes *element, struct bytes *content)
{
	size_t head = 2, size;

	if (in->size < 2 || in->at[0] != tag)
		return -1;
	size = in->at[1];
	if (size & 0x80) {
		size_t count = size & 0x7f;

		if (count < 1 || count > 2 || in->size < 2 + count)
			return -1;
		size = count == 1 ? in->at[2] : in->at[2] << 8 | in->at[3];
		head += count;
	}
	if (size > in->size - head)
		return -1;
	*element = (struct bytes){in->at, head + size};
	*content = (struct bytes){in->at + head, size};
	in->at += head + size;
	in->size -= head + size;
	return 0;
}

/* Goes inside the next element; what comes after it is left behind. */
static int enter(struct bytes *in, enum der_tag tag)
{
	struct bytes element, content;

	if (take(in, tag, &element, &content))
		return -1;
	*in = content;
	return 0;
}

static int skip(struct bytes *in, const uint8_t *expected, size_t size)
{
	if (in->size < size || memcmp(in->at, expected, size) != 0)
		return -1;
	in->at += size;
	in->size -= size;
	return 0;
}

static int take_algorithm(struct bytes *in, enum signature_algorithm *algorithm)
{
	for (int i = 0; i < SIGNATURE_ALGORITHM_COUNT; i++) {
		struct bytes rest = *in;

		if (skip(&rest, algorithms[i].digest.at, algorithms[i].digest.size) ||
		    skip(&rest, algorithms[i].signature.at, algorithms[i].signature.size))
			continue;
		*in = rest;
		*algorithm = i;
		return 0;
	}
	return -1;
}

static int find_parts(struct signature *out, struct bytes in)
{
	struct bytes element, content;

	if (enter(&in, DER_SEQUENCE) || skip(&in, oid_signed_data, sizeof(oid_signed_data)) ||
	    enter(&in, DER_CONTEXT_0) || enter(&in, DER_SEQUENCE) ||
	    skip(&in, version_1, sizeof(version_1)) || take(&in, DER_SET, &element, &content) ||
	    skip(&in, content_data, sizeof(content_data)) || enter(&in, DER_SET) ||
	    enter(&in, DER_SEQUENCE) || skip(&in, version_1, sizeof(version_1)) ||
	    take(&in, DER_SEQUENCE, &out->signer, &content) ||
	    take_algorithm(&in, &out->algorithm) || take(&in, DER_OCTETS, &element, &out->value))
		return -1;
	return 0;
}

int signature_decode(struct signature *out, struct bytes der)
{
	uint8_t form[TG_SIGNATURE_MAX];

	if (find_parts(out, der))
		return -1;
	if (signature_encode(out, form, sizeof(form)) != der.size ||
	    memcmp(form, der.at, der.size) != 0)
		return -1;
	return 0;
}

struct bytes signature_serial(const struct signature *s)
{
	struct bytes in = s->signer, issuer, serial = {0}, element;

	if (enter(&in, DER_SEQUENCE) || take(&in, DER_SEQUENCE, &issuer, &element) ||
	    take(&in, DER_INTEGER, &element, &serial))
		return (struct bytes){0};
	return serial;
}
