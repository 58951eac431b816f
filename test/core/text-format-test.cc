// SPDX-License-Identifier: GPL-2.0-only
#include "foreign-locale.h"

#include "core/text-format.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iomanip>
#include <sstream>
#include <string>

using namespace ns3::m3;

TEST(TextFormat, QuotedShowsWhatCannotBeSeen)
{
    EXPECT_EQ(Quoted("abc"), "'abc'");
    EXPECT_EQ(Quoted("\xEF\xBB\xBF"
                     "1\t"),
              "'\\xEF\\xBB\\xBF1\\x09'");
    EXPECT_EQ(Quoted(std::string("\0x", 2)), "'\\x00x'");
    EXPECT_EQ(Quoted(std::string(100, 'a')), "'" + std::string(60, 'a') + "...'");
}

TEST(TextFormat, ExactTextIsReadBackAsTheSameNumber)
{
    for (const double value : {0.0, 0.001, 1.0 / 3, 1e-300, 123456789.125, 5e-324, 1.7976931348623157e308})
    {
        EXPECT_EQ(std::strtod(ExactText(value).c_str(), nullptr), value);
    }
    EXPECT_EQ(ExactText(0.001), "0.001");
}

TEST(TextFormat, LowerCaseKeepsOtherBytes)
{
    EXPECT_EQ(LowerCase("WebServer-\xC3\x84Z9"), "webserver-\xC3\x84z9");
}

TEST(TextFormat, ATextStreamFormatsAsInTheCLocale)
{
    const ForeignLocale foreign;
    std::ostringstream own;
    own << 1234567 << ' ' << 1.5;
    ASSERT_EQ(own.str(), "1.234.567 1,5") << "what others get";
    TextStream text;
    text << 1234567 << ' ' << 1.5;
    EXPECT_EQ(text.str(), "1234567 1.5");
    EXPECT_EQ(FormatText("%d %.2f %s", 1234567, 1.5, "x"), "1234567 1.50 x");
}

TEST(TextFormat, AForeignStreamIsAsBeforeAfterwards)
{
    const ForeignLocale foreign;
    std::ostringstream stream;
    stream << std::fixed << std::setprecision(2) << std::setfill('*') << std::hex;
    {
        const ClassicFormat classic(stream);
        stream << 1234.5 << ' ' << 4096 << std::setw(3) << 7 << '|';
    }
    stream << 1234.5 << ' ' << std::setw(3) << 10;
    EXPECT_EQ(stream.str(), "1234.5 4096  7|1.234,50 **a");
}
