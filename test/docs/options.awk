# Markdown tables of the options of programs, from what their --help prints; each begins with "== NAME" and may be
# followed by "== NAME" of the next. -v parameters=FILE: a page whose rows name the options that are left out. Options that
# m3-compare, m3-estimate and m3-sweep have with the same text are in a table of their own.
BEGIN {
    while ((getline line < parameters) > 0)
        if (match(line, /^\| `--[a-z0-9-]+`/)) isParameter[substr(line, 6, RLENGTH - 6)] = 1
}
function finish() { if (name != "") { text[program, name] = words; order[program, ++count[program]] = name; name = "" } }
/^== / { finish(); program = substr($0, 4); programs[++programCount] = program; isOptions = 0; next }
/^Usage:/ { isOptions = 1; next }
/^[^ ]/ { finish(); if (isOptions && /^ns-3/) isOptions = 0; if (!isOptions) next }
!isOptions { next }
/^$/ { finish(); next }
/^  --/ {
    finish()
    rest = substr($0, 5)
    match(rest, /^[a-z0-9-]+/); name = substr(rest, 1, RLENGTH); rest = substr(rest, RLENGTH + 1)
    if (substr(rest, 1, 1) == "=") { match(rest, /^=[^ ]*/); value[program, name] = substr(rest, 1, RLENGTH) }
    else if (substr(rest, 1, 1) == "[") { match(rest, /^[^ ]*/); value[program, name] = substr(rest, 1, RLENGTH) }
    else { value[program, name] = ""; RLENGTH = 0 }
    rest = substr(rest, RLENGTH + 1); sub(/^ */, "", rest); words = rest
    next
}
{ sub(/^ */, ""); words = words (words == "" ? "" : " ") $0 }
function escaped(s) { gsub(/\|/, "\\|", s); return s }
function row(p, n,    t, d) {
    t = text[p, n]; d = ""
    if (match(t, / \(default: .*\)$/)) { d = substr(t, RSTART + 11, RLENGTH - 12); t = substr(t, 1, RSTART - 1) }
    else if (match(t, / \[[^\]]*\]$/)) { d = substr(t, RSTART + 2, RLENGTH - 3); t = substr(t, 1, RSTART - 1) }
    if (n == "processes" && d ~ /^[0-9]+$/) d = "those of the machine"
    return "| `--" n escaped(value[p, n]) "` | " escaped(d) " | " escaped(t) " |"
}
function head() { print "\n| option | default | what it is |\n|---|---|---|" }
function isShown(p, n) { return n != "help" && n != "version" && !isParameter[n] }
function isCommon(p, n) {
    return (p == "m3-compare" || p == "m3-estimate" || p == "m3-sweep") && text["m3-compare", n] != "" &&
           text["m3-compare", n] == text["m3-estimate", n] && text["m3-compare", n] == text["m3-sweep", n]
}
END {
    finish()
    print "\n### Scenario: m3-compare, m3-estimate, m3-sweep"
    head()
    for (i = 1; i <= count["m3-compare"]; i++) {
        n = order["m3-compare", i]
        if (isShown("m3-compare", n) && isCommon("m3-compare", n)) print row("m3-compare", n)
    }
    for (k = 1; k <= programCount; k++) {
        p = programs[k]; isFirst = 1
        for (i = 1; i <= count[p]; i++) {
            n = order[p, i]
            if (!isShown(p, n) || isCommon(p, n)) continue
            if (isFirst) { print "\n### " p; head(); isFirst = 0 }
            print row(p, n)
        }
    }
}
