/* SPDX-License-Identifier: Apache-2.0 */
/* Label selectors, with Kubernetes' meaning, and the choice of workloads. */
#include <criterion/criterion.h>
#include "runtime/labels.h"
#include "runtime/node_labels.h"

static const struct label web[] = {{"app", "web"}, {"tier", ""}};
static const char *const app[] = {"api", "web"};
static const char *const empty[] = {""};

static bool holds(const char *key, enum label_op op, const char *const *values, size_t count)
{
	struct label_requirement r = {key, op, values, count};

	return labels_hold(&(struct label_requirements){&r, 1}, &(struct labels){web, 2});
}

Test(labels, operators)
{
	static const struct {
		const char *key;
		enum label_op op;
		const char *const *values;
		size_t count;
		bool holds;
	} rows[] = {
		{"app", LABEL_IN, app, 2, true},	 {"app", LABEL_IN, app, 1, false},
		{"App", LABEL_IN, app, 2, false},	 {"none", LABEL_IN, app, 2, false},
		{"none", LABEL_IN, empty, 1, false},	 {"tier", LABEL_IN, empty, 1, true},
		{"app", LABEL_NOT_IN, app, 2, false},	 {"app", LABEL_NOT_IN, app, 1, true},
		{"none", LABEL_NOT_IN, app, 2, true},	 {"none", LABEL_NOT_IN, empty, 1, true},
		{"tier", LABEL_NOT_IN, empty, 1, false}, {"app", LABEL_EXISTS, NULL, 0, true},
		{"tier", LABEL_EXISTS, NULL, 0, true},	 {"none", LABEL_EXISTS, NULL, 0, false},
		{"app", LABEL_ABSENT, NULL, 0, false},	 {"tier", LABEL_ABSENT, NULL, 0, false},
		{"none", LABEL_ABSENT, NULL, 0, true},	 {"app", LABEL_OP_COUNT, app, 2, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(holds(rows[i].key, rows[i].op, rows[i].values, rows[i].count),
			     rows[i].holds, "row %zu", i);
}

Test(labels, all_requirements_must_hold)
{
	struct label_requirement r[] = {{"app", LABEL_EXISTS, NULL, 0},
					{"x", LABEL_EXISTS, NULL, 0}};
	struct labels labels = {web, 2};

	cr_expect(labels_hold(&(struct label_requirements){r, 0}, &labels), "none is everything");
	cr_expect(labels_hold(&(struct label_requirements){r, 1}, &labels));
	cr_expect_not(labels_hold(&(struct label_requirements){r, 2}, &labels));
}

static enum workload_verdict ask(const struct workload_rule *r, const char *namespace,
				 const char *container, const char *repo)
{
	struct workload w = {.in_pod = namespace,
			     .namespace = namespace,
			     .labels = {web, 2},
			     .container = container,
			     .repo = repo};

	return workload_fits(r, &w);
}

Test(labels, workloads)
{
	static const char *const shop[] = {"shop"}, *const main_[] = {"main"};
	struct label_requirement in_shop = {LABEL_OF_NAMESPACE, LABEL_IN, shop, 1};
	struct label_requirement named = {"name", LABEL_IN, main_, 1};
	struct label_requirement no_repo = {"repo", LABEL_ABSENT, NULL, 0};
	struct workload_rule host = {.host = true}, pods = {.pods = true},
			     both = {.host = true, .pods = true};
	struct workload_rule rule = {.pods = true, .namespace = "shop"};

	cr_expect_eq(ask(&host, NULL, NULL, NULL), WORKLOAD_FITS);
	cr_expect_eq(ask(&host, "shop", "main", NULL), WORKLOAD_IN_POD);
	cr_expect_eq(ask(&pods, NULL, NULL, NULL), WORKLOAD_OF_HOST);
	cr_expect_eq(ask(&both, NULL, NULL, NULL), WORKLOAD_FITS);
	cr_expect_eq(ask(&both, "shop", NULL, NULL), WORKLOAD_FITS);
	cr_expect_eq(ask(&rule, "shop", NULL, NULL), WORKLOAD_FITS);
	cr_expect_eq(ask(&rule, "shop2", NULL, NULL), WORKLOAD_OF_OTHER_NAMESPACE);
	rule = (struct workload_rule){.pods = true, .pod = {&in_shop, 1}};
	cr_expect_eq(ask(&rule, "shop", NULL, NULL), WORKLOAD_FITS);
	cr_expect_eq(ask(&rule, "sho", NULL, NULL), WORKLOAD_OF_OTHER_POD);
	rule = (struct workload_rule){.pods = true, .container = {&named, 1}};
	cr_expect_eq(ask(&rule, "shop", "main", NULL), WORKLOAD_FITS);
	cr_expect_eq(ask(&rule, "shop", NULL, NULL), WORKLOAD_OF_OTHER_CONTAINER);
	rule.container = (struct label_requirements){&no_repo, 1};
	cr_expect_eq(ask(&rule, "shop", "main", NULL), WORKLOAD_FITS);
	cr_expect_eq(ask(&rule, "shop", "main", "r"), WORKLOAD_OF_OTHER_CONTAINER);
}

/* A label of the pod's own hides the one that stands for its namespace. */
Test(labels, namespace_as_a_label)
{
	static const char *const shop[] = {"shop"};
	static const struct label own = {LABEL_OF_NAMESPACE, "other"};
	struct label_requirement in_shop = {LABEL_OF_NAMESPACE, LABEL_IN, shop, 1};
	struct workload_rule rule = {.pods = true, .pod = {&in_shop, 1}};
	struct workload w = {.in_pod = true, .namespace = "shop", .labels = {&own, 1}};

	cr_expect_eq(workload_fits(&rule, &w), WORKLOAD_OF_OTHER_POD);
}

Test(labels, of_a_node)
{
	struct failure why = {0};
	struct labels l;

	cr_assert_eq(node_labels_parse(&l, "disk=ssd,zone=,a=b=c", &why), 0);
	cr_assert_eq(l.n, 3);
	cr_expect_str_eq(l.v[1].value, "");
	cr_expect_str_eq(l.v[2].value, "b=c");
	node_labels_free(&l);
	cr_expect_neq(node_labels_parse(&l, "disk=ssd,zone", &why), 0);
	cr_expect_str_eq(why.text, "--node-labels: \"zone\" is not a label, as in disk=ssd");
	cr_expect_neq(node_labels_parse(&l, "=x", &why), 0);
	cr_expect_neq(node_labels_parse(&l, "", &why), 0);
}
