// SPDX-License-Identifier: GPL-2.0-or-later
/* Mappings, entries, numbers and sizes as text, and back: see ppctlb_text(3). */
#include "../support/unit-common.h"

#include <stdio.h>

#define FULL	  "0xffffffffffffffff:0xffffffffffffffff:18446744073709551615:"
#define FLAG_BITS __builtin_popcount(PPCTLB_FLAGS)
#define ALL_FLAGS "ur,uw,ux,sr,sw,sx,w,i,m,g,e,u0,u1,u2,u3,iprot,x0,x1,gs,tid=65535,ts=1,lpid=65535"

/* ---- mappings ---- */

static const struct {
	const char *text;
	struct ppctlb_mapping m;
} mappings[] = {
	/* the example of ppctlb_text(3) */
	{"0xef600000:0x4ef600000:4K:sr,sw,sx,i,g,tid=5,ts=1",
	 {0xef600000, 0x4ef600000, 4096,
	  PPCTLB_SR | PPCTLB_SW | PPCTLB_SX | PPCTLB_I | PPCTLB_G | PPCTLB_TS, 5, 0}},
	/* flags may be empty */
	{"0:0:4K:", {0, 0, 4096, 0, 0, 0}},
	/* addresses are hexadecimal, with 0x or without; sizes decimal */
	{"0x10:010:10:", {16, 16, 10, 0, 0, 0}},
	{"00c02374:4_f0000000:0x10:", {0xc02374, 0x4f0000000, 16, 0, 0, 0}},
	{"10000000:c_fb77_9000:010:", {0x10000000, 0xcfb779000, 10, 0, 0, 0}},
	{"0XaBcDeF:0:0:", {0xabcdef, 0, 0, 0, 0, 0}},
	{"0x0000000000000000000001:00000000000000000000001:1:", {1, 1, 1, 0, 0, 0}},
	/* SIZE in bytes or with K M G T in either case */
	{"0:0:1k:", {0, 0, K, 0, 0, 0}},
	{"0:0:1K:", {0, 0, K, 0, 0, 0}},
	{"0:0:3m:", {0, 0, 3 * M, 0, 0, 0}},
	{"0:0:3M:", {0, 0, 3 * M, 0, 0, 0}},
	/* as boot logs print them; nothing of the kind behind 0x */
	{"0:0:64MB:", {0, 0, 64 * M, 0, 0, 0}},
	{"0:0:256Mb:", {0, 0, 256 * M, 0, 0, 0}},
	{"0:0:4KiB:", {0, 0, 4 * K, 0, 0, 0}},
	{"0:0:0x1B:", {0, 0, 27, 0, 0, 0}},
	{"0:0:4G:", {0, 0, 4 * G, 0, 0, 0}},
	{"0:0:1t:", {0, 0, K *G, 0, 0, 0}},
	{"0:0:16777215T:", {0, 0, 16777215 * K *G, 0, 0, 0}},
	/* any order */
	{"0:0:1:tid=1,sx,ts,ur", {0, 0, 1, PPCTLB_SX | PPCTLB_TS | PPCTLB_UR, 1, 0}},
	{"0:0:1:lpid=63,gs,tid=0x3fff", {0, 0, 1, PPCTLB_GS, 0x3fff, 63}},
	{"0:0:1:ts=0", {0, 0, 1, 0, 0, 0}},
	{"0:0:1:ts=0x0,e", {0, 0, 1, PPCTLB_E, 0, 0}},
	{"0:0:1:ts=01", {0, 0, 1, PPCTLB_TS, 0, 0}},
	{"0:0:1:x1,x0,iprot", {0, 0, 1, PPCTLB_X0 | PPCTLB_X1 | PPCTLB_IPROT, 0, 0}},
	{FULL ALL_FLAGS, {UINT64_MAX, UINT64_MAX, UINT64_MAX, PPCTLB_FLAGS, 65535, 65535}},
};

START_TEST(mapping_means)
{
	struct ppctlb_mapping m;

	WORKS(ppctlb_parse_mapping(mappings[_i].text, &m));
	ck_assert_msg(same_mapping(&m, &mappings[_i].m), "%s", mappings[_i].text);
}
END_TEST

