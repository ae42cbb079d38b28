# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzz targets: `make fuzz` runs them with clang's fuzzer, check on the kept inputs.

EXTRA_DIST += fuzz/corpus fuzz/run fuzz/fuzz.h fuzz/tool-image.h
FUZZ_TARGETS = calls image import parse qmp words
# fuzz/run replaces these two by clang's fuzzer.
FUZZ_MAIN = libreplay.la
FUZZ_LINK = $(AM_LDFLAGS)
FUZZ_CPPFLAGS = $(AM_CPPFLAGS) -DCORPUS='"$(abs_srcdir)/fuzz/corpus"'
FUZZ_TEXT = fuzz/tool-image.c tool/builder.c tool/causes.c tool/message.c tool/names.c $(TOOL_FORMATS)

if TESTS_ON
FUZZERS = fuzz/calls fuzz/image fuzz/import fuzz/parse fuzz/qmp fuzz/words
check_PROGRAMS += $(FUZZERS)
TESTS += $(FUZZERS)
check_LTLIBRARIES += libreplay.la libjudge.la
libreplay_la_SOURCES = fuzz/replay.c
libreplay_la_CPPFLAGS = $(FUZZ_CPPFLAGS)
libjudge_la_SOURCES = fuzz/examine.c
libjudge_la_CPPFLAGS = $(FUZZ_CPPFLAGS)
FUZZ_LIBS = $(FUZZ_MAIN) libjudge.la libsupport.la libppctlb.la

fuzz_calls_SOURCES = fuzz/fuzz-calls.c
fuzz_calls_LDFLAGS = $(FUZZ_LINK)
fuzz_calls_LDADD = $(FUZZ_LIBS)
fuzz_image_SOURCES = fuzz/fuzz-image.c
fuzz_image_LDFLAGS = $(FUZZ_LINK)
fuzz_image_LDADD = $(FUZZ_LIBS) $(ZLIB_LIBS)
fuzz_import_SOURCES = $(FUZZ_TEXT) tool/file.c tool/import.c fuzz/fuzz-import.c
fuzz_import_LDFLAGS = $(FUZZ_LINK)
fuzz_import_LDADD = $(FUZZ_LIBS)
fuzz_parse_SOURCES = fuzz/fuzz-parse.c
fuzz_parse_LDFLAGS = $(FUZZ_LINK)
fuzz_parse_LDADD = $(FUZZ_LIBS)
fuzz_qmp_SOURCES = $(FUZZ_TEXT) tool/capture/capture.c tool/capture/take.c tool/capture/qmp.c fuzz/fuzz-qmp.c
fuzz_qmp_LDFLAGS = $(FUZZ_LINK)
fuzz_qmp_LDADD = $(FUZZ_LIBS) $(JSONC_LIBS)
fuzz_words_SOURCES = fuzz/fuzz-words.c
fuzz_words_LDFLAGS = $(FUZZ_LINK)
fuzz_words_LDADD = $(FUZZ_LIBS)
endif

# Run each target for so many seconds.
SECONDS = 60
fuzz:
	$(top_srcdir)/fuzz/run $(top_srcdir) fuzzing $(SECONDS) $(FUZZ_TARGETS)

# The six targets in 60 seconds.
fuzz-quick:
	$(MAKE) $(AM_MAKEFLAGS) fuzz SECONDS=10

.PHONY: fuzz fuzz-quick
