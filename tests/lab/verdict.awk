# SPDX-License-Identifier: GPL-2.0-or-later
# Judges a report on programs that ran elsewhere, in the KVM guest or under qemu-user: passes their output
# on and adds a "not ok" line for each thing that is missing or wrong. Exits 1 if anything failed.
# The report has "### RUN KIND PROGRAM...", its output, "### EXIT STATUS" for each, at the end "### DONE".
#
# A program of kind "tap" must print a plan and just as many results, at least one; one of kind "plain" must exit 0.

function wrong(what) {
	print "not ok - " what
	bad = 1
}

function judge(status) {
	if (kind == "tap" && planned == "")
		wrong(name ": no plan")
	else if (kind == "tap" && planned != results)
		wrong(name ": planned " planned " tests, ran " results)
	if (kind == "tap" && !results)
		wrong(name ": ran no test")
	if (status)
		wrong(name ": exit status " status (status == 124 ? ", out of time" : ""))
}

{ sub(/\r$/, "") }

/^### RUN / {
	kind = $3
	name = substr($0, length("### RUN " kind " ") + 1)
	planned = ""
	results = 0
	running = 1
	print "# " name
	next
}
/^### EXIT / {
	judge($3 + 0)
	running = 0
	ended++
	next
}
/^### DONE/ { done = 1; next }
/^$/ { next }
/^1\.\.[0-9]+/ { planned = substr($1, 4) + 0 }
/^ok/ { results++ }
/^not ok/ {
	results++
	if ($0 !~ /# *TODO/)
		bad = 1
}
{ print }

END {
	if (running)
		wrong(name ": it never ended")
	if (!done)
		wrong("the list of programs did not get to its end")
	if (!ended)
		wrong("no program ran")
	exit bad
}
