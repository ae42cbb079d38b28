#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Breaks the code that turns mappings into bits, one small change at a time, and counts how many
of the broken libraries the tests notice.

usage: mutate.py SRCDIR BUILDDIR -n MUTANTS --seed SEED --strides STRIDE... [-j JOBS]

The same seed chooses the same mutants, and fewer of them are among more. A mutant that survives and
is not known yet is a failure, however many are killed: a test is missing, or a line in
mutate.equivalent. The longest loops of the tests try one case of STRIDE; the next STRIDE is for
mutants that nothing noticed with the one before.

BUILDDIR is configured and has its test programs built; they are run as they are, over a mutated
library and mutated plug-ins. Mutants that change nothing are listed in mutate.equivalent with the
reason; each is still tried, and one that a test kills after all is an error of that list.
"""
import argparse
import collections
import concurrent.futures
import glob
import itertools
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

# Encode, decode, match, conflict, placement, split, dirty bitmap: code and constants.
FILES = [
    "include/ppctlb/44x.h", "include/ppctlb/e500.h", "backends/common.c", "backends/common.h", "backends/44x/core.c",
    "backends/e500/array.c", "backends/e500/core.c", "backends/e500/match.c", "backends/e500/transport.c", "lib/core.c",
    "lib/cut.c", "lib/index.c", "lib/map.c", "lib/place.c", "lib/plan.c", "lib/regions.c", "lib/translate.c",
]
# With fewer the rate says little: a run that was asked for so many must judge so many, or fail.
ENOUGH = 300
# A test that takes longer than this, and so many times longer than usual, has noticed the mutant.
TEST_SECONDS = 10
TIMES_SLOWER = 20
TIME = " (time)"
PROGRESS = 25

FLIPS = {"==": "!=", "!=": "==", "<=": "<", ">=": ">", "<": "<=", ">": ">=", "&&": "||", "||": "&&"}


def strip(line):
    """The line with strings, comments and casts blanked: what is left may be mutated."""
    blank = lambda m: " " * len(m.group())
    return re.sub(r'"(\\.|[^"\\])*"|//.*|/\*.*?(\*/|$)|\'.\'', blank, line)


def constants(line, code):
    for m in re.finditer(r"(?<![\w.])(0x[0-9a-fA-F]+|\d+)(?=(u|ull|ULL)?\b)", code):
        value = int(m.group(), 0)
        shift = re.search(r"(<<|>>)\s*$", code[:m.start()])
        hexadecimal = m.group().startswith("0x")
        if hexadecimal:
            bit = value & -value if value else 1
            changes = [("mask", value ^ bit), ("mask", value ^ (1 << max(value.bit_length() - 1, 0)))]
        else:
            changes = [("shift" if shift else "constant", value + d) for d in (1, -1)]
        for kind, new in changes:
            if new >= 0:
                text = hex(new) if hexadecimal else str(new)
                yield kind, line[:m.start()] + text + line[m.end():]


def comparisons(line, code):
    for m in re.finditer(r"(?<![<>=!\-+&|])(==|!=|<=|>=|<|>|&&|\|\|)(?![<>=&|])", code):
        if m.group() in "<>" and not re.search(r"\s$", code[:m.start()]):
            continue
        yield "comparison", line[:m.start()] + FLIPS[m.group()] + line[m.end():]


def deletions(line, code):
    # A missing free() leaks memory: the sanitized build of the tests notices, this one does not.
    if re.match(r"\t+[^\s].*[^\s];\s*$", code) and not re.search("return|free", code) and \
            re.match(r"\t+(\*?[\w>.\[\]-]+(\([^=]*\))? (=|\|=|&=|\+=|-=|\^=) |\w+\(.*\);|[\w>.-]+(\+\+|--);|(continue|break);)", code):
        yield "deletion", re.match(r"\t+", line).group() + ";\n"


class Mutant(collections.namedtuple("Mutant", "file line kind old new")):
    def shown(self):
        return (self.old if self.kind == "deletion" else self.new).strip()


def mutants_of(root, name):
    comment = False
    for number, line in enumerate(open(os.path.join(root, name)), 1):
        code = strip(line)
        if comment:
            comment = "*/" not in line
            continue
        comment = "/*" in line and "*/" not in line.split("/*")[-1]
        if re.match(r"\s*(#include|#if|#endif|#define \w+_H\b|_Static_assert|return .*tlb_fail|[\w ]+\[\d+\](, \w+)*;)", code):
            continue
        for make in (constants, comparisons, deletions):
            for kind, new in make(line, code):
                yield Mutant(name, number, kind, line, new)


def run(command, **kw):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, **kw)


class Bed:
    """Where mutants are built and tried."""

    # A read or write past an array must be noticed, as the sanitized build of the tests would.
    CFLAGS = ["-std=gnu11", "-D_GNU_SOURCE", "-O1", "-fPIC", "-w", "-fsanitize=address,bounds,shift",
              "-fsanitize-undefined-trap-on-error"]
    UNITS = {
        "lib": ["lib/*.c"],
        "backends/44x": ["backends/44x/*.c", "backends/common.c"],
        "backends/e500": ["backends/e500/*.c", "backends/common.c"],
        "backends/mock": ["backends/mock/*.c", "backends/e500/array.c", "backends/common.c"],
    }
    BACKENDS = [unit for unit in UNITS if unit != "lib"]
    # Those that run over the shared library and the plug-ins, or have the backends inside; not test-image, which
    # has a malloc() of its own, as ASan has.
    UNIT_TESTS = ["test-44x-core", "test-e500-core", "test-backends", "test-check", "test-codec",
                  "test-dump", "test-map", "test-open", "test-plan", "test-random",
                  "test-raw", "test-text", "test-translate"]
    FAKE_TESTS = ["conformance-fake", "kvm-faults"]

    def __init__(self, src, build, work, strides):
        self.src, self.build, self.work, self.strides = src, build, work, strides
        self.tests = [os.path.join(build, "tests/unit/.libs", t) for t in self.UNIT_TESTS] + \
            [os.path.join(build, "tests/kernel/.libs", t) for t in self.FAKE_TESTS]
        self.limits = {}
        self.noticer = {} # noticed the last mutant of a file: it may notice the next, too
        self.asan = run(["gcc", "-print-file-name=libasan.so"], check=True).stdout.decode().strip()
        makefile = open(os.path.join(build, "Makefile")).read()
        self.version = re.search(r"^PACKAGE_VERSION = (.*)$", makefile, re.M).group(1)
        # These have the backends inside: they are linked again with the mutated ones.
        self.inside = [t for t in ("test-44x-core", "test-e500-core", "test-backends")]
        self.check_libs = run(["pkg-config", "--libs", "check"], check=True).stdout.decode().split()

    def sources(self, tree, unit):
        return [source for pattern in self.UNITS[unit]
                for source in sorted(glob.glob(os.path.join(tree, pattern)))]

    def compile(self, tree, out, unit, builtin, changed):
        """The objects of a unit; where one source changed, the others' are there already."""
        flags = self.CFLAGS + ["-I" + os.path.join(tree, "include"),
                               '-DLIBRARY_VERSION="%s"' % self.version,
                               '-DBACKENDDIR="/nonexistent"']
        if builtin:
            flags.append("-DPPCTLB_BUILTIN")
        objects = []
        for source in self.sources(tree, unit):
            name = os.path.relpath(source, tree)
            obj = os.path.join(out, name.replace("/", "-") + ("-in" if builtin else "") + ".o")
            objects.append(obj)
            if changed and name != changed:
                continue
            if run(["gcc"] + flags + ["-c", source, "-o", obj]).returncode:
                return None
        return objects

    def build_units(self, tree, out, units, changed=None):
        """Everything that is made of these units; False where the mutant does not compile."""
        for unit in units:
            objects = self.compile(tree, out, unit, False, changed)
            if objects is None:
                return False
            if unit == "lib":
                target = ["-Wl,-soname,libppctlb.so.0",
                          "-Wl,--version-script=" + os.path.join(self.src, "lib/libppctlb.map"),
                          "-o", os.path.join(out, "libppctlb.so.0")]
            else:
                target = ["-o", os.path.join(out, os.path.basename(unit) + ".so")]
            run(["gcc", "-shared"] + objects + target, check=True)
        return not any(u != "lib" for u in units) or self.link_inside(tree, out, changed)

    def link_inside(self, tree, out, changed):
        inside = []
        for unit in self.BACKENDS:
            inside += self.compile(tree, out, unit, True, changed) or []
        inside = list(dict.fromkeys(inside)) # what several backends share is linked once
        for test in self.inside:
            test_object = os.path.join(self.build, "tests/unit", test + ".o")
            linked = run(["gcc", "-fsanitize=address", "-o", os.path.join(out, test), test_object] + inside +
                         [os.path.join(self.build, ".libs/libsupport.a")] + self.check_libs)
            if linked.returncode:
                sys.exit("cannot link %s: %s" % (test, linked.stdout.decode()))
        return True

    def fastest_first(self, out, pool):
        def seconds_of(test):
            start = time.monotonic()
            if self.noticed(out, [test], self.strides):
                sys.exit("without any mutation %s fails" % os.path.basename(test))
            return time.monotonic() - start

        seconds = dict(zip(self.tests, pool.map(seconds_of, self.tests)))
        self.limits = {test: max(TEST_SECONDS, TIMES_SLOWER * seconds[test]) for test in seconds}
        self.tests.sort(key=seconds.get)

    def noticed(self, out, tests, strides):
        env = dict(os.environ, LD_LIBRARY_PATH=out, PPCTLB_BACKEND_PATH=out, CK_FORK="no",
                   LD_PRELOAD=self.asan, ASAN_OPTIONS="detect_leaks=0",
                   srcdir=os.path.join(self.src))
        for stride, test in itertools.product(strides, tests):
            env["TEST_STRIDE"] = stride
            name = os.path.basename(test)
            own = os.path.join(out, name)
            try:
                done = run([own if os.path.exists(own) else test], env=env, cwd=out,
                           timeout=self.limits.get(test))
            except subprocess.TimeoutExpired:
                return name + TIME
            if done.returncode:
                return name
        return None

    def attempt(self, mutant, known):
        """What notices it, or None; one that is known to change nothing is not tried for long."""
        with tempfile.TemporaryDirectory(dir=self.work) as out:
            tree = os.path.join(out, "tree")
            for folder in ("include", "lib", "backends"):
                shutil.copytree(os.path.join(self.src, folder), os.path.join(tree, folder))
            self.apply(tree, mutant)
            for name in os.listdir(os.path.join(self.work, "base")):
                os.symlink(os.path.join(self.work, "base", name), os.path.join(out, name))
            units = self.affected(mutant)
            for unit in units:
                self.unlink_products(out, unit)
            changed = mutant.file if mutant.file.endswith(".c") else None # a header is in many
            if not self.build_units(tree, out, units, changed):
                return "does not compile"
            last = self.noticer.get(mutant.file)
            tests = sorted(self.tests, key=lambda test: os.path.basename(test) != last)
            reason = self.noticed(out, tests, self.strides[:1] if known else self.strides)
            self.noticer[mutant.file] = reason or last
            return reason

    @staticmethod
    def apply(tree, mutant):
        path = os.path.join(tree, mutant.file)
        lines = open(path).readlines()
        assert lines[mutant.line - 1] == mutant.old
        lines[mutant.line - 1] = mutant.new
        open(path, "w").writelines(lines)

    def affected(self, mutant):
        if mutant.file in ("backends/common.h", "include/ppctlb/e500.h"):
            return self.BACKENDS
        if mutant.file == "include/ppctlb/44x.h":
            return ["backends/44x"]
        path = os.path.join(self.src, mutant.file)
        return [unit for unit in self.UNITS if path in self.sources(self.src, unit)]

    def unlink_products(self, out, unit):
        names = ["libppctlb.so.0"] if unit == "lib" else [os.path.basename(unit) + ".so"] + self.inside
        for name in names:
            if os.path.islink(os.path.join(out, name)):
                os.unlink(os.path.join(out, name))