static const struct {
	const char *text;
	unsigned column;
	const char *reason;
} bad_mappings[] = {
	{"", 1, "a number expected"},
	{"x:0:4K:", 1, "a number expected"},
	{" 0:0:4K:", 1, "a number expected"},
	{"-1:0:4K:", 1, "a number expected"},
	{"+1:0:4K:", 1, "a number expected"},
	{":0:4K:", 1, "a number expected"},
	{"0", 2, "':' expected"},
	{"0x:0:4K:", 2, "':' expected"},
	{"0xg:0:4K:", 2, "':' expected"},
	{"1__0:0:4K:", 2, "':' expected"},
	{"1_:0:4K:", 2, "':' expected"},
	{"_1:0:4K:", 1, "a number expected"},
	{"0:0:0x4K:", 8, "':' expected"},
	{"0:0:4iB:", 6, "':' expected"},
	{"0:0:4KiBB:", 9, "':' expected"},
	{"0 :0:4K:", 2, "':' expected"},
	{"1K:0:4K:", 2, "':' expected"},
	{"0x10000000000000000:0:4K:", 3, "64 bits"},
	{"10000000000000000:0:4K:", 1, "64 bits"},
	{"0:", 3, "a number expected"},
	{"0::4K:", 3, "a number expected"},
	{"0:0", 4, "':' expected"},
	{"0:0:", 5, "a number expected"},
	{"0:0::", 5, "a number expected"},
	{"0:0:K:", 5, "a number expected"},
	/* exactly three colons */
	{"0:0:4K", 7, "':' expected"},
	{"0:0:4K::", 8, ""},
	{"0:0:4K:sr:", 10, ""},
	{"0:0:4K:sr:0", 10, ""},
	{"0:0:4KBB:", 8, "':' expected"},
	{"0:0:4KK:", 7, "':' expected"},
	{"0:0:4P:", 6, "':' expected"},
	{"0:0:4 K:", 6, "':' expected"},
	{"0:0:16777216T:", 5, "64 bits"},
	{"0:0:18014398509481984K:", 5, "64 bits"},
	{"0:0:18446744073709551616:", 5, "64 bits"},
	/* flags are lower case, comma separated, none twice */
	{"0:0:4K:SR", 8, "SR"},
	{"0:0:4K:sr sw", 8, "sr sw"},
	{"0:0:4K: sr", 8, ""},
	{"0:0:4K:,", 8, ""},
	{"0:0:4K:sr,", 11, ""},
	{"0:0:4K:,sr", 8, ""},
	{"0:0:4K:sr,,sw", 11, ""},
	{"0:0:4K:rwx", 8, "rwx"},
	{"0:0:4K:u4", 8, "u4"},
	{"0:0:4K:s", 8, ""},
	{"0:0:4K:srx", 8, "srx"},
	{"0:0:4K:sw,sr,sw", 14, "'sw'"},
	{"0:0:4K:ts,ts=0", 11, "'ts'"},
	{"0:0:4K:ts=0,ts=0", 13, "'ts'"},
	{"0:0:4K:tid=1,tid=1", 14, "'tid'"},
	{"0:0:4K:lpid=0,lpid=0", 15, "'lpid'"},
	{"0:0:4K:sr=1", 10, ""},
	{"0:0:4K:ts=2", 11, "2"},
	{"0:0:4K:ts=", 11, "a number expected"},
	{"0:0:4K:ts=1x", 12, ""},
	{"0:0:4K:tid", 11, "'=' expected"},
	{"0:0:4K:tid,sr", 11, "'=' expected"},
	{"0:0:4K:tid=", 12, "a number expected"},
	{"0:0:4K:tid=65536", 12, "65535"},
	{"0:0:4K:tid=0x1ffffffffffffffff", 14, "64 bits"},
	{"0:0:4K:tid=-1", 12, "a number expected"},
	{"0:0:4K:tid=1K", 13, ""},
	{"0:0:4K:lpid", 12, "'=' expected"},
	{"0:0:4K:lpid=65536", 13, "65535"},
	{"0:0:4K:sr\n", 8, ""},
	{"0:0:4K:\xc3\xbc", 8, ""},
};

/* -EINVAL with the column and the reason; the caller's mapping stays as it was. */
START_TEST(bad_mapping_is_refused)
{
	struct ppctlb_mapping m, before;
	char column[32];

	memset(&m, 0xa5, sizeof(m));
	before = m;
	snprintf(column, sizeof(column), "column %u: ", bad_mappings[_i].column);
	FAILS(EINVAL, ppctlb_parse_mapping(bad_mappings[_i].text, &m), column,
	      bad_mappings[_i].reason);
	ck_assert_mem_eq(&m, &before, sizeof(m));
}
END_TEST

/* parse(format(m)) = m with every set of flags there is. */
START_TEST(every_set_of_flags_comes_back)
{
	char text[PPCTLB_TEXT_MAX];

	for (uint32_t flags = 0; flags <= PPCTLB_FLAGS; flags += stride()) {
		struct ppctlb_mapping m = {0x1000, 0x2000, 4096, flags, 0, 0}, back;

		WORKS(ppctlb_format_mapping(&m, text, sizeof(text)));
		WORKS(ppctlb_parse_mapping(text, &back));
		HOLDS(same_mapping(&m, &back), "%s", text);
	}
}
END_TEST

