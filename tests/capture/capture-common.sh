# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of ppctlb capture share: machines that run during a test.
. "${srcdir:-.}/tests/tool/tool-common.sh"

# start PROGRAM...: run it until stop, with its standard input open. Its output goes to $work/printed, and that up to
# "ready" to $work/known. Status 77: it cannot run here.
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

# until_true COMMAND...: wait until it succeeds, but not for ever.
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