def read_equivalent(path):
    """FILE | KIND | line | reason"""
    found = {}
    for line in open(path):
        if line.strip() and not line.startswith("#"):
            name, kind, rest = line.split(" | ", 2)
            text, reason = rest.rsplit(" | ", 1) # the line may have a bar, the reason has none
            found[name, kind, text.strip()] = reason.strip()
    return found


def choose(mutants, n, seed):
    """As many of each kind in each file as there can be: small groups whole, large ones sampled."""
    groups = collections.defaultdict(list)
    for m in mutants:
        groups[m.file, m.kind].append(m)
    rng = random.Random(seed)
    for g in groups.values():
        rng.shuffle(g)
    chosen = []
    while len(chosen) < n and any(groups.values()):
        for key in sorted(groups):
            if groups[key] and len(chosen) < n:
                chosen.append(groups[key].pop())
    return chosen


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("src")
    parser.add_argument("build")
    parser.add_argument("-n", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--strides", nargs="+", required=True)
    parser.add_argument("-j", type=int, default=os.cpu_count())
    args = parser.parse_args()
    src, build = os.path.abspath(args.src), os.path.abspath(args.build)

    equivalent = read_equivalent(os.path.join(src, "tests/lab/mutate.equivalent"))
    every = [m for f in FILES for m in mutants_of(src, f)]
    chosen = choose(every, args.n, args.seed)
    killed, late, survived, same, other = 0, 0, 0, 0, 0
    status = 0
    with tempfile.TemporaryDirectory() as work:
        bed = Bed(src, build, work, args.strides)
        base = os.path.join(work, "base")
        os.mkdir(base)
        if not bed.build_units(src, base, bed.UNITS):
            sys.exit("the sources do not compile")
        with concurrent.futures.ThreadPoolExecutor(args.j) as pool:
            bed.fastest_first(base, pool)
            listed = [(m.file, m.kind, m.shown()) in equivalent for m in chosen]
            reasons = pool.map(bed.attempt, chosen, listed)
            for i, (m, known, reason) in enumerate(zip(chosen, listed, reasons)):
                if i and i % PROGRESS == 0:
                    print("%d of %d mutants: %d killed, %d survived" %
                          (i, len(chosen), killed, survived), flush=True)
                where = "%s:%d: %s: %s" % (m.file, m.line, m.kind, m.shown())
                if reason == "does not compile":
                    other += 1
                elif reason and known:
                    print("NOT EQUIVALENT %s (%s)" % (where, reason))
                    status = 1
                elif reason:
                    killed += 1
                    late += reason.endswith(TIME)
                elif known:
                    same += 1
                else:
                    survived += 1
                    status = 1
                    print("SURVIVED %s   was: %s" % (where, m.old.strip()), flush=True)
    judged = killed + survived
    rate = killed / judged if judged else 0
    print("%d mutants of %d possible, seed %d: %d killed, %d of them by time, %d survived, %d "
          "equivalent, %d do not compile; %.1f %% killed" %
          (len(chosen), len(every), args.seed, killed, late, survived, same, other, 100 * rate))
    if judged < ENOUGH <= args.n:
        print("only %d mutants were judged, not %d" % (judged, ENOUGH))
        status = 1
    sys.exit(status)


main()