/* parse(format(m)) = m with any numbers. */
START_TEST(random_mappings_come_back)
{
	char text[PPCTLB_TEXT_MAX];

	seed(1);
	for (int i = 0; i < 50000 / (int)stride(); i++) {
		struct ppctlb_mapping m = {
			rnd() >> below(64),
			rnd() >> below(64),
			rnd() >> below(64) << below(64),
			(uint32_t)rnd() & PPCTLB_FLAGS,
			(uint16_t)(rnd() >> (48 + below(16))),
			(uint16_t)(rnd() >> (48 + below(16))),
		};
		struct ppctlb_mapping back;

		WORKS(ppctlb_format_mapping(&m, text, sizeof(text)));
		WORKS(ppctlb_parse_mapping(text, &back));
		HOLDS(same_mapping(&m, &back), "%s", text);
	}
}
END_TEST

static void shuffle(const char **words, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = below(i);
		const char *swap = words[i - 1];

		words[i - 1] = words[k];
		words[k] = swap;
	}
}

/* Flags come in any order. */
START_TEST(flags_come_in_any_order)
{
	const char *words[] = {"ur", "uw", "ux", "sr",	  "sw",	   "sx",    "w",  "i",
			       "m",  "g",  "e",	 "u0",	  "u1",	   "u2",    "u3", "ts=1",
			       "x0", "x1", "gs", "iprot", "tid=7", "lpid=9"};
	struct ppctlb_mapping m;

	seed(2);
	for (int i = 0; i < 1000; i++) {
		char text[PPCTLB_TEXT_MAX] = "0:0:4K:";

		shuffle(words, COUNT(words));
		for (size_t k = 0; k < COUNT(words); k++) {
			strcat(text, k ? "," : "");
			strcat(text, words[k]);
		}
		WORKS(ppctlb_parse_mapping(text, &m));
		ck_assert_uint_eq(m.flags, PPCTLB_FLAGS);
		ck_assert_uint_eq(m.tid, 7);
		ck_assert_uint_eq(m.lpid, 9);
	}
}
END_TEST

/* A flag may not come twice, whichever it is, and the message names it. */
START_TEST(no_flag_stands_twice)
{
	const char *name = ppctlb_flag_name(UINT32_C(1) << _i);
	struct ppctlb_mapping m;
	char text[64], quoted[16];

	snprintf(text, sizeof(text), "0:0:4K:%s,tid=0,%s", name, name);
	snprintf(quoted, sizeof(quoted), "'%s'", name);
	FAILS(EINVAL, ppctlb_parse_mapping(text, &m), quoted, "twice");
}
END_TEST

/* What format writes is what other programs compare with: it may not change. */
START_TEST(mapping_is_written)
{
	static const struct ppctlb_mapping m = {
		0xef600000, 0x4ef600000,
		4096,	    PPCTLB_SR | PPCTLB_SW | PPCTLB_SX | PPCTLB_I | PPCTLB_G | PPCTLB_TS,
		5,	    0};
	static const struct ppctlb_mapping full = {UINT64_MAX,	 UINT64_MAX, UINT64_MAX,
						   PPCTLB_FLAGS, 65535,	     65535};
	static const struct ppctlb_mapping odd = {0, 1, 4097, 0, 0, 3};
	char text[PPCTLB_TEXT_MAX];

	WORKS(ppctlb_format_mapping(&m, text, sizeof(text)));
	ck_assert_str_eq(text, "0xef600000:0x4ef600000:4K:sr,sw,sx,i,g,tid=5,ts=1");
	WORKS(ppctlb_format_mapping(&full, text, sizeof(text)));
	ck_assert_str_eq(text, FULL ALL_FLAGS);
	WORKS(ppctlb_format_mapping(&odd, text, sizeof(text)));
	ck_assert_str_eq(text, "0x0:0x1:4097:lpid=3");
}
END_TEST

/* -ENOSPC if the buffer is too small, and nothing is written; a buffer of just the length is
 * enough. */
START_TEST(text_needs_room)
{
	static const struct ppctlb_mapping m = {0x1000, 0x2000, 4096, PPCTLB_SR, 9, 0};
	static const struct ppctlb_entry e = {1, 7, 0, {1, 2, 3, 4}};
	const struct ppctlb_core *core = core_of("e500v2");
	char text[PPCTLB_TEXT_MAX], small[PPCTLB_TEXT_MAX];
	size_t len;

	WORKS(ppctlb_format_mapping(&m, text, sizeof(text)));
	len = strlen(text);
	for (size_t n = 0; n <= len; n++) {
		memset(small, '#', sizeof(small));
		FAILS(ENOSPC, ppctlb_format_mapping(&m, small, n), "bytes");
		FAILS(ENOSPC, ppctlb_format_size(4096, small, n < 2 ? n : 2), "bytes");
		FAILS(ENOSPC, ppctlb_format_entry(core, &e, small, n), "bytes");
		for (size_t i = 0; i < sizeof(small); i++)
			ck_assert_int_eq(small[i], '#');
	}
	WORKS(ppctlb_format_mapping(&m, small, len + 1));
	ck_assert_str_eq(small, text);
	ck_assert_int_eq(small[len + 1], '#');
	WORKS(ppctlb_format_size(4096, small, 3));
	ck_assert_str_eq(small, "4K");
}
END_TEST

