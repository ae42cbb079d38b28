# SPDX-License-Identifier: GPL-2.0-or-later
# Writes the entries of a TLB, TLB:INDEX=WORDS a line as dump -n -o ENTRY has them, as a table in a source: form is
# "e500", "440", "vxworks-e500" or "vxworks-440". The same number is written in one of several ways, by chance.
function rnd(n) {
	seed = seed * 16807 % 2147483647
	return int(seed / 7) % n
}

function value(digits, i, v) {
	v = 0
	for (i = 1; i <= length(digits); i++)
		v = v * 16 + index("0123456789abcdef", substr(digits, i, 1)) - 1
	return v
}

function bit(v, n) {
	return int(v / 2 ^ n) % 2
}

# Of up to 36 bits; awk's own %x may have 31.
function hex(v) {
	return v < 65536 ? sprintf("%x", v) : hex(int(v / 65536)) sprintf("%04x", v % 65536)
}

function suffix(v) {
	return v >= 2 ^ 32 ? "ull" : rnd(4) ? "" : "u"
}

# An expression of that value.
function expr(v, way, part) {
	way = rnd(6)
	part = v % 4096
	if (way == 0)
		return sprintf("%.0f%s", v, v >= 2 ^ 31 ? "ull" : "")
	if (way == 1)
		return "(0x" hex(v - part) suffix(v) " | 0x" hex(part) ")"
	if (way == 2)
		return "(" (v >= 2 ^ 32 ? "phys_addr_t" : "u32") ")0x" hex(v)
	if (way == 3)
		return "0x" hex(v - part) suffix(v) " + " sprintf("%d", part / 2) " * 2 + " part % 2
	if (way == 4) {
		printf "#define NAME_%d 0x%s%s /* of line %d */\n", ++defined, hex(v), suffix(v), NR
		return "NAME_" defined
	}
	return "0x" hex(v) suffix(v)
}

# The names of the bits that are set, n of them from bit `first` down.
function names(v, first, list, n, a, i, text) {
	n = split(list, a, " ")
	text = ""
	for (i = 1; i <= n; i++)
		if (bit(v, first + 1 - i))
			text = text (text ? rnd(2) ? "|" : " | " : "") a[i]
	return text ? text : "0"
}

function size(n) {
	return 2 ^ (n % 10) substr("KMGT", int(n / 10) + 1, 1)
}

function separator() {
	return rnd(3) ? ", " : rnd(2) ? ",\n\t\t" : ", /* or not, (1) */ "
}

{
	split($0, part, "=")
	split(part[1], place, ":")
	split(part[2], word, ",")
	for (i = 1; i <= 4; i++)
		w[i] = value(word[i])
	ts = form ~ /e500/ ? bit(w[1], 12) : bit(w[2], 8)
}

form ~ /e500/ {
	tsize = int(w[1] / 128) % 32
	epn = w[2] - w[2] % 4096
	rpn = w[3] - w[3] % 4096
}

form ~ /440/ {
	tsize = int(w[2] / 16) % 16 * 2
	epn = w[2] - w[2] % 1024
	rpn = w[3] - w[3] % 1024
	erpn = w[3] % 16
}

form == "e500" {
	esel = place[1] + 0 ? place[2] : place[2] % ways
	text = expr(epn)
	text = text separator() expr(rpn)
	text = text separator() names(w[3] % 1024, 9, \
		"MAS3_U0 MAS3_U1 MAS3_U2 MAS3_U3 MAS3_UX MAS3_SX MAS3_UW MAS3_SW MAS3_UR MAS3_SR")
	text = text separator() names(w[2] % 128, 6, "MAS2_X0 MAS2_X1 MAS2_W MAS2_I MAS2_M MAS2_G MAS2_E")
	print "\tSET_TLB_ENTRY(" place[1] separator() text separator() ts separator() esel \
		separator() "BOOKE_PAGESZ_" size(tsize) separator() bit(w[1], 30) "),"
}

form == "440" {
	text = expr(epn)
	text = text separator() "SZ_" size(tsize)
	text = text separator() expr(rpn)
	text = text separator() expr(erpn)
	text = text separator() (rnd(2) ? "0x" hex(w[4]) : names(w[4], 11, "SA_W SA_I SA_M SA_G SA_E") " | 0x" hex(w[4] % 64))
	print "\ttlbentry(" text ")"
}

form ~ /vxworks/ {
	attributes = form ~ /e500/ ? w[2] % 32 : int(w[4] / 128) % 32
	rights = form ~ /e500/ ? w[3] % 64 : 0
	if (form ~ /440/) # UX UW UR SX SW SR to UX SX UW SW UR SR
		for (i = 0; i < 3; i++)
			rights += bit(w[4], i) * 2 ^ (2 * i) + bit(w[4], i + 3) * 2 ^ (2 * i + 1)
	text = expr(epn)
	text = text separator() (form ~ /440/ ? expr(erpn) : "0x0")
	text = text separator() expr(rpn)
	text = text separator() "_MMU_TLB_TS_" ts " | _MMU_TLB_SZ_" size(tsize) (form ~ /e500/ && bit(w[1], 30) ? "|_MMU_TLB_IPROT" : "")
	text = text (rnd(2) ? " | " : ", ") names(attributes, 4, \
		"_MMU_TLB_ATTR_W _MMU_TLB_ATTR_I _MMU_TLB_ATTR_M _MMU_TLB_ATTR_G _MMU_TLB_ATTR_E")
	rights -= rights % 2
	text = text " | " names(rights, 5, \
		"_MMU_TLB_PERM_UX _MMU_TLB_PERM_X _MMU_TLB_PERM_UW _MMU_TLB_PERM_W _MMU_TLB_PERM_UR")
	print "    {" text (rnd(2) ? "}," : " },")
}
