// SPDX-License-Identifier: Apache-2.0
#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>
#include "runtime/accounts.h"
#include "runtime/privs.h"

static int fail(struct failure *why, const char *what)
{
	return failure_set(why, TGRUN_ENVIRONMENT, "%s: %s", what, strerror(errno));
}

struct identity {
	uid_t uid;
	gid_t gid;
};

static int change_user(const char *user, struct failure *why)
{
	struct identity id = {0};

	if (!accounts_user(user, &id.uid, &id.gid))
		return failure_set(why, TGRUN_USAGE, "--user: no user \"%s\"", user);
	if (setgroups(0, NULL) || setresgid(id.gid, id.gid, id.gid) ||
	    setresuid(id.uid, id.uid, id.uid))
		return fail(why, "--user: cannot change the user");
	return 0;
}

static int drop_bounding_set(struct failure *why)
{
	bool able = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);

	capng_clear(CAPNG_SELECT_BOUNDS);
	if (able && !capng_apply(CAPNG_SELECT_BOUNDS))
		return 0;
	return failure_set(why, TGRUN_ENVIRONMENT,
			   "cannot drop the capability bounding set: CAP_SETPCAP is missing");
}

static int drop_sets(struct failure *why)
{
	capng_clear(CAPNG_SELECT_ALL);
	if (capng_apply(CAPNG_SELECT_CAPS) || capng_apply(CAPNG_SELECT_AMBIENT))
		return fail(why, "cannot drop capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fail(why, "cannot set no_new_privs");
	return 0;
}

static int check_nothing_left(struct failure *why)
{
	capng_clear(CAPNG_SELECT_ALL);
	if (capng_get_caps_process() || capng_have_capabilities(CAPNG_SELECT_CAPS) != CAPNG_NONE ||
	    capng_have_capabilities(CAPNG_SELECT_BOUNDS) != CAPNG_NONE ||
	    capng_have_capabilities(CAPNG_SELECT_AMBIENT) != CAPNG_NONE ||
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return failure_set(why, TGRUN_ENVIRONMENT,
				   "privileges are left after dropping them");
	return 0;
}

int privs_drop(const char *user, struct failure *why)
{
	if (capng_get_caps_process())
		return fail(why, "cannot read capabilities");
	if (drop_bounding_set(why) || (user && change_user(user, why)) || drop_sets(why))
		return -1;
	return check_nothing_left(why);
}
