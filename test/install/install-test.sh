#!/bin/sh
# Installs the build into a temporary place and moves it; there programs and libraries find each other, their models and
# size tables, a project of one's own builds with find_package(m3-ns3), and every public header compiles alone.
# $1: the build folder (default: build of this repository), which is built
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${1:-$root/build}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset LD_LIBRARY_PATH M3_DATA_DIR M3_MODEL
at=$work/at

fail() {
    echo "install-test: $*" >&2
    exit 1
}

# $1: a text that the output of the command after it must hold, which fails
expect_error() {
    message=$1
    shift
    if output=$("$@" 2>&1); then
        fail "$* should fail"
    fi
    case $output in
    *"$message"*) ;;
    *) fail "$*: '$message' is not in: $output" ;;
    esac
}

cmake --install "$build" --prefix "$work/first" >"$work/install.log" || { cat "$work/install.log" >&2; exit 1; }
mv "$work/first" "$at"
for program in compare datagen estimate eval flowsim packet sweep train; do
    "$at/bin/m3-$program" --help >/dev/null || fail "m3-$program does not start"
done

# programs use the library beside them, not that of the build
LD_TRACE_LOADED_OBJECTS=1 "$at/bin/m3-compare" | grep -q "$at/.*libns3-m3.so" || fail "m3-compare uses another libns3-m3.so"

small="--engines=flowsim,m3 --pods=1 --racks=2 --hosts=2 --planes=1 --spines=1 --count=500"
# shellcheck disable=SC2086 # options are words
"$at/bin/m3-compare" $small >/dev/null

# models and tables are those of the installed place, unless the environment names others
data=$(cd "$at/share/m3" && pwd)
mv "$data/models/flow-model.pt" "$work/flow-model.pt"
echo damaged >"$data/models/flow-model.pt"
# shellcheck disable=SC2086
expect_error "$data/models/flow-model.pt" "$at/bin/m3-compare" $small
# shellcheck disable=SC2086
M3_MODEL="$work/flow-model.pt" "$at/bin/m3-compare" $small >/dev/null
mv "$work/flow-model.pt" "$data/models/flow-model.pt"
mkdir "$work/tables"
mv "$data/traces/webserver.cdf" "$work/tables/webserver.cdf"
# shellcheck disable=SC2086
expect_error "$data/traces/webserver.cdf" "$at/bin/m3-compare" $small
# shellcheck disable=SC2086
M3_DATA_DIR="$work/tables" "$at/bin/m3-compare" $small >/dev/null
mv "$work/tables/webserver.cdf" "$data/traces/webserver.cdf"

# every public header on its own, beside ns-3's
ns3_include=$(sed -n 's/^NS3_INCLUDE_DIR:PATH=//p' "$build/CMakeCache.txt")
alone=$(cd "$at/include/ns3" && printf '%s\n' *.h | xargs -P "$(nproc)" -I HEADER sh -c '
    echo "#include \"ns3/HEADER\"" |
        "${CXX:-c++}" -std=c++17 -Wall -Wextra -fsyntax-only -I "$1/include" -idirafter "$2" -x c++ - >"$3/HEADER.log" 2>&1 ||
        { echo "HEADER: $(grep -m 1 "error:" "$3/HEADER.log")"; }' sh "$at" "$ns3_include" "$work")
[ -z "$alone" ] || fail "public headers that do not compile alone:
$alone"

# a project of one's own
cmake -S "$root/test/install/own-project" -B "$work/own" -G Ninja -DCMAKE_PREFIX_PATH="$at" >"$work/own.log" 2>&1 &&
    ninja -C "$work/own" >>"$work/own.log" 2>&1 || { cat "$work/own.log" >&2; exit 1; }
for engine in flowsim m3; do
    p99=$("$work/own/own-project" "$engine")
    awk -v p99="$p99" 'BEGIN { exit !(p99 >= 1 && p99 < 1000) }' || fail "p99 slowdown by $engine: $p99"
done
