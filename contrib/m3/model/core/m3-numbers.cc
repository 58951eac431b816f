// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-numbers.h"

#include "ns3/m3-input-error.h"
#include "text-format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace ns3::m3
{

namespace
{

[[noreturn]] void NotA(std::string_view name, std::string_view text, const std::string& expected)
{
    throw InputError(std::string(name) + ": " + Quoted(text) + " is not " + expected);
}

/// Of a number that is one, but not in the range.
[[noreturn]] void BeyondRange(std::string_view name, std::string_view text, const std::string& range)
{
    throw InputError(std::string(name) + ": must be " + range + ", is " + std::string(text));
}

std::string RangeText(uint64_t low, uint64_t high)
{
    return high == std::numeric_limits<uint64_t>::max() ? "at least " + std::to_string(low)
                                                        : "in " + std::to_string(low) + ".." + std::to_string(high);
}

std::string RealRangeText(double low, double high)
{
    if (high == std::numeric_limits<double>::max())
    {
        return FormatText("at least %g", low);
    }
    return low == std::numeric_limits<double>::lowest() ? FormatText("at most %g", high)
                                                        : FormatText("in %g..%g", low, high);
}

/// The value at the beginning of a text and what follows it. \return nothing if there is none, or none that is finite
template <typename Value>
std::optional<std::pair<Value, std::string_view>> NumberAt(std::string_view text)
{
    Value value{};
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    if constexpr (!std::is_integral_v<Value>)
    {
        if (!std::isfinite(value))
        {
            return {};
        }
    }
    if (error != std::errc())
    {
        return {};
    }
    return std::pair(value, std::string_view(rest, static_cast<std::size_t>(end - rest)));
}

/// The number in front of `unit` at the end of `text`, times the unit's size: rounded, as long as it is below 2^63.
/// \param whole becomes whether it was whole but for the error of binary fractions
std::optional<uint64_t> InUnits(std::string_view text, double unitSize, bool& whole)
{
    constexpr double EXACT = 1e15; // with room for a fraction that decides on rounding
    constexpr long double LIMIT = 9.223372036854775807e18L;
    constexpr long double BINARY_ERROR = 1e-12L;
    long double value = 0;
    if (const auto quick = NumberAt<double>(text))
    {
        value = quick->first * unitSize;
        if (value >= EXACT)
        {
            value = NumberAt<long double>(text)->first * static_cast<long double>(unitSize);
        }
    }
    else
    {
        return {};
    }
    if (!(value >= 0 && value < LIMIT))
    {
        return {};
    }
    const auto rounded = static_cast<uint64_t>(std::llround(value));
    whole = std::abs(value - static_cast<long double>(rounded)) <= BINARY_ERROR * value;
    return rounded;
}

using UnitSize = std::pair<std::string_view, double>;

constexpr std::array<UnitSize, 12> BYTE_UNITS{{{"", 1},
                                               {"B", 1},
                                               {"KB", 1e3},
                                               {"kB", 1e3},
                                               {"MB", 1e6},
                                               {"GB", 1e9},
                                               {"TB", 1e12},
                                               {"KiB", 1024.0},
                                               {"kiB", 1024.0},
                                               {"MiB", 1048576.0},
                                               {"GiB", 1073741824.0},
                                               {"TiB", 1099511627776.0}}};

constexpr std::array<UnitSize, 7> TIME_UNITS{
    {{"ps", 1e-3}, {"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"min", 60e9}, {"h", 3600e9}}};

/// bit/s of a unit such as "Gbps" or "MiB/s". \return 0 if it is none
double RateUnit(std::string_view unit)
{
    constexpr std::array<UnitSize, 4> ENDINGS{{{"bps", 1}, {"b/s", 1}, {"Bps", 8}, {"B/s", 8}}};
    constexpr std::array<UnitSize, 11> PREFIXES{{{"", 1},
                                                 {"k", 1e3},
                                                 {"K", 1e3},
                                                 {"M", 1e6},
                                                 {"G", 1e9},
                                                 {"T", 1e12},
                                                 {"ki", 1024.0},
                                                 {"Ki", 1024.0},
                                                 {"Mi", 1048576.0},
                                                 {"Gi", 1073741824.0},
                                                 {"Ti", 1099511627776.0}}};
    constexpr std::size_t ENDING = 3;
    if (unit.size() < ENDING)
    {
        return 0;
    }
    const std::string_view prefixText = unit.substr(0, unit.size() - ENDING);
    const auto isNamed = [](std::string_view name)
    { return [name](const UnitSize& one) { return one.first == name; }; };
    const auto ending = std::find_if(ENDINGS.begin(), ENDINGS.end(), isNamed(unit.substr(unit.size() - ENDING)));
    const auto prefix = std::find_if(PREFIXES.begin(), PREFIXES.end(), isNamed(prefixText));
    return ending == ENDINGS.end() || prefix == PREFIXES.end() ? 0 : ending->second * prefix->second;
}

template <std::size_t N>
double SizeOfUnit(const std::array<UnitSize, N>& units, std::string_view unit)
{
    const auto found = std::find_if(units.begin(), units.end(), [&](const UnitSize& one) { return one.first == unit; });
    return found == units.end() ? 0 : found->second;
}

/// Whether a text is a number without a sign, and the unit behind it.
std::optional<std::string_view> UnitOf(std::string_view text)
{
    const auto number = NumberAt<double>(text);
    if (!number || text.front() == '-')
    {
        return {};
    }
    return number->second;
}

/// A number without a unit. \param what it is for people \param range says low and high for people
/// \throws InputError unless it is one in [low, high]
template <typename Number, typename Range>
Number
ParsePlain(std::string_view name, std::string_view text, const char* what, Number low, Number high, const Range& range)
{
    const auto number = NumberAt<Number>(text);
    if (!number || !number->second.empty())
    {
        NotA(name, text, what);
    }
    if (number->first < low || number->first > high)
    {
        BeyondRange(name, text, range(low, high));
    }
    return number->first;
}

} // namespace

uint64_t ParseUnsigned(std::string_view name, std::string_view text, uint64_t low, uint64_t high)
{
    return ParsePlain(name, text, "a whole number of 0 or more", low, high, RangeText);
}

int64_t ParseSigned(std::string_view name, std::string_view text, int64_t low, int64_t high)
{
    const auto range = [](int64_t from, int64_t to)
    { return "in " + std::to_string(from) + ".." + std::to_string(to); };
    return ParsePlain(name, text, "a whole number", low, high, range);
}

uint64_t ParseCount(std::string_view name, std::string_view text, uint64_t low, uint64_t high)
{
    const auto plain = NumberAt<uint64_t>(text);
    if (plain && plain->second.empty())
    {
        return ParseUnsigned(name, text, low, high);
    }
    const auto rest = UnitOf(text);
    bool whole = false;
    const auto value = rest && rest->empty() ? InUnits(text, 1, whole) : std::nullopt;
    if (!value || !whole)
    {
        NotA(name, text, "a whole number of 0 or more such as 2000, 1e4");
    }
    if (*value < low || *value > high)
    {
        BeyondRange(name, text, RangeText(low, high));
    }
    return *value;
}

double ParseReal(std::string_view name, std::string_view text, double low, double high)
{
    return ParsePlain(name, text, "a finite number", low, high, RealRangeText);
}

double ParseProbability(std::string_view name, std::string_view text)
{
    constexpr double PERCENT = 100;
    const auto number = NumberAt<double>(text);
    if (!number || (!number->second.empty() && number->second != "%"))
    {
        NotA(name, text, "a number such as 0.05, 5%");
    }
    const double value = number->second.empty() ? number->first : number->first / PERCENT;
    if (!(value >= 0 && value <= 1))
    {
        BeyondRange(name, text, "in 0..1 or 0%..100%");
    }
    return value;
}

bool ParseFlag(std::string_view name, std::string_view text)
{
    for (const char* word : {"on", "true", "yes", "1"})
    {
        if (text == word)
        {
            return true;
        }
    }
    for (const char* word : {"off", "false", "no", "0"})
    {
        if (text == word)
        {
            return false;
        }
    }
    NotA(name, text, "on (true, yes, 1) or off (false, no, 0)");
}

uint64_t ParseBytes(std::string_view name, std::string_view text, uint64_t low, uint64_t high)
{
    const auto unit = UnitOf(text);
    const double size = unit ? SizeOfUnit(BYTE_UNITS, *unit) : 0;
    bool whole = false;
    const auto bytes = size > 0 ? InUnits(text, size, whole) : std::nullopt;
    if (!bytes || !whole)
    {
        NotA(name, text, "a whole number of bytes such as 1500, 10KB, 16MiB");
    }
    if (*bytes < low || *bytes > high)
    {
        BeyondRange(name, text, RangeText(low, high) + " bytes");
    }
    return *bytes;
}

int64_t ParseTimeNs(std::string_view name, std::string_view text, std::string_view plainUnit)
{
    constexpr uint64_t LATEST = 9'000'000'000'000'000'000;
    auto unit = UnitOf(text);
    if (unit && unit->empty())
    {
        unit = plainUnit.empty() && NumberAt<double>(text)->first == 0 ? "ns" : plainUnit;
    }
    const double size = unit ? SizeOfUnit(TIME_UNITS, *unit) : 0;
    bool whole = false;
    const auto ns = size > 0 ? InUnits(text, size, whole) : std::nullopt;
    if (!ns || *ns >= LATEST)
    {
        NotA(name, text, "a time such as 1000ns, 1us, 0.001ms");
    }
    return static_cast<int64_t>(*ns);
}

uint64_t ParseRate(std::string_view name, std::string_view text, std::string_view plainUnit)
{
    constexpr uint64_t FASTEST = 1'000'000'000'000'000'000;
    const auto unit = UnitOf(text);
    const double size = unit ? RateUnit(unit->empty() ? plainUnit : *unit) : 0;
    bool whole = false;
    const auto rate = size > 0 ? InUnits(text, size, whole) : std::nullopt;
    if (!rate || *rate < 1 || *rate >= FASTEST)
    {
        NotA(name, text, "a rate above 0 such as 10Gbps, 615Mb/s");
    }
    return *rate;
}

std::vector<std::string> SplitList(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    while (!text.empty())
    {
        const std::size_t end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos)
        {
            break;
        }
        text.remove_prefix(end + 1);
        if (text.empty())
        {
            parts.emplace_back();
        }
    }
    return parts;
}

} // namespace ns3::m3
