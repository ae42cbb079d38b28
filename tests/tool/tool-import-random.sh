#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb import of random TLBs that judge-texts.py writes as other tools do: the entries come back, but for what the
# text does not tell. (hex, mas, and tables of sources: tool-output.sh, tool-import-source.sh.)
. "${srcdir:-.}/tests/tool/tool-common.sh"
if ! command -v python3 >/dev/null; then
	skip 'random TLBs' 'no python3'
	finish
fi
seed=${SEED:-$(date +%s)}
echo "# random TLBs, again with SEED=$seed"

# comes_back FORMAT CORE...
comes_back() {
	format=$1
	shift
	for core; do
		good=0
		for i in 1 2 3; do
			python3 -B "$source/tests/tool/judge-texts.py" "$format" "$core" $((seed + i)) >judged 2>&1 || {
				good=1
				sed 's/^/# /' judged
			}
		done
		ok $good "$format of $core"
	done
}

comes_back libkvm 440
comes_back xmon 440 e5500 e6500
comes_back qemu e500v1 e500v2 e500mc e5500 e6500
comes_back qemu-log e500v2 e6500
comes_back reginfo e500v1 e500v2 e500mc
comes_back freebsd e500v1 e500v2 e500mc
comes_back codewarrior e500v1 e500v2 e500mc e5500 e6500
comes_back bdi e500v1 e500v2
comes_back simics e500v1 e500v2
finish
