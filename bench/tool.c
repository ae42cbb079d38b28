// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bulk work of ppctlb(1), a whole process, beside a process that reads the same bytes with scanf()
 * and writes the same bytes with printf(): it knows the answers. Inputs are so long that the start
 * of a process does not count.
 */
#include "bench.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	TOOL_ROUNDS = 11,
	WORKED_LINES = 200000,
	BAD_LINES = 100000,
	LOG_LINES = 100000,
	MAX_IMAGE = 1 << 20
};

const char *tool_path;

struct complaint {
	unsigned column;
	char reason[256];
};

/* What is asked and how it is answered, line by line. */
struct work {
	const char *core;
	struct tlb t;
	char (*mapping)[PPCTLB_TEXT_MAX]; /* of each entry */
	char (*entry)[PPCTLB_TEXT_MAX];
	size_t lines;
	struct complaint *complaint; /* of each entry, spoilt */
	uint32_t *place;	     /* of the entry that a line is about; n: a miss */
	uint64_t *ea;		     /* of an access */
	char image[32];
	const char *argv[8];
	void (*ask)(const struct work *w, FILE *to);
	void (*peer)(struct work *w);
	int in; /* a file of all lines */
};

static int new_file(void)
{
	int fd = memfd_create("bench", MFD_CLOEXEC);

	require(fd >= 0, "no file");
	return fd;
}

/* ---- processes ---- */