/* A flag that does not exist has no text. */
START_TEST(unknown_flag_is_not_written)
{
	char text[PPCTLB_TEXT_MAX];

	for (int bit = 20; bit < 32; bit++) {
		struct ppctlb_mapping m = {0, 0, 4096, UINT32_C(1) << bit, 0, 0};

		FAILS(EINVAL, ppctlb_format_mapping(&m, text, sizeof(text)), "flags 0x");
	}
}
END_TEST

/* ---- entries ---- */

static const struct {
	const char *core, *text;
	struct ppctlb_entry e;
	const char *written; /* if it differs */
} entries[] = {
	/* every field hex, 0x optional */
	{"440",
	 "0,270,0,7",
	 {PPCTLB_NO_SLOT, 0, 0, {0, 0x270, 0, 7}},
	 "00000000,00000270,00000000,00000007"},
	{"440",
	 "0x0,0Xef600210,0xEF600000,507",
	 {PPCTLB_NO_SLOT, 0, 0, {0, 0xef600210, 0xef600000, 0x507}},
	 "00000000,ef600210,ef600000,00000507"},
	/* tlb:index= in front where a position matters */
	{"440",
	 "0:63=000000ff,ffffffff,ffffffff,ffffffff",
	 {0, 63, 0, {0xff, 0xffffffff, 0xffffffff, 0xffffffff}},
	 NULL},
	/* without one, TLB1 on e500 */
	{"e500v2",
	 "80000900,00000000,00000015,00000000",
	 {PPCTLB_NO_SLOT | 1, 0, 0, {0x80000900, 0, 0x15, 0}},
	 NULL},
	{"e500v2",
	 "0:511=80000100,e000400a,fe0004015,00000000",
	 {0, 511, 0, {0x80000100, 0xe000400a, 0xfe0004015, 0}},
	 NULL},
	/* what debuggers show: MAS0 gives the slot, in TLB0 the way of EPN's set */
	{"e500v2",
	 "10030000 c0000400 48000008 4800003f 0000000f",
	 {1, 3, 0, {0xc0000400, 0x48000008, 0xf4800003f, 0}},
	 "1:3=c0000400,48000008,f4800003f,00000000"},
	{"e500v2",
	 "MAS3: 4800003f,MAS0=00020000 mas2 00003000 mas1 = 80000100",
	 {0, 14, 0, {0x80000100, 0x3000, 0x4800003f, 0}},
	 "0:14=80000100,00003000,4800003f,00000000"},
	{"e500mc",
	 "mas1=80000100 mas2=1000 mas7_3=2001 mas8=8000003f",
	 {PPCTLB_NO_SLOT | 1, 0, 0, {0x80000100, 0x1000, 0x2001, 0x8000003f}},
	 "mas1=80000100 mas2=00001000 mas7_3=00002001 mas8=8000003f"},
	/* three words: MAS7 is 0, MAS8 and TID are not told */
	{"e500v2",
	 "c0000500 ffe0000a ffe0003f",
	 {PPCTLB_NO_SLOT | 1, 0, 0, {0xc0000500, 0xffe0000a, 0xffe0003f, 0}},
	 "c0000500,ffe0000a,ffe0003f,00000000"},
	{"e5500",
	 "c0000500 ffe0000a ffe0003f",
	 {PPCTLB_NO_SLOT | 1, 0, PPCTLB_UNKNOWN_MAS8, {0xc0000500, 0xffe0000a, 0xffe0003f, 0}},
	 "c0000500,ffe0000a,ffe0003f,00000000"},
	{"440",
	 "e0000210 40000001 00000503",
	 {PPCTLB_NO_SLOT, 0, PPCTLB_UNKNOWN_TID, {0, 0xe0000210, 0x40000001, 0x503}},
	 "00000000,e0000210,40000001,00000503"},
	{"440",
	 "Word2=503, word0=e0000210 word1=40000001 tid=5",
	 {PPCTLB_NO_SLOT, 0, 0, {5, 0xe0000210, 0x40000001, 0x503}},
	 "00000005,e0000210,40000001,00000503"},
	/* all zero is zero, in whatever order */
	{"e500v2",
	 "0 0 0 0",
	 {PPCTLB_NO_SLOT | 1, 0, 0, {0, 0, 0, 0}},
	 "00000000,00000000,00000000,00000000"},
	/* the geometry may be larger than the core's own */
	{"e500v2",
	 "0:65535=00000000,00000000,00000000,00000000",
	 {0, 65535, 0, {0, 0, 0, 0}},
	 NULL},
	{"e6500",
	 "1:0=80000100,fffffffff000400a,fe0004015,80000001",
	 {1, 0, 0, {0x80000100, 0xfffffffff000400a, 0xfe0004015, 0x80000001}},
	 NULL},
	{"e5500",
	 "0:0=ffffffff,ffffffffffffffff,ffffffffffffffff,ffffffff",
	 {0, 0, 0, {0xffffffff, UINT64_MAX, UINT64_MAX, 0xffffffff}},
	 NULL},
};

