# SPDX-License-Identifier: GPL-2.0-or-later
# Finds the test results in a log, as Automake's harness or TAP prints them.
# Prints a line for each: pass, fail or skip, a tab, the test's name. A known failure (TODO) counts as skipped.

function result(kind, name) { print kind "\t" name }

/^PASS: / { sub(/^[A-Z]+: /, ""); result("pass", $0) }
/^(FAIL|XPASS|ERROR): / { sub(/^[A-Z]+: /, ""); result("fail", $0) }
/^(SKIP|XFAIL): / { sub(/^[A-Z]+: /, ""); result("skip", $0) }
/^ok( |$)/ {
	kind = tolower($0) ~ /# *skip/ ? "skip" : "pass"
	sub(/^ok ?[0-9]*( - | |- )?/, "")
	result(kind, $0)
}
/^not ok( |$)/ {
	kind = $0 ~ /# *TODO/ ? "skip" : "fail"
	sub(/^not ok ?[0-9]*( - | |- )?/, "")
	result(kind, $0)
}
/^Bail out!/ { result("fail", $0) }
/^1\.\.0 *# *[Ss][Kk][Ii][Pp]/ { sub(/^1\.\.0 *# */, ""); result("skip", $0) }