/* What one of the two sides is, in the child. */
static void be(struct work *w, bool ours, int out, int err)
{
	lseek(w->in, 0, SEEK_SET);
	dup2(w->in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	if (ours)
		execv(tool_path, (char *const *)w->argv);
	else
		w->peer(w);
	fflush(NULL);
	_exit(ours ? 127 : 0);
}

/* ns of processor time */
static double run(struct work *w, bool ours, int out, int err)
{
	struct rusage use;
	pid_t child = fork();
	int status;

	if (child == 0)
		be(w, ours, out, err);
	require(wait4(child, &status, 0, &use) == child && WIFEXITED(status) &&
			WEXITSTATUS(status) < 2,
		"a process that ends well");
	return ((double)use.ru_utime.tv_sec + (double)use.ru_stime.tv_sec) * 1e9 +
	       ((double)use.ru_utime.tv_usec + (double)use.ru_stime.tv_usec) * 1e3;
}

static void require_equal_files(int a, int b)
{
	off_t len = lseek(a, 0, SEEK_END);
	char *x, *y;

	require(len == lseek(b, 0, SEEK_END), "the length of what is written");
	if (!len)
		return;
	x = mmap(NULL, (size_t)len, PROT_READ, MAP_SHARED, a, 0);
	y = mmap(NULL, (size_t)len, PROT_READ, MAP_SHARED, b, 0);
	require(x != MAP_FAILED && y != MAP_FAILED && !memcmp(x, y, (size_t)len),
		"what is written");
	munmap(x, (size_t)len);
	munmap(y, (size_t)len);
}

static void require_equal_output(struct work *w)
{
	int out[2] = {new_file(), new_file()}, err[2] = {new_file(), new_file()};

	for (int i = 0; i < 2; i++)
		run(w, i, out[i], err[i]);
	require(lseek(out[1], 0, SEEK_END) + lseek(err[1], 0, SEEK_END) > 0, "no output");
	for (int i = 0; i < 2; i++)
		lseek(out[i], 0, SEEK_SET), lseek(err[i], 0, SEEK_SET);
	require_equal_files(out[0], out[1]);
	require_equal_files(err[0], err[1]);
	for (int i = 0; i < 2; i++) {
		close(out[i]);
		close(err[i]);
	}
}

static void time_both(struct work *w, struct result *result)
{
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	double ours[TOOL_ROUNDS], peer[TOOL_ROUNDS];

	for (size_t i = 0; i < TOOL_ROUNDS; i++) {
		ours[i] = run(w, true, nowhere, nowhere);
		peer[i] = run(w, false, nowhere, nowhere);
	}
	result->ours = median(ours, TOOL_ROUNDS) / (double)w->lines;
	result->peer = median(peer, TOOL_ROUNDS) / (double)w->lines;
	result->value = result->ours / result->peer;
	close(nowhere);
}

/* ---- lines ---- */

static void ask_address(const struct work *w, FILE *to)
{
	for (size_t i = 0; i < w->lines; i++)
		fprintf(to, "0x%" PRIx64 "\n", w->ea[i]);
}

static void ask_mapping(const struct work *w, FILE *to)
{
	for (size_t i = 0; i < w->lines; i++)
		fprintf(to, "%s\n", w->mapping[w->place[i]]);
}

static void ask_entry(const struct work *w, FILE *to)
{
	for (size_t i = 0; i < w->lines; i++)
		fprintf(to, "%s\n", w->entry[w->place[i]]);
}

/* A z, which is no digit, in one place or another. */
static void spoil(const struct work *w, size_t place, char *text)
{
	strcpy(text, w->entry[place]);
	text[1 + place % 16] = 'z';
}

static void ask_bad_entry(const struct work *w, FILE *to)
{
	for (size_t i = 0; i < w->lines; i++) {
		char text[PPCTLB_TEXT_MAX];

		spoil(w, w->place[i], text);
		fprintf(to, "%s\n", text);
	}
}

/* What the library says of each entry when it is spoilt. */
static void make_complaints(struct work *w)
{
	w->complaint = room(w->t.n, sizeof(*w->complaint));
	for (size_t i = 0; i < w->t.n; i++) {
		struct complaint *c = &w->complaint[i];
		char text[PPCTLB_TEXT_MAX];
		struct ppctlb_entry e;

		spoil(w, i, text);
		require(ppctlb_parse_entry(ppctlb_handle_core(w->t.h), text, &e) < 0 &&
				sscanf(ppctlb_errmsg(), "column %u: %255[^\n]", &c->column,
				       c->reason) == 2,
			"an entry that is none");
	}
}

static void must_read(int read, int fields)
{
	if (read != fields)
		_exit(2);
}

static uint64_t raddr(const struct ppctlb_mapping *m, uint64_t ea)
{
	return m->raddr + (ea - m->eaddr);
}

static void peer_lookup(struct work *w)
{
	for (size_t i = 0; i < w->lines; i++) {
		const struct ppctlb_mapping *m = &w->t.m[w->place[i]];
		const struct ppctlb_entry *e = &w->t.e[w->place[i]];
		uint64_t ea;

		must_read(scanf("%" SCNx64, &ea), 1);
		if (w->place[i] == w->t.n)
			printf("0x%" PRIx64 " %s - - -\n", ea, "miss");
		else
			printf("0x%" PRIx64 " %s 0x%" PRIx64 " %u:%u %s\n", ea, "hit", raddr(m, ea),
			       e->tlb, e->index, w->mapping[w->place[i]]);
	}
}

static void peer_lookup_json(struct work *w)
{
	for (size_t i = 0; i < w->lines; i++) {
		const struct ppctlb_mapping *m = &w->t.m[w->place[i]];
		const struct ppctlb_entry *e = &w->t.e[w->place[i]];
		uint64_t ea;

		must_read(scanf("%" SCNx64, &ea), 1);
		if (w->place[i] == w->t.n)
			printf("{\"ea\":\"0x%" PRIx64 "\",\"result\":\"%s\"}\n", ea, "miss");
		else
			printf("{\"ea\":\"0x%" PRIx64 "\",\"result\":\"%s\",\"ra\":\"0x%" PRIx64
			       "\",\"tlb\":%u,\"index\":%u}\n",
			       ea, "hit", raddr(m, ea), e->tlb, e->index);
	}
}

static void peer_encode(struct work *w)
{
	for (size_t i = 0; i < w->lines; i++) {
		const uint64_t *word = w->t.e[w->place[i]].word;
		uint64_t ea, ra, size;
		char unit, flags[PPCTLB_TEXT_MAX];

		must_read(scanf("%" SCNx64 ":%" SCNx64 ":%" SCNu64 "%c:%191s", &ea, &ra, &size,
				&unit, flags),
			  5);
		printf("%08" PRIx64 ",%08" PRIx64 ",%08" PRIx64 ",%08" PRIx64 "\n", word[0],
		       word[1], word[2], word[3]);
	}
}

static void peer_decode(struct work *w)
{
	for (size_t i = 0; i < w->lines; i++) {
		const struct ppctlb_mapping *m = &w->t.m[w->place[i]];
		const char *flags = strrchr(w->mapping[w->place[i]], ':') + 1;
		bool mega = m->size >> 20;
		uint64_t word[4];

		must_read(scanf("%" SCNx64 ",%" SCNx64 ",%" SCNx64 ",%" SCNx64, &word[0], &word[1],
				&word[2], &word[3]),
			  4);
		printf("0x%" PRIx64 ":0x%" PRIx64 ":%" PRIu64 "%c:%s\n", m->eaddr, m->raddr,
		       m->size >> (mega ? 20 : 10), mega ? 'M' : 'K', flags);
	}
}

static void peer_bad_entry(struct work *w)
{
	for (size_t i = 0; i < w->lines; i++) {
		const struct complaint *c = &w->complaint[w->place[i]];
		char line[PPCTLB_TEXT_MAX];

		must_read(scanf("%191s", line), 1);
		fprintf(stderr, "ppctlb: %s:%zu:%u: %s\n", "-", i + 1, c->column, c->reason);
	}
}

static const struct {
	const char *name;
	size_t lines;
	bool image;
	const char *argv[4];
	void (*ask)(const struct work *w, FILE *to);
	void (*peer)(struct work *w);
} works[] = {
	{"lookup -", WORKED_LINES, true, {"lookup"}, ask_address, peer_lookup},
	{"lookup -J -", WORKED_LINES, true, {"lookup", "-J"}, ask_address, peer_lookup_json},
	{"encode -", WORKED_LINES, false, {"encode"}, ask_mapping, peer_encode},
	{"decode -", WORKED_LINES, false, {"decode"}, ask_entry, peer_decode},
	{"decode - of malformed lines",
	 BAD_LINES,
	 false,
	 {"decode"},
	 ask_bad_entry,
	 peer_bad_entry},
};

static void open_work(struct work *w, const char *core)
{
	*w = (struct work){.core = core};
	tlb_open(&w->t, core, NULL, false);
	tlb_fill(&w->t, 0);
	/* one more: a miss has a place, but nothing there */
	w->t.m = realloc(w->t.m, (w->t.n + 1) * sizeof(*w->t.m));
	w->t.e = realloc(w->t.e, (w->t.n + 1) * sizeof(*w->t.e));
	require(w->t.m && w->t.e, "no memory");
	w->mapping = room(w->t.n, sizeof(*w->mapping));
	w->entry = room(w->t.n, sizeof(*w->entry));
	for (size_t i = 0; i < w->t.n; i++) {
		struct ppctlb_entry e = w->t.e[i];

		e.tlb |= PPCTLB_NO_SLOT;
		must(ppctlb_format_mapping(&w->t.m[i], w->mapping[i], PPCTLB_TEXT_MAX));
		must(ppctlb_format_entry(ppctlb_handle_core(w->t.h), &e, w->entry[i],
					 PPCTLB_TEXT_MAX));
	}
}

static void write_image(struct work *w)
{
	unsigned char *bytes;
	size_t len;
	int fd;

	strcpy(w->image, "bench.XXXXXX");
	fd = mkstemp(w->image);
	require(fd >= 0, "no file");
	must(ppctlb_save(w->t.h, NULL, &len));
	bytes = room(len, 1);
	must(ppctlb_save(w->t.h, bytes, &len));
	require(write(fd, bytes, len) == (ssize_t)len && close(fd) == 0,
		"an image that is written");
	free(bytes);
}

/* One line in ten asks for a page that is not there. */
static void choose_lines(struct work *w, bool misses)
{
	w->place = room(w->lines, sizeof(*w->place));
	w->ea = room(w->lines, sizeof(*w->ea));
	for (size_t i = 0; i < w->lines; i++) {
		w->place[i] = random_below((uint32_t)w->t.n);
		w->ea[i] = w->t.m[w->place[i]].eaddr +
			   random_below((uint32_t)w->t.m[w->place[i]].size);
		if (misses && random_below(10) == 0) {
			w->place[i] = (uint32_t)w->t.n;
			w->ea[i] = FREE_AREA + random_below(0x50000000);
		}
	}
}

static void write_lines(struct work *w)
{
	FILE *to;

	w->in = new_file();
	to = fdopen(dup(w->in), "w");
	require(to != NULL, "no file");
	w->ask(w, to);
	require(fclose(to) == 0, "a file that is written");
}

static void finish(struct work *w, struct result *result)
{
	require_equal_output(w);
	time_both(w, result);
	if (*w->image)
		unlink(w->image);
}

void tool_lines(const char *core, const char *name, struct result *result)
{
	static char pid[] = "--pid=1";
	struct work w;
	size_t i = 0, n = 0;

	while (strcmp(works[i].name, name) != 0)
		i++;
	open_work(&w, core);
	w.lines = works[i].lines;
	w.ask = works[i].ask;
	w.peer = works[i].peer;
	choose_lines(&w, works[i].image);
	make_complaints(&w);
	write_lines(&w);
	w.argv[n++] = "ppctlb";
	for (size_t k = 0; works[i].argv[k]; k++)
		w.argv[n++] = works[i].argv[k];
	if (works[i].image) {
		write_image(&w);
		w.argv[n++] = pid;
		w.argv[n++] = w.image;
	} else {
		w.argv[n++] = "-c";
		w.argv[n++] = core;
	}
	w.argv[n++] = "-";
	finish(&w, result);
}

/* ---- import: a log of walks that find nothing, so that each shows a set and all of TLB1 ---- */

static const char entry_line[] =
	"ppcmas_tlb_check: TLB ADDR=0x%" PRIx64 " PID=0x0 MAS1=0x%" PRIx64 " MAS2=0x%" PRIx64
	" mask=0x%" PRIx64 " MAS7_3=0x%" PRIx64 " MAS8=0x%" PRIx64 "\n";
static const char end_line[] =
	"mmubooke206_get_physical_address: access refused %" PRIx64 " => ffffffffffffffff 0 -1\n";

/* One comparison; returns how many lines it has. */
static size_t ask_compared(const struct work *w, FILE *to, size_t place, uint64_t ea)
{
	const uint64_t *word = w->t.e[place].word;

	fprintf(to, entry_line, ea, word[0], word[1], ~(w->t.m[place].size - 1), word[2], word[3]);
	fprintf(to, "mmubooke206_check_tlb: TLB entry not found\n");
	return 2;
}

static void ask_log(const struct work *w, FILE *to)
{
	size_t sets = w->t.first / w->t.ways, lines = 0,
	       left = 2 * (w->t.ways + w->t.n - w->t.first);

	for (size_t walk = 0; lines + left < w->lines; walk++) {
		uint64_t ea = FREE_AREA + walk % sets * PAGE;

		for (size_t i = 0; i < w->t.ways; i++)
			lines += ask_compared(w, to, walk % sets * w->t.ways + i, ea);
		for (size_t i = w->t.first; i < w->t.n; i++)
			lines += ask_compared(w, to, i, ea);
		fprintf(to, end_line, ea);
		lines++;
	}
	for (; lines < w->lines; lines++)
		fprintf(to, "a line of another kind\n");
}

/* Reads the fields of each line, and prints a sum of the words. */
static void peer_log(struct work *w)
{
	char begin[64];
	uint64_t sum = 0;

	for (size_t i = 0; i < w->lines; i++) {
		uint64_t ea, pid, word[4], mask;

		must_read(scanf("%63s", begin), 1);
		if (!strcmp(begin, "ppcmas_tlb_check:")) {
			must_read(scanf(" TLB ADDR=0x%" SCNx64 " PID=0x%" SCNx64 " MAS1=0x%" SCNx64
					" MAS2=0x%" SCNx64 " mask=0x%" SCNx64 " MAS7_3=0x%" SCNx64
					" MAS8=0x%" SCNx64,
					&ea, &pid, &word[0], &word[1], &mask, &word[2], &word[3]),
				  7);
			sum ^= word[0] ^ word[1] ^ word[2] ^ word[3];
		} else {
			must_read(scanf(" %*[^\n]"), 0);
		}
	}
	printf("%" PRIu64 "\n", sum);
}

static uint64_t sum_of_log(const struct work *w)
{
	FILE *log = fdopen(dup(w->in), "r");
	char line[512];
	uint64_t sum = 0;

	require(log && fseek(log, 0, SEEK_SET) == 0, "the log");
	while (fgets(line, sizeof(line), log)) {
		const char *names[] = {"MAS1=", "MAS2=", "MAS7_3=", "MAS8="};

		for (size_t i = 0; i < 4 && strstr(line, names[i]); i++)
			sum ^= strtoull(strstr(line, names[i]) + strlen(names[i]), NULL, 16);
	}
	fclose(log);
	return sum;
}

/* The image has the entries of the log, and the peer has read every word of it. */
static void require_imported(struct work *w)
{
	int out = new_file(), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct ppctlb_entry *e = room(w->t.n, sizeof(*e));
	char text[32] = "";
	struct tlb copy;
	void *bytes = room(1, MAX_IMAGE);
	ssize_t len;
	int fd;

	run(w, true, nowhere, nowhere);
	fd = open(w->image, O_RDONLY | O_CLOEXEC);
	len = read(fd, bytes, MAX_IMAGE);
	tlb_open(&copy, w->core, NULL, false);
	must(ppctlb_restore(copy.h, bytes, len > 0 ? (size_t)len : 0));
	must(ppctlb_get(copy.h, PPCTLB_GUEST, e, copy.n));
	for (size_t i = 0; i < copy.n; i++)
		require(!memcmp(e[i].word, w->t.e[i].word, sizeof(e[i].word)), "imported words");
	run(w, false, out, nowhere);
	require(pread(out, text, sizeof(text) - 1, 0) > 0 &&
			strtoull(text, NULL, 10) == sum_of_log(w),
		"the words of a log");
	close(fd);
	close(out);
	close(nowhere);
	free(bytes);
	free(e);
}

void tool_import(const char *core, const char *name, struct result *result)
{
	struct work w;

	(void)name;
	open_work(&w, core);
	w.lines = LOG_LINES;
	w.ask = ask_log;
	w.peer = peer_log;
	write_lines(&w);
	write_image(&w);
	w.argv[0] = "ppctlb";
	w.argv[1] = "import";
	w.argv[2] = "-c";
	w.argv[3] = core;
	w.argv[4] = "-";
	w.argv[5] = w.image;
	require_imported(&w);
	time_both(&w, result);
	unlink(w.image);
}
