/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verb table and the option table of ppctlb(1). */
#include "verbs.h"
#include "formats/list.h"

#include <stddef.h>

/* tool/mkcompletion links the table without the verbs. */
#ifdef TABLE_ONLY
#define RUN(verb) NULL
#else
#define RUN(verb) verb_##verb
#endif

#define FORMAT_WORD(id, name, help) "|" name
#define FORMAT_NOTE(id, name, help) name ": " help "\n"

const struct option_info options[OPTION_COUNT] = {
	[OPT_HELP] = {"help", 'h', NULL, "show this help"},
	[OPT_CORE] = {"core", 'c', "CORE", "the core, see ppctlb cores"},
	[OPT_JSON] = {"json", 'J', NULL, "one JSON object a line"},
	[OPT_FORMAT] = {"format", 0, "table|libkvm|json|hex|mas|u-boot", "how to show it"},
	[OPT_FORM] = {"format", 0, "hex|mas|u-boot|json", "how to show entries"},
	[OPT_TLB] = {"tlb", 0, "N", "that TLB only"},
	[OPT_ANY] = {"any", 0, NULL, "show what is not valid or malformed, too"},
	[OPT_ALL] = {"all", 'a', NULL, "show all: invalid entries, every finding, every page"},
	[OPT_COLUMNS] = {"output", 'o', "LIST", "columns to show, comma separated"},
	[OPT_NOHEADINGS] = {"noheadings", 'n', NULL, "rows only"},
	[OPT_PID] = {"pid", 0, "N", "process id, compared with TID (0)"},
	[OPT_TS] = {"ts", 0, "0|1", "address space (0)"},
	[OPT_ACCESS] = {"access", 0, "r|w|x", "read, write or execute (r)"},
	[OPT_USER] = {"user", 0, NULL, "access in user mode, not supervisor"},
	[OPT_WHY] = {"why", 0, NULL, "show the entries that came near, and what kept them"},
	[OPT_FROM] = {"from", 0, "auto" FORMATS(FORMAT_WORD),
		      "format of the text: auto, or one of those below"},
	[OPT_DEFINE] = {"define", 'D', "NAME[=VALUE]", "a name of a source, as for a compiler"},
	[OPT_UNDEFINE] = {"undefine", 'U', "NAME", "a name that a source does not have"},
	[OPT_KEEP_GOING] = {"keep-going", 0, NULL,
			    "leave out lines that cannot be read, exit with 1"},
	[OPT_QMP] = {"qmp", 0, "SOCKET", "QEMU's QMP socket"},
	[OPT_CPU] = {"cpu", 0, "N", "which CPU (0)"},
	[OPT_TIMEOUT] = {"timeout", 0, "SECONDS", "give up after that time (10)"},
	[OPT_PICTURE] = {"output", 'o', "FILE", "the picture: FILE.svg or FILE.png"},
};

#define MAPPING_NOTE                                                                               \
	"A MAPPING is EA:RA:SIZE:FLAGS, e.g. 0xef600000:0x4ef600000:4K:sr,sw,sx,i,g,tid=5,ts=1.\n" \
	"FLAGS, comma separated, may be empty:\n"                                                  \
	"  ur uw ux sr sw sx      user and supervisor may read, write, execute\n"                  \
	"  w i m g e              write-through, inhibited, coherent, guarded, little-endian\n"    \
	"  u0 u1 u2 u3 x0 x1      user-defined, implementation-defined\n"                          \
	"  iprot gs tid=N ts=0|1 lpid=N\n"

#define RANGE_NOTE                                                                                 \
	"EA and SIZE may be a range of addresses, both of them in it: FIRST-LAST:RA:FLAGS.\n"

#define ENTRY_NOTE                                                                                 \
	"An ENTRY is raw words in hex: tid,word0,word1,word2 of a 440, mas1,mas2,mas7_3,mas8\n"    \
	"of the e500 family. TLB:INDEX= in front gives its slot; an e500 entry without is in\n"    \
	"TLB1. As read, too: blanks for commas; word0,word1,word2; mas1,mas2,mas3[,mas7], with\n"  \
	"mas0 in front, which gives the slot; or labelled in any order, mas0= mas1= ...\n"

#define FORM_NOTE                                                                                  \
	"Forms of entries: hex, an ENTRY a line; mas, labelled registers, of a 440 words;\n"       \
	"u-boot, SET_TLB_ENTRY or tlbentry lines. A comment tells what a form cannot carry.\n"

#define STDIN_NOTE "With - it reads them from standard input, one a line.\n"

