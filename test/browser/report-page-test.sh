#!/bin/sh
# Opens pages of m3-compare --report and m3-sweep --report in headless Chromium at 1280 and 360 pixels and as on paper,
# light and dark: their text; that nothing is clipped, overlapping, pale, cut or loaded; that headings, landmarks, tables
# and pictures have names for who does not see them; that the keyboard reaches all links and shows where it is.
# Installs chromium if it is missing and this is a Debian with root.
# $1: the folder of m3-compare and m3-sweep (default: build/bin of this repository)
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
bin=${1:-$root/build/bin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

command -v chromium >/dev/null || {
    echo "Installing chromium, the browser that looks at the page ..."
    { apt-get update && apt-get install -y --no-install-recommends chromium fonts-dejavu-core; } >"$work/apt.log" 2>&1 ||
        { tail -n 5 "$work/apt.log" >&2; exit 1; }
}

scheme=light

# what is wrong with page $1, and its text
look_at() {
    rm -rf "$work/look"
    mkdir "$work/look"
    cp "$root/test/browser/check.html" "$work/look/check.html"
    cp "$1" "$work/look/page.html"
    timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync --allow-file-access-from-files \
        --blink-settings=preferredColorScheme="$([ $scheme = dark ] && echo 0 || echo 1)" --user-data-dir="$work/look/profile" --window-size=1400,1000 --virtual-time-budget=20000 \
        --dump-dom "file://$work/look/check.html" 2>"$work/chromium.log" |
        sed -n '/<pre id="result">/,/<\/pre>/p' >"$work/result"
}

fail() {
    echo "report-page-test: $*" >&2
    cat "$work/result" >&2
    exit 1
}

# $1: a name, $2: the page, then texts it must hold
expect_good() {
    look_at "$2"
    name=$1
    grep -q CHECKED "$work/result" || { cat "$work/chromium.log" >&2; fail "$name: the browser did not finish"; }
    ! grep -q FAULT "$work/result" || fail "$name has faults"
    shift 2
    for text in "$@"; do
        grep -qF -e "$text" "$work/result" || fail "$name lacks '$text'"
    done
    echo "$name: good"
}

# $1: what is spoilt, $2: a page, $3: the sed command that spoils it, $4: the fault that must be found
expect_fault_of() {
    sed "$3" "$2" >"$work/spoilt.html"
    look_at "$work/spoilt.html"
    grep -q "FAULT.*$4" "$work/result" || fail "$1 was not seen"
    echo "$1: seen"
}

# $1: what is spoilt, $2: style that spoils a good page, $3: the fault that must be found
expect_fault() {
    expect_fault_of "$1" "$work/small.html" "s|</style>|$2</style>|" "$3"
}

cd "$root"
small="--racks=2 --hosts=4 --count=2000 --flows-per-class=200"
# shellcheck disable=SC2086 # options are words
"$bin/m3-compare" $small --report="$work/small.html" --out="$work/small" >/dev/null
# the number that report.json has for the packet-level p99 of all flows
p99=$(awk '/"engine"/ { engine = $2 } /"class"/ { class = $2 }
    /"0.99":/ && engine ~ /packet/ && class ~ /all/ { sub(",", "", $2); printf "%.2f", $2; exit }' "$work/small/report.json")
expect_good "page of three engines" "$work/small.html" "How much longer flows take" "packet" "flowsim" "m3" "2,000 flows" \
    "[50 KB, inf)" "95 %:" "Scenario" "16 hosts" "$p99" "error of the p99"

# shellcheck disable=SC2086
"$bin/m3-compare" $small --engines=flowsim --report="$work/one.html" >/dev/null
expect_good "page of one engine" "$work/one.html" "flowsim" "all flows"

# where flows are slow: what the page says is what report.json says, in both schemes
"$bin/m3-compare" --racks=4 --hosts=4 --fabric-rate=10Gbps --count=3000 --engines=packet,flowsim --links --by=rack-pair,class \
    --report="$work/where.html" --out="$work/where" >/dev/null
tail=$(sed -n '/"where"/,/"text"/s/.*"text": "\(.*\)",/\1/p' "$work/where/report.json" | head -n 1)
for scheme in light dark; do
    expect_good "$scheme page of where flows are slow" "$work/where.html" "Where flows are slow" "$tail" "share of delay" \
        "queue, p99 of time" "packet: by rack-pair" "flowsim: by class" "flows of class 3 is" \
        "The 10 links that hold most of the delay of the slowest 1 % of flows" "$(echo $scheme | tr a-z A-Z)"
done
scheme=light

# a sweep: what the page says is what sweep.csv says
# shellcheck disable=SC2086
"$bin/m3-sweep" $small --grid=engine=packet,m3:window=5000,10000,30000:cc=dctcp,hpcc --report="$work/sweep.html" \
    --out="$work/sweep" >/dev/null
p99=$(awk -F, '$1 == "m3" && $2 == "10000" && $3 == "hpcc" && $4 ~ /all/ { printf "%.2f", $6 }' "$work/sweep/sweep.csv")
for scheme in light dark; do
    expect_good "$scheme page of a sweep" "$work/sweep.html" "p99 slowdown of 6 configurations" "By packet:" "By m3:" \
        "at worst (window" "engine m3, cc hpcc" "all flows" "An error is the difference to packet" "95 %:" \
        "10000 m3 hpcc $p99" "Scenario" "2,000 flows" "$(echo $scheme | tr a-z A-Z)"
done
scheme=light
# on the same windows, in one line, and with groups
"$bin/m3-sweep" --engine=sampled --racks=2 --hosts=4 --count=30000 --windows=8 --flows-per-window=200 --start=flowsim \
    --lead=100us --grid=window=4000,8000,16000 --report="$work/steps.html" >/dev/null
expect_good "page of a sweep on the same windows" "$work/steps.html" "Steps on the same windows" "4000 to 8000" "95 %:"
"$bin/m3-compare" --racks=2 --hosts=4 --engines=packet,flowsim --collective=ring-allreduce:1MiB \
    --report="$work/groups.html" >/dev/null
expect_good "page of groups" "$work/groups.html" "Groups of tasks" "critical path"

# long names, many classes, a configuration outside of what the model knows (notes), characters of HTML
long='<b>a&"quoted"-long-unbroken-name-of-a-topology-that-has-nowhere-to-wrap-it-at-all-not-even-here.txt'
cp traces/two-racks-topology.txt "$work/$long"
"$bin/m3-compare" --topology="$work/$long" --count=2000 --cc=dcqcn --window=2MB \
    --size-classes=0,300,1000,3000,10000,30000,100000,1000000 \
    --report="$work/long.html" >/dev/null
expect_good "page of long names" "$work/long.html" "[3 KB, 10 KB)" "outside of what the model was trained on" '&lt;b&gt;a&amp;"quoted"'

expect_fault_of "a table without a caption" "$work/where.html" 's|<caption>[^<]*</caption>||' "without a caption"
expect_fault_of "a head of no row" "$work/sweep.html" 's|<th scope="row"|<th|' "a row without a head"
expect_fault_of "a picture without words" "$work/sweep.html" 's| aria-label="p99 slowdown over[^"]*"||' "a picture without words"
expect_fault_of "a skipped level of headings" "$work/small.html" 's|<\(/*\)h3>|<\1h4>|g' "heading of level 4"
expect_fault_of "a link to nowhere" "$work/small.html" 's|href="#section-1"|href="#section-99"|' "a link to nowhere"
expect_fault_of "a page without landmarks" "$work/small.html" 's|<\(/*\)main>|<\1div>|' "not one main"

expect_fault "a table that is too wide" "table { width: 2000px; }" "page is"
expect_fault "clipped text" "dd { max-height: 9px; overflow: hidden; }" "outside of"
expect_fault "overlapping text" "h2 { margin-bottom: -30px; }" "overlap"
expect_fault "pale text" ".soft { color: #b0b0b0; }" "contrast of"
expect_fault "small letters" "svg text { font-size: 6px; }" "[0-9] pixels: slowdown"
expect_fault "focus that does not show" "a:focus-visible { outline: none; }" "focus is not visible"
expect_fault "a picture cut between pages" "@media print { svg { break-inside: auto; } }" "on paper: .* may be cut between pages"
expect_fault "links on paper" "@media print { nav.sections { display: block; } }" "on paper: a link"
scheme=dark
expect_fault "a dark page on paper" "@media print { :root { --card: #14171a; } }" "a dark page on paper"
expect_fault "pale lines in the dark" ":root { --c1: #4a3520; }" "of a shape"
