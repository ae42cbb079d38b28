# SPDX-License-Identifier: GPL-2.0-or-later
# Reads a public header without its comments and prints what describes it: C statements for each macro,
# enumerator, structure and member. -v header=NAME

function trim(s) { gsub(/[ \t]+/, " ", s); sub(/^ /, "", s); sub(/ $/, "", s); return s }

function quote(s) { gsub(/["\\]/, "\\\\&", s); return "\"" s "\"" }

function value(name) { printf "VALUE(%s, %s)\n", quote(header), name }

function member(type, name, declared) {
	printf "MEMBER(%s, %s, %s, %s)\n", quote(header), type, name, quote(trim(declared))
}

function enumerators(body, list, n, i) {
	n = split(body, list, ",")
	for (i = 1; i <= n; i++) {
		sub(/=.*/, "", list[i])
		if (trim(list[i]) != "")
			value(trim(list[i]))
	}
}

# declaration TYPE TEXT: "uint16_t tlb, index", "const char *word_name[4]", "int (*open)(struct ppctlb_vcpu *v)"
function declaration(type, text, list, n, i, declared) {
	sub(/ *__attribute__ *\(\(.*\)\)/, "", text)
	if (match(text, /\(\*[a-z0-9_]+\)/)) {
		declared = substr(text, 1, RSTART + 1) substr(text, RSTART + RLENGTH - 1)
		member(type, substr(text, RSTART + 2, RLENGTH - 3), declared)
		return
	}
	n = split(text, list, ",")
	declared = list[1]
	sub(/[a-z0-9_]+ *(\[.*)?$/, "", declared)
	for (i = 1; i <= n; i++) {
		sub(/\[.*/, "", list[i])
		match(trim(list[i]), /[a-z0-9_]+$/)
		member(type, substr(trim(list[i]), RSTART), declared)
	}
}

function members(type, body, list, n, i) {
	printf "SIZE(%s, %s)\n", quote(header), type
	n = split(body, list, ";")
	for (i = 1; i <= n; i++) {
		if (trim(list[i]) != "")
			declaration(type, trim(list[i]))
	}
}

/\\$/ { held = held substr($0, 1, length($0) - 1); next }
{ $0 = held $0; held = "" }

/^#define/ && NF > 2 {
	text = $0
	sub(/^#define +[A-Z0-9_]+/, "", text)
	text = trim(text)
	if (text ~ /^\{/)
		printf "TEXT(%s, %s, %s)\n", quote(header), $2, quote(text)
	else
		value($2)
}
!/^#/ { code = code " " $0 }

END {
	while (match(code, /(struct|enum) [a-z0-9_]* *\{[^}]*\}/)) {
		found = substr(code, RSTART, RLENGTH - 1)
		code = substr(code, RSTART + RLENGTH)
		type = body = found
		sub(/ *\{.*/, "", type)
		sub(/[^{]*\{/, "", body)
		if (type ~ /^enum/)
			enumerators(body)
		else
			members(type, body)
	}
}
