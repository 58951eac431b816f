// SPDX-License-Identifier: GPL-2.0-only
// The numbers of files and options: the input is one text for each function of numbers.h. What is read is in the range
// that is promised, and is read again from its digits.
#include "fuzz.h"

#include "core/text-format.h"
#include "ns3/m3-numbers.h"

#include <cmath>

namespace ns3::m3
{

namespace
{

bool AreWholeNumbersKept(std::string_view text)
{
    const bool digits = IsRead(
        [&]
        {
            Require(ParseUnsigned("n", std::to_string(ParseUnsigned("n", text))) == ParseUnsigned("n", text),
                    "a whole number is read from its digits");
        });
    const bool behindMinus = IsRead(
        [&]
        {
            Require(ParseSigned("n", std::to_string(ParseSigned("n", text))) == ParseSigned("n", text),
                    "a negative number is read from its digits");
        });
    const bool count = IsRead(
        [&]
        {
            Require(ParseUnsigned("n", std::to_string(ParseCount("n", text))) == ParseCount("n", text),
                    "a count is read from its digits");
        });
    Require(!digits || count, "a whole number is a count");
    const bool bytes = IsRead([&] { ParseBytes("n", text, 1, 1'000'000); });
    return digits || behindMinus || count || bytes;
}

bool AreRealNumbersKept(std::string_view text)
{
    const bool real = IsRead(
        [&]
        {
            const double value = ParseReal("n", text);
            Require(std::isfinite(value), "a number is finite");
            Require(ParseReal("n", FormatText("%.17g", value)) == value, "a number is read from its digits");
        });
    const bool probability = IsRead(
        [&]
        {
            const double value = ParseProbability("n", text);
            Require(value >= 0 && value <= 1, "a probability is in [0, 1]");
        });
    return real || probability;
}

bool AreUnitsKept(std::string_view text)
{
    const bool time = IsRead([&] { Require(ParseTimeNs("n", text) >= 0, "a time is not negative"); });
    const bool plainTime = IsRead([&] { Require(ParseTimeNs("n", text, "us") >= 0, "a time is not negative"); });
    Require(!time || plainTime, "a time with its unit is also read where a plain one may stand");
    const bool rate = IsRead(
        [&]
        {
            constexpr uint64_t LARGEST = 1'000'000'000'000'000'000;
            const uint64_t value = ParseRate("n", text);
            Require(value >= 1 && value < LARGEST, "a rate is in its range");
            Require(ParseRate("n", std::to_string(value) + "bps") == value, "a rate is read from its digits");
        });
    return plainTime || rate;
}

} // namespace

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    const std::string_view text = TextOf(data, size);
    const bool whole = AreWholeNumbersKept(text);
    const bool real = AreRealNumbersKept(text);
    const bool units = AreUnitsKept(text);
    const bool flag = IsRead([&] { ParseFlag("n", text); });
    const bool list = IsRead([&] { ParseList("n", text, ParseRate, "bps"); });
    return whole || real || units || flag || (list && !text.empty());
}

} // namespace ns3::m3