START_TEST(entry_means)
{
	const struct ppctlb_core *core = core_of(entries[_i].core);
	const char *want = entries[_i].written ? entries[_i].written : entries[_i].text;
	char text[PPCTLB_TEXT_MAX];
	struct ppctlb_entry e;

	WORKS(ppctlb_parse_entry(core, entries[_i].text, &e));
	ck_assert_uint_eq(e.tlb, entries[_i].e.tlb);
	ck_assert_uint_eq(e.index, entries[_i].e.index);
	ck_assert_uint_eq(e.unknown, entries[_i].e.unknown);
	for (int i = 0; i < 4; i++)
		ck_assert_uint_eq(e.word[i], entries[_i].e.word[i]);
	WORKS(ppctlb_format_entry(core, &e, text, sizeof(text)));
	ck_assert_str_eq(text, want);
}
END_TEST

static const struct {
	const char *core, *text;
	unsigned column;
	const char *reason;
} bad_entries[] = {
	{"440", "", 1, "a number expected"},
	{"440", "0,270", 6, "2 numbers; an entry of 440 is 'tid word0 word1 word2', or 'word0"},
	{"440", "0,270,0,", 9, "a number expected"},
	{"440", "0,270,0,7,", 11, "a number expected"},
	{"440", "0,270,0,7,0", 12, "5 numbers"},
	{"440", "0,270,0,7,,0", 11, "a number expected"},
	{"440", " 0,270,0,7", 1, "a number expected"},
	{"440", "0;270,0,7", 2, "',' expected"},
	{"440", "0,0x,0,7", 4, "',' expected"},
	{"440", "0,27g,0,7", 5, "',' expected"},
	{"440", "0,-1,0,7", 3, "a number expected"},
	{"440", "0,100000270,0,7", 3, "word0"},
	{"440", "0,270,100000000,7", 7, "word1"},
	{"440", "0,270,0,100000007", 9, "word2"},
	{"e500v2", "180000000,0,0,0", 1, "mas1"},
	{"e500v2", "0,0,0,100000000", 7, "mas8"},
	{"e500v2", "0,10000000000000000,0,0", 3, "64 bits"},
	{"440", "1:0=0,270,0,7", 1, "1"},
	{"440", "0:64=0,210,0,7", 3, "64 is more than 63"},
	{"440", "0:65535=0,210,0,7", 3, "65535 is more than 63"},
	{"e500v2", "2:0=0,0,0,0", 1, "2"},
	{"e500v2", "1:65536=0,0,0,0", 3, "65536"},
	{"e500v2", "1=0,0,0,0", 1, "no '1'"},
	{"e500v2", ":1=0,0,0,0", 1, "a number expected"},
	{"e500v2", "1:=0,0,0,0", 3, "a number expected"},
	{"e500v2", "1:1:1=0,0,0,0", 1, "no '1'"},
	{"e500v2", "1:1==0,0,0,0", 5, "a number expected"},
	{"e500v2", "1:1=1:1=0,0,0,0", 5, "no '1'"},
	{"e500v2", "1 2 3 4 5 6 7 8 9", 17, "nothing more expected"},
	{"e500v2", "mas1=180000000 mas2=0 mas3=0", 6, "mas1 0x180000000 is wider than the word"},
	{"e500v2", "mas0=110000000 mas1=0 mas2=0 mas3=0", 6, "mas0 0x110000000 is wider than"},
	{"e500v2", "mas1=z mas2=0 mas3=0", 6, "a number expected"},
	{"e500v2", "mas2=1000 mas3=1", 17, "mas1 is missing"},
	/* what can be read two ways, and by which labels to say it */
	{"e500v2", "80000700 e000000a e0000005 0000000f", 1,
	 "'mas1 mas2 mas7_3 mas8' or 'mas1 mas2 mas3 mas7': say it with labels, as in mas7=f"},
	{"e500v1", "80000700 e000000a e0000005 0000000f", 1,
	 "may be 'mas1 mas2 mas7_3 mas8': say it with labels, as in mas8=f"},
	{"e500mc", "00010000 00000000 00001000 00002000", 1, "'mas0 mas1 mas2 mas3'"},
	{"e500v1", "mas1=80000100 mas2=1000 mas3=1 mas7=0", 32, "no 'mas7'"},
	{"e500v2", "mas1=80000100 mas2=1000", 24, "mas3 is missing"},
	{"e500v2", "mas1=80000100 mas1=0 mas2=1000 mas3=1", 15, "given already"},
	{"e500v2", "mas1=80000100 mas2=1000 mas7_3=1 mas7=0", 34, "given already"},
	{"e500v2", "1:1=mas0=10030000 mas1=80000100 mas2=1000 mas3=1", 1, "twice"},
	{"e500v2", "30000000 80000100 1000 1015 0", 1, "TLB that this core"},
	{"e500v2", "mas0=20000000 mas1=80000100 mas2=1000 mas3=1", 6, "TLB that this core"},
	{"e500v2", "mas0=00040000 mas1=80000100 mas2=1000 mas3=1", 6, "way that TLB0"},
	{"e500v2", "mas0=80000000 mas1=80000100 mas2=1000 mas3=1", 6, "reserved"},
	{"440", "word0=1x0 word1=0 word2=0", 8, "hexadecimal digit"},
	{"e500v2", "=0,0,0,0", 1, "a number expected"},
};

