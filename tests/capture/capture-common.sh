# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of ppctlb capture share: machines that run while a test looks at them.
. "${srcdir:-.}/tests/tool/tool-common.sh"

# start PROGRAM...: it runs, its standard input open, until stop; what it prints goes to $work/printed, and
# what it has printed up to "ready" is in $work/known. Status 77: it cannot run here.
start() {
	rm -f "$work/stdin"
	: >"$work/printed"
	mkfifo "$work/stdin"
	"$@" <"$work/stdin" >"$work/printed" 2>"$work/stage-err" &
	stage=$!
	exec 8>"$work/stdin"
	while ! grep -q '^ready$' "$work/printed"; do
		if ! kill -0 $stage 2>/dev/null; then
			wait $stage
			status=$?
			exec 8>&-
			sed 's/^/# /' "$work/printed" "$work/stage-err"
			return $status
		fi
		sleep 0.1
	done
	sed '/^ready$/d' "$work/printed" >"$work/known"
}

stop() {
	exec 8>&-
	wait $stage
}

# until_true COMMAND...: wait for it, not for ever.
until_true() {
	tries=0
	until "$@" 2>/dev/null || [ $tries -ge 600 ]; do
		tries=$((tries + 1))
		sleep 0.05
	done
}

qmp() {
	python3 "$source/tests/capture/qmp.py" "$@"
}

mkdir "$work/tmp"
TMPDIR=$work/tmp
export TMPDIR