const struct verb verbs[] = {
	{
		.name = "backends",
		.operands = "",
		.help = "show what plug-ins can be loaded, and why not",
		.takes = OPT(JSON) | OPT(COLUMNS) | OPT(NOHEADINGS),
		.run = RUN(backends),
	},
	{
		.name = "cores",
		.operands = "",
		.help = "show each core's TLBs, page sizes, widths and flags",
		.takes = OPT(JSON) | OPT(COLUMNS) | OPT(NOHEADINGS),
		.run = RUN(cores),
	},
	{
		.name = "version",
		.operands = "",
		.help = "show the versions of tool and library",
		.run = RUN(version),
	},
	{
		.name = "encode",
		.operands = "MAPPING... | -",
		.help = "turn mappings of one page into raw words",
		.notes = MAPPING_NOTE FORM_NOTE STDIN_NOTE,
		.needs = OPT(CORE),
		.takes = OPT(JSON) | OPT(FORM),
		.min = 1,
		.max = -1,
		.run = RUN(encode),
	},
	{
		.name = "decode",
		.operands = "ENTRY... | -",
		.help = "turn the raw words of entries into mappings",
		.notes = ENTRY_NOTE FORM_NOTE STDIN_NOTE,
		.needs = OPT(CORE),
		.takes = OPT(JSON) | OPT(FORM) | OPT(ANY),
		.min = 1,
		.max = -1,
		.run = RUN(decode),
	},
	{
		.name = "plan",
		.operands = "MAPPING",
		.help = "show the pages that a region takes",
		.notes = MAPPING_NOTE RANGE_NOTE FORM_NOTE
		"More pages than the core holds are only counted, and listed with --all.\n",
		.needs = OPT(CORE),
		.takes = OPT(JSON) | OPT(FORM) | OPT(ALL),
		.min = 1,
		.max = 1,
		.run = RUN(plan),
	},
	{
		.name = "new",
		.operands = "IMAGE",
		.help = "make the image of an empty TLB",
		.needs = OPT(CORE),
		.min = 1,
		.max = 1,
		.run = RUN(new),
	},
	{
		.name = "map",
		.operands = "IMAGE MAPPING...",
		.help = "add mappings to an image, all or nothing",
		.notes = MAPPING_NOTE RANGE_NOTE,
		.min = 2,
		.max = -1,
		.run = RUN(map),
	},
	{
		.name = "unmap",
		.operands = "IMAGE EA SIZE | FIRST-LAST",
		.help = "remove a range; entries partly inside are split",
		.takes = OPT(PID) | OPT(TS),
		.min = 2,
		.max = 3,
		.run = RUN(unmap),
	},
	{
		.name = "flush",
		.operands = "IMAGE",
		.help = "make every entry of an image zero",
		.min = 1,
		.max = 1,
		.run = RUN(flush),
	},
	{
		.name = "dump",
		.operands = "IMAGE",
		.help = "show a TLB",
		.notes =
			"Columns are TLB, SLOT, SET, WAY, V, EA, RA, SIZE, TS, TID, WIMGE, U0123,\n"
			"USER, SUPER, IPROT, X01, GS, LPID, WORDS and FINDINGS, as far as the "
			"core\n"
			"has them; and with -o ENTRY, as decode reads it, and MAPPING, as map\n"
			"reads it. With --all invalid entries are shown, too; with --all twice\n"
			"those that are zero, as well. A field that is not told is a ?.\n"
			"libkvm is the table of 2008, 440 only.\n" FORM_NOTE,
		.takes = OPT(JSON) | OPT(FORMAT) | OPT(TLB) | OPT(ALL) | OPT(COLUMNS) |
			 OPT(NOHEADINGS),
		.min = 1,
		.max = 1,
		.run = RUN(dump),
	},
	{
		.name = "lookup",
		.operands = "IMAGE EA... | -",
		.help = "show what the core would do with an access to EA",
		.notes = "Prints EA; hit, miss, protection, multi-hit or unknown; the real "
			 "address;\n"
			 "the entry as TLB:INDEX; what it maps.\n" STDIN_NOTE,
		.takes = OPT(JSON) | OPT(WHY) | OPT(PID) | OPT(TS) | OPT(ACCESS) | OPT(USER),
		.min = 2,
		.max = -1,
		.run = RUN(lookup),
	},
	{
		.name = "check",
		.operands = "IMAGE",
		.help = "show what is wrong with a TLB, one finding a line",
		.notes = "Exit status 1 if there is an error among the findings. The first 1000 "
			 "are shown.\n",
		.takes = OPT(JSON) | OPT(ALL),
		.min = 1,
		.max = 1,
		.run = RUN(check),
	},
	{
		.name = "diff",
		.operands = "A B",
		.help = "show how image B differs from image A",
		.notes = "Exit status 0: the same, 1: different, 2: trouble.\n",
		.takes = OPT(JSON),
		.min = 2,
		.max = 2,
		.trouble = EXIT_USAGE,
		.run = RUN(diff),
	},
	{
		.name = "import",
		.operands = "[FILE | -] IMAGE",
		.help = "turn saved text of another tool into an image",
		.notes = "auto: the first line that only one format can have decides\n" FORMATS(
			FORMAT_NOTE),
		.needs = OPT(CORE),
		.takes = OPT(FROM) | OPT(KEEP_GOING) | OPT(DEFINE) | OPT(UNDEFINE),
		.min = 1,
		.max = 2,
		.run = RUN(import),
	},
	{
		.name = "capture",
		.operands = "IMAGE",
		.help = "make an image of the TLB of a running QEMU",
		.notes = "SOCKET is the one of QEMU's option -qmp unix:SOCKET,server=on,wait=off.\n"
			 "Its memory is read, which root may, and mostly its user. The guest "
			 "stands\n"
			 "still for a moment, if it runs.\n",
		.needs = OPT(QMP),
		.takes = OPT(CPU) | OPT(TIMEOUT),
		.min = 1,
		.max = 1,
		.output_last = true,
		.run = RUN(capture),
	},
	{
		.name = "plot",
		.operands = "IMAGE",
		.help = "draw a picture of a TLB",
		.notes = "FILE ends in .svg or .png. Effective addresses are on the left, real "
			 "ones\n"
			 "on the right; what check finds is red.\n",
		.needs = OPT(PICTURE),
		.min = 1,
		.max = 1,
		.run = RUN(plot),
	},
	{0},
};

bool verb_takes(const struct verb *v, int option)
{
	return ((v->needs | v->takes | OPT(HELP)) >> option) & 1;
}

int verb_trouble(const struct verb *v)
{
	return v->trouble ? v->trouble : EXIT_FAILED;
}