/* -EINVAL with the column; the caller's entry stays as it was. */
START_TEST(bad_entry_is_refused)
{
	const struct ppctlb_core *core = core_of(bad_entries[_i].core);
	struct ppctlb_entry e, before;
	char column[32];

	memset(&e, 0xa5, sizeof(e));
	before = e;
	snprintf(column, sizeof(column), "column %u: ", bad_entries[_i].column);
	FAILS(EINVAL, ppctlb_parse_entry(core, bad_entries[_i].text, &e), column,
	      bad_entries[_i].reason);
	ck_assert_mem_eq(&e, &before, sizeof(e));
}
END_TEST

/* parse(format(e)) = e with any words a core's entry can have, with and without a position. */
START_TEST(random_entries_come_back)
{
	const struct model_core *facts = &model_cores[_i];
	const struct ppctlb_core *core = core_of(facts->name);

	seed(3);
	for (int i = 0; i < 5000 / (int)stride(); i++) {
		struct ppctlb_entry e = {.tlb = 0}, back;
		char text[PPCTLB_TEXT_MAX];

		for (unsigned w = 0; w < 4; w++)
			e.word[w] = rnd() & low_bits(model_word_bits(facts, w));
		e.tlb = (uint16_t)below(model_last_tlb(facts) + 1);
		e.index = (uint16_t)below(BY_FAMILY(facts, 64, 65536));
		if (i & 1) {
			e.tlb = (uint16_t)(model_last_tlb(facts) | PPCTLB_NO_SLOT);
			e.index = 0;
		}
		WORKS(ppctlb_format_entry(core, &e, text, sizeof(text)));
		WORKS(ppctlb_parse_entry(core, text, &back));
		ck_assert_msg(e.tlb == back.tlb && e.index == back.index &&
				      !memcmp(e.word, back.word, sizeof(e.word)),
			      "%s: %s", facts->name, text);
	}
}
END_TEST

/* ---- numbers, sizes, names ---- */

START_TEST(number_means)
{
	static const struct {
		const char *text;
		enum ppctlb_number kind;
		uint64_t value;
	} good[] = {
		{"0", PPCTLB_COUNT, 0},
		{"017", PPCTLB_COUNT, 17},
		{"0x1F", PPCTLB_COUNT, 31},
		{"18446744073709551615", PPCTLB_COUNT, UINT64_MAX},
		{"017", PPCTLB_ADDRESS, 0x17},
		{"10000000", PPCTLB_ADDRESS, 0x10000000},
		{"0xfe0000000", PPCTLB_ADDRESS, 0xfe0000000},
		{"4_f0000000", PPCTLB_ADDRESS, 0x4f0000000},
		{"FFFFFFFFFFFFFFFF", PPCTLB_ADDRESS, UINT64_MAX},
		{"4096", PPCTLB_SIZE, 4096},
		{"4K", PPCTLB_SIZE, 4096},
		{"16mb", PPCTLB_SIZE, 16 * M},
		{"1GiB", PPCTLB_SIZE, G},
		{"0x1B", PPCTLB_SIZE, 27},
		{"0xffffffffffffffff", PPCTLB_SIZE, UINT64_MAX},
		{"0T", PPCTLB_SIZE, 0},
	};

	for (size_t i = 0; i < COUNT(good); i++) {
		uint64_t value;

		WORKS(ppctlb_parse_number(good[i].text, good[i].kind, &value));
		ck_assert_uint_eq(value, good[i].value);
	}
}
END_TEST

