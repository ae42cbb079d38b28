/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzz targets of the tool use in place of tool/image.c. */
#ifndef TOOL_IMAGE_H
#define TOOL_IMAGE_H

#include "../tool/args.h"
#include "../tool/image.h"

/* How often image_store() was called. */
extern unsigned images_stored;

#endif
