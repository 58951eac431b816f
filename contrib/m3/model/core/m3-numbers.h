// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_NUMBERS_H
#define M3_NUMBERS_H

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace ns3::m3
{

/*
 * Texts to numbers, the same in every file and option. A text is read whole or not at all, and never by the rules of a
 * locale. Each function throws an InputError "NAME: 'TEXT' is not ..." that says what is expected, where NAME is an
 * option, a field or a key, and the text has its unprintable bytes as \xNN.
 *
 *   const uint64_t buffer = ParseBytes("--buffer", "400KB"); // 400,000
 *   const int64_t delayNs = ParseTimeNs("delay", "1.5us");   // 1500
 *   const uint64_t rate = ParseRate("--host-rate", "10Gbps");
 */

/// A whole number of 0 or more, digits alone. \throws InputError unless it is one in [low, high]
uint64_t ParseUnsigned(std::string_view name,
                       std::string_view text,
                       uint64_t low = 0,
                       uint64_t high = std::numeric_limits<uint64_t>::max());

/// A whole number, digits alone or behind a minus. \throws InputError unless it is one in [low, high]
int64_t ParseSigned(std::string_view name,
                    std::string_view text,
                    int64_t low = std::numeric_limits<int64_t>::min(),
                    int64_t high = std::numeric_limits<int64_t>::max());

/// A count, also as in "1e4" or "2.5e6" where that is whole. \throws InputError unless it is one in [low, high]
uint64_t ParseCount(std::string_view name,
                    std::string_view text,
                    uint64_t low = 0,
                    uint64_t high = std::numeric_limits<uint64_t>::max());

/// A finite number with a decimal point or exponent if any. \throws InputError unless it is one in [low, high]
double ParseReal(std::string_view name,
                 std::string_view text,
                 double low = std::numeric_limits<double>::lowest(),
                 double high = std::numeric_limits<double>::max());

/// A share of 1: "0.05" or "5%". \throws InputError unless it is one in [0, 1]
double ParseProbability(std::string_view name, std::string_view text);

/// "on", "true", "yes", "1" or "off", "false", "no", "0". \throws InputError
bool ParseFlag(std::string_view name, std::string_view text);

/**
 * A whole number of bytes: "1500", "1500B", "10KB" (10,000), "16MiB" (16,777,216), up to TB and TiB.
 * \throws InputError unless it is one in [low, high]
 */
uint64_t ParseBytes(std::string_view name,
                    std::string_view text,
                    uint64_t low = 0,
                    uint64_t high = std::numeric_limits<uint64_t>::max());

/**
 * A time of 0 or more, rounded to 1 ns: "64ns", "5us", "1.5ms", "3s", also "ps", "min" and "h".
 * \param plainUnit the unit of a number without one; if empty, only "0" needs none
 * \throws InputError unless it is one below 9e18 ns
 */
int64_t ParseTimeNs(std::string_view name, std::string_view text, std::string_view plainUnit = "");

/**
 * A rate in bit/s from 1 to below 10^18, as ns3::DataRate writes them: "10Gbps", "615Mb/s", "1.25GBps", "8Kib/s", also
 * of Tbps.
 * \param plainUnit the unit of a number without one
 * \throws InputError unless it is one
 */
uint64_t ParseRate(std::string_view name, std::string_view text, std::string_view plainUnit = "bps");

/// Parts of "a,b,c", empty ones too; none of "".
std::vector<std::string> SplitList(std::string_view text, char separator = ',');

/// Each part of a list by one of the functions above: ParseList("--rates", "10Gbps,40Gbps", ParseRate, "bps").
template <typename Parse, typename... Arguments>
auto ParseList(std::string_view name, std::string_view text, Parse parse, Arguments... arguments)
{
    std::vector<decltype(parse(name, text, arguments...))> values;
    for (const std::string& part : SplitList(text))
    {
        values.push_back(parse(name, part, arguments...));
    }
    return values;
}

} // namespace ns3::m3

#endif // M3_NUMBERS_H
