#!/bin/sh
# Opens pages of m3-compare --report in headless Chromium at 1280 and 390 pixels, light and dark: their text, and that
# nothing is clipped, overlapping, pale or loaded, and that tables and heat maps have names for who does not see them. Installs chromium if it is missing and this is a Debian with root.
# $1: the folder of m3-compare (default: build/bin of this repository)
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

# $1: what is spoilt, $2: style that spoils a good page, $3: the fault that must be found
expect_fault() {
    sed "s|</style>|$2</style>|" "$work/small.html" >"$work/spoilt.html"
    look_at "$work/spoilt.html"
    grep -q "FAULT.*$3" "$work/result" || fail "$1 was not seen"
    echo "$1: seen"
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

# long names, many classes, a configuration outside of what the model knows (notes), characters of HTML
long='<b>a&"quoted"-long-unbroken-name-of-a-topology-that-has-nowhere-to-wrap-it-at-all-not-even-here.txt'
cp traces/two-racks-topology.txt "$work/$long"
"$bin/m3-compare" --topology="$work/$long" --count=2000 --cc=dcqcn --window=2MB \
    --size-classes=0,300,1000,3000,10000,30000,100000,1000000 \
    --report="$work/long.html" >/dev/null
expect_good "page of long names" "$work/long.html" "[3 KB, 10 KB)" "outside of what the model was trained on" '&lt;b&gt;a&amp;"quoted"'

sed 's|<caption>[^<]*</caption>||' "$work/where.html" >"$work/spoilt.html"
look_at "$work/spoilt.html"
grep -q "FAULT.*without a caption" "$work/result" || fail "a table without a caption was not seen"
echo "a table without a caption: seen"

expect_fault "a table that is too wide" "table { width: 2000px; }" "page is"
expect_fault "clipped text" "dd { max-height: 9px; overflow: hidden; }" "outside of"
expect_fault "overlapping text" "h2 { margin-bottom: -30px; }" "overlap"
expect_fault "pale text" ".soft { color: #b0b0b0; }" "contrast of"
expect_fault "small letters" "svg text { font-size: 6px; }" "6 pixels"