START_TEST(bad_number_is_refused)
{
	static const struct {
		const char *text;
		enum ppctlb_number kind;
	} bad[] = {
		{"", PPCTLB_COUNT},	    {"", PPCTLB_SIZE},
		{"", PPCTLB_ADDRESS},	    {" 1", PPCTLB_COUNT},
		{"1 ", PPCTLB_COUNT},	    {"-1", PPCTLB_COUNT},
		{"+1", PPCTLB_ADDRESS},	    {"1K", PPCTLB_COUNT},
		{"K", PPCTLB_SIZE},	    {"1KC", PPCTLB_SIZE},
		{"1 K", PPCTLB_SIZE},	    {"1.5K", PPCTLB_SIZE},
		{"0x", PPCTLB_COUNT},	    {"1a", PPCTLB_COUNT},
		{"1E", PPCTLB_SIZE},	    {"1u", PPCTLB_COUNT},
		{"1L", PPCTLB_ADDRESS},	    {"18446744073709551616", PPCTLB_COUNT},
		{"16777216T", PPCTLB_SIZE}, {"0x10000000000000000", PPCTLB_SIZE},
		{"1__0", PPCTLB_ADDRESS},   {"0x10K", PPCTLB_SIZE},
		{"1_0", PPCTLB_COUNT},	    {"10000000000000000", PPCTLB_ADDRESS},
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		uint64_t value = 42;

		FAILS(EINVAL, ppctlb_parse_number(bad[i].text, bad[i].kind, &value), "column ");
		ck_assert_uint_eq(value, 42);
	}
}
END_TEST

START_TEST(size_is_written)
{
	static const struct {
		uint64_t size;
		const char *text;
	} sizes[] = {
		{0, "0"},
		{1, "1"},
		{1023, "1023"},
		{1024, "1K"},
		{1025, "1025"},
		{4096, "4K"},
		{4097, "4097"},
		{1536 * K, "1536K"},
		{M, "1M"},
		{256 * M, "256M"},
		{4 * G, "4G"},
		{K * G, "1T"},
		{1024 * K * G, "1024T"},
		{UINT64_MAX, "18446744073709551615"},
		{UINT64_C(1) << 63, "8388608T"},
	};

	for (size_t i = 0; i < COUNT(sizes); i++) {
		char text[32];
		uint64_t back;

		WORKS(ppctlb_format_size(sizes[i].size, text, sizeof(text)));
		ck_assert_str_eq(text, sizes[i].text);
		WORKS(ppctlb_parse_number(text, PPCTLB_SIZE, &back));
		ck_assert_uint_eq(back, sizes[i].size);
	}
}
END_TEST

/* A single flag bit has a name, anything else has none. */
START_TEST(flags_have_names)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} names[] = {
		{PPCTLB_UR, "ur"},	 {PPCTLB_UW, "uw"}, {PPCTLB_UX, "ux"}, {PPCTLB_SR, "sr"},
		{PPCTLB_SW, "sw"},	 {PPCTLB_SX, "sx"}, {PPCTLB_W, "w"},   {PPCTLB_I, "i"},
		{PPCTLB_M, "m"},	 {PPCTLB_G, "g"},   {PPCTLB_E, "e"},   {PPCTLB_U0, "u0"},
		{PPCTLB_U1, "u1"},	 {PPCTLB_U2, "u2"}, {PPCTLB_U3, "u3"}, {PPCTLB_TS, "ts"},
		{PPCTLB_IPROT, "iprot"}, {PPCTLB_X0, "x0"}, {PPCTLB_X1, "x1"}, {PPCTLB_GS, "gs"},
	};

	for (size_t i = 0; i < COUNT(names); i++)
		ck_assert_str_eq(ppctlb_flag_name(names[i].flag), names[i].name);
	for (int bit = COUNT(names); bit < 32; bit++)
		ck_assert_ptr_null(ppctlb_flag_name(UINT32_C(1) << bit));
	ck_assert_ptr_null(ppctlb_flag_name(0));
	ck_assert_ptr_null(ppctlb_flag_name(PPCTLB_UR | PPCTLB_UW));
	ck_assert_ptr_null(ppctlb_flag_name(PPCTLB_FLAGS));
}
END_TEST

START_TEST(unknown_bits_have_names)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = {
		{PPCTLB_UNKNOWN_SLOT, "slot"},
		{PPCTLB_UNKNOWN_IPROT, "iprot"},
		{PPCTLB_UNKNOWN_X, "x0,x1"},
		{PPCTLB_UNKNOWN_MAS8, "mas8"},
		{PPCTLB_UNKNOWN_INVALID, "invalid entries"},
		{PPCTLB_UNKNOWN_E, "e"},
		{PPCTLB_UNKNOWN_LOW_RPN, "low rpn bits"},
		{PPCTLB_UNKNOWN_U, "u0-u3"},
		{PPCTLB_UNKNOWN_TID, "tid"},
		{PPCTLB_UNKNOWN_RESERVED, "reserved bits"},
		{PPCTLB_UNKNOWN_TS, "ts"},
		{PPCTLB_UNKNOWN_RA, "ra"},
		{PPCTLB_UNKNOWN_RIGHTS, "rights"},
		{PPCTLB_UNKNOWN_WIMGE, "wimge"},
		{PPCTLB_UNKNOWN_SIZE, "size"},
	};

	for (size_t i = 0; i < COUNT(names); i++)
		ck_assert_str_eq(ppctlb_unknown_name(names[i].bit), names[i].name);
	for (int bit = COUNT(names); bit < 32; bit++)
		ck_assert_ptr_null(ppctlb_unknown_name(UINT32_C(1) << bit));
	ck_assert_ptr_null(ppctlb_unknown_name(0));
	ck_assert_ptr_null(ppctlb_unknown_name(PPCTLB_UNKNOWN_SLOT | PPCTLB_UNKNOWN_IPROT));
	ck_assert_ptr_null(ppctlb_unknown_name(UINT32_MAX));
}
END_TEST

