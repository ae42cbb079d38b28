// SPDX-License-Identifier: LGPL-2.1-or-later
/* The backends that are part of the library itself: --with-builtin-backends. In name order. */
#include "internal.h"

#ifdef BUILTIN_44X
extern const struct ppctlb_backend ppctlb_backend_44x;
#endif
#ifdef BUILTIN_E500
extern const struct ppctlb_backend ppctlb_backend_e500;
#endif
#ifdef BUILTIN_MOCK
extern const struct ppctlb_backend ppctlb_backend_mock;
#endif

const struct ppctlb_backend *const tlb_builtin[] = {
#ifdef BUILTIN_44X
	&ppctlb_backend_44x,
#endif
#ifdef BUILTIN_E500
	&ppctlb_backend_e500,
#endif
#ifdef BUILTIN_MOCK
	&ppctlb_backend_mock,
#endif
	NULL,
};