/* NULL is -EINVAL, never a crash. */
START_TEST(null_is_refused)
{
	const struct ppctlb_core *core = core_of("440");
	struct ppctlb_mapping m = {0, 0, 4096, 0, 0, 0};
	struct ppctlb_entry e = {0, 0, 0, {0, 0, 0, 0}};
	char text[PPCTLB_TEXT_MAX];
	uint64_t value;

	FAILS(EINVAL, ppctlb_parse_mapping(NULL, &m), "NULL");
	FAILS(EINVAL, ppctlb_parse_mapping("0:0:4K:", NULL), "NULL");
	FAILS(EINVAL, ppctlb_format_mapping(NULL, text, sizeof(text)), "NULL");
	FAILS(EINVAL, ppctlb_format_mapping(&m, NULL, sizeof(text)), "NULL");
	FAILS(EINVAL, ppctlb_parse_entry(NULL, "0,0,0,0", &e), "NULL");
	FAILS(EINVAL, ppctlb_parse_entry(core, NULL, &e), "NULL");
	FAILS(EINVAL, ppctlb_parse_entry(core, "0,0,0,0", NULL), "NULL");
	FAILS(EINVAL, ppctlb_format_entry(NULL, &e, text, sizeof(text)), "NULL");
	FAILS(EINVAL, ppctlb_format_entry(core, NULL, text, sizeof(text)), "NULL");
	FAILS(EINVAL, ppctlb_format_entry(core, &e, NULL, sizeof(text)), "NULL");
	FAILS(EINVAL, ppctlb_parse_number(NULL, PPCTLB_COUNT, &value), "NULL");
	FAILS(EINVAL, ppctlb_parse_number("0", (enum ppctlb_number)3, &value), "no kind 3");
	FAILS(EINVAL, ppctlb_parse_number("0", PPCTLB_COUNT, NULL), "NULL");
	FAILS(EINVAL, ppctlb_format_size(0, NULL, 8), "NULL");
}
END_TEST

/* The message names the last column of so long a text, or the one behind it. */
static bool names_column(size_t len)
{
	unsigned column;

	return sscanf(ppctlb_errmsg(), "column %u: ", &column) == 1 && column >= 1 &&
	       column <= len + 1;
}

/* Any text has an answer: a value that comes back, or a column inside the text. */
START_TEST(any_text_is_answered)
{
	static const char letters[] = "0123456789abcdefxKMGTk:,=tidslrwux \t\n\xff-+%";
	const struct ppctlb_core *core = core_of("e500v2");
	struct ppctlb_mapping m;
	struct ppctlb_entry e;

	seed(4);
	for (int i = 0; i < 100000 / (int)stride(); i++) {
		char text[64];
		size_t len = below(sizeof(text));

		for (size_t k = 0; k < len; k++)
			text[k] = letters[below(sizeof(letters) - 1)];
		text[len] = '\0';
		if (ppctlb_parse_mapping(text, &m))
			HOLDS(names_column(len), "%s", text);
		if (ppctlb_parse_entry(core, text, &e))
			HOLDS(names_column(len), "%s", text);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("text");
	TCase *t = tcase_create("text");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, mapping_means, 0, COUNT(mappings));
	tcase_add_loop_test(t, bad_mapping_is_refused, 0, COUNT(bad_mappings));
	tcase_add_test(t, every_set_of_flags_comes_back);
	tcase_add_test(t, random_mappings_come_back);
	tcase_add_test(t, flags_come_in_any_order);
	tcase_add_loop_test(t, no_flag_stands_twice, 0, FLAG_BITS);
	tcase_add_test(t, mapping_is_written);
	tcase_add_test(t, text_needs_room);
	tcase_add_test(t, unknown_flag_is_not_written);
	tcase_add_loop_test(t, entry_means, 0, COUNT(entries));
	tcase_add_loop_test(t, bad_entry_is_refused, 0, COUNT(bad_entries));
	tcase_add_loop_test(t, random_entries_come_back, 0, MODEL_CORES);
	tcase_add_test(t, number_means);
	tcase_add_test(t, bad_number_is_refused);
	tcase_add_test(t, size_is_written);
	tcase_add_test(t, flags_have_names);
	tcase_add_test(t, unknown_bits_have_names);
	tcase_add_test(t, null_is_refused);
	tcase_add_test(t, any_text_is_answered);
	suite_add_tcase(s, t);
	return run_suite(s);
}
