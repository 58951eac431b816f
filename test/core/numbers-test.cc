// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

using namespace ns3::m3;

namespace
{

/// What a parser says of a text; "" where it accepts it.
std::string NumberError(const std::function<void()>& parse)
{
    try
    {
        parse();
    }
    catch (const InputError& error)
    {
        return error.what();
    }
    return "";
}

} // namespace

TEST(Numbers, WholeNumbersAreDigitsAlone)
{
    EXPECT_EQ(ParseUnsigned("n", "0"), 0U);
    EXPECT_EQ(ParseUnsigned("n", "18446744073709551615"), UINT64_MAX);
    EXPECT_EQ(ParseSigned("n", "-9223372036854775808"), INT64_MIN);
    for (const char* wrong : {"",
                              " 1",
                              "1 ",
                              "+1",
                              "-1",
                              "1.0",
                              "1e3",
                              "0x10",
                              "1,000",
                              "1'000",
                              "2OO",
                              "1_000",
                              "18446744073709551616",
                              "nan",
                              "inf",
                              "\xEF\xBB\xBF"
                              "1"})
    {
        EXPECT_THROW(ParseUnsigned("n", wrong), InputError) << wrong;
    }
    EXPECT_EQ(NumberError([] { ParseUnsigned("size", "2OO"); }), "size: '2OO' is not a whole number of 0 or more");
    EXPECT_EQ(NumberError(
                  []
                  {
                      ParseUnsigned("flows",
                                    "\xEF\xBB\xBF"
                                    "1");
                  }),
              "flows: '\\xEF\\xBB\\xBF1' is not a whole number of 0 or more");
    EXPECT_EQ(NumberError([] { ParseUnsigned("pg", "8", 0, 7); }), "pg: must be in 0..7, is 8");
    EXPECT_EQ(NumberError([] { ParseUnsigned("size", "0", 1); }), "size: must be at least 1, is 0");
}

TEST(Numbers, CountsMayHaveAnExponentWhereTheyAreWhole)
{
    EXPECT_EQ(ParseCount("n", "1e4"), 10'000U);
    EXPECT_EQ(ParseCount("n", "2.5e6"), 2'500'000U);
    EXPECT_EQ(ParseCount("n", "1E9"), 1'000'000'000U);
    EXPECT_EQ(ParseCount("n", "1.0"), 1U);
    EXPECT_EQ(ParseCount("n", "12345678901234567891"), 12'345'678'901'234'567'891U) << "digits alone are exact";
    EXPECT_EQ(ParseCount("n", "1e18"), 1'000'000'000'000'000'000U);
    for (const char* wrong : {"", "1.5", "1e-1", "15e-1", "-1", "-1e4", "1e", "1e4x", "1e30", "0x1e4", "1e4 ", "inf"})
    {
        EXPECT_THROW(ParseCount("n", wrong), InputError) << wrong;
    }
    EXPECT_EQ(NumberError([] { ParseCount("--count", "1e4k"); }),
              "--count: '1e4k' is not a whole number of 0 or more such as 2000, 1e4");
    EXPECT_EQ(NumberError([] { ParseCount("--count", "1e10", 1, 1'000'000'000); }),
              "--count: must be in 1..1000000000, is 1e10");
}

TEST(Numbers, RealNumbersAreFiniteAndWhole)
{
    EXPECT_EQ(ParseReal("x", "0.5"), 0.5);
    EXPECT_EQ(ParseReal("x", "-2.5e-3"), -0.0025);
    EXPECT_EQ(ParseReal("x", ".5"), 0.5);
    for (const char* wrong : {"", "0,5", "nan", "-nan", "inf", "1e999", "0x10", "1.5.2", "5%", " 1", "1 ", "1d"})
    {
        EXPECT_THROW(ParseReal("x", wrong), InputError) << wrong;
    }
    EXPECT_EQ(NumberError([] { ParseReal("load", "0,5"); }), "load: '0,5' is not a finite number");
    EXPECT_EQ(NumberError([] { ParseReal("load", "1.5", 0, 1); }), "load: must be in 0..1, is 1.5");
    EXPECT_EQ(NumberError([] { ParseReal("rate", "-1", 0); }), "rate: must be at least 0, is -1");
}

TEST(Numbers, ProbabilitiesMayBePercent)
{
    EXPECT_DOUBLE_EQ(ParseProbability("p", "5%"), 0.05);
    EXPECT_EQ(ParseProbability("p", "0.25"), 0.25);
    for (const char* wrong : {"", "%", "101%", "1.1", "-1%", "5 %", "5%%", "nan%"})
    {
        EXPECT_THROW(ParseProbability("p", wrong), InputError) << wrong;
    }
}

TEST(Numbers, FlagsAreNamed)
{
    EXPECT_TRUE(ParseFlag("f", "on") && ParseFlag("f", "true") && ParseFlag("f", "yes") && ParseFlag("f", "1"));
    EXPECT_FALSE(ParseFlag("f", "off") || ParseFlag("f", "false") || ParseFlag("f", "no") || ParseFlag("f", "0"));
    for (const char* wrong : {"", "2", "On", "enable", "01"})
    {
        EXPECT_THROW(ParseFlag("f", wrong), InputError) << wrong;
    }
}

TEST(Numbers, BytesHaveDecimalAndBinaryUnits)
{
    EXPECT_EQ(ParseBytes("b", "1500"), 1500U);
    EXPECT_EQ(ParseBytes("b", "1500B"), 1500U);
    EXPECT_EQ(ParseBytes("b", "10KB"), 10'000U);
    EXPECT_EQ(ParseBytes("b", "1.001KB"), 1001U) << "whole, though 1.001 is no binary fraction";
    EXPECT_EQ(ParseBytes("b", "16MiB"), 16U << 20);
    EXPECT_EQ(ParseBytes("b", "1TiB"), uint64_t{1} << 40);
    EXPECT_EQ(ParseBytes("b", "1e6"), 1'000'000U);
    for (const char* wrong : {"", "KB", "10K", "10kb", "10Kb", "0.5B", "1.0001KB", "-1KB", "10 KB", "1e30TB"})
    {
        EXPECT_THROW(ParseBytes("b", wrong), InputError) << wrong;
    }
    EXPECT_EQ(NumberError([] { ParseBytes("--buffer", "2KB", 0, 1000); }),
              "--buffer: must be in 0..1000 bytes, is 2KB");
}

TEST(Numbers, TimesAreRoundedToOneNanosecond)
{
    EXPECT_EQ(ParseTimeNs("t", "1000ns"), 1000);
    EXPECT_EQ(ParseTimeNs("t", "5us"), 5000);
    EXPECT_EQ(ParseTimeNs("t", "0.001ms"), 1000);
    EXPECT_EQ(ParseTimeNs("t", "1.5ms"), 1'500'000);
    EXPECT_EQ(ParseTimeNs("t", "2s"), 2'000'000'000);
    EXPECT_EQ(ParseTimeNs("t", "1min"), 60'000'000'000);
    EXPECT_EQ(ParseTimeNs("t", "499ps"), 0);
    EXPECT_EQ(ParseTimeNs("t", "500ps"), 1);
    EXPECT_EQ(ParseTimeNs("t", "0.6ns"), 1);
    EXPECT_EQ(ParseTimeNs("t", "1000000000.123456789s"), 1'000'000'000'123'456'789) << "beyond 53 bits";
    EXPECT_EQ(ParseTimeNs("t", "8999999999999999999ns"), 8'999'999'999'999'999'999);
    EXPECT_EQ(ParseTimeNs("t", "0"), 0);
    EXPECT_EQ(ParseTimeNs("t", "5", "us"), 5000);
    EXPECT_EQ(ParseTimeNs("t", "5ns", "us"), 5);
    for (const char* wrong :
         {"", "5", "us", "-1us", "5 us", "5uss", "5US", "9e18ns", "1e30s", "nanns", "infs", "5,0us"})
    {
        EXPECT_THROW(ParseTimeNs("t", wrong), InputError) << wrong;
    }
}

TEST(Numbers, RatesAreThoseOfDataRate)
{
    EXPECT_EQ(ParseRate("r", "10Gbps"), 10'000'000'000U);
    EXPECT_EQ(ParseRate("r", "615Mb/s"), 615'000'000U);
    EXPECT_EQ(ParseRate("r", "2.5Gbps"), 2'500'000'000U);
    EXPECT_EQ(ParseRate("r", "100Tbps"), 100'000'000'000'000U);
    EXPECT_EQ(ParseRate("r", "1.25GBps"), 10'000'000'000U);
    EXPECT_EQ(ParseRate("r", "8KiB/s"), 65'536U);
    EXPECT_EQ(ParseRate("r", "8Kib/s"), 8192U);
    EXPECT_EQ(ParseRate("r", "64kbps"), 64'000U);
    EXPECT_EQ(ParseRate("r", "1000"), 1000U);
    EXPECT_EQ(ParseRate("r", "50", "Mbps"), 50'000'000U);
    for (const char* wrong : {"",
                              "fast",
                              "-1Gbps",
                              "0Gbps",
                              "1GB",
                              "nan",
                              "inf",
                              "1e30Gbps",
                              "10 Gbps",
                              "10Gbps x",
                              "10G",
                              "10gbps",
                              "10,5Gbps"})
    {
        EXPECT_THROW(ParseRate("r", wrong), InputError) << wrong;
    }
    EXPECT_EQ(NumberError([] { ParseRate("--host-rate", "10 Gbps"); }),
              "--host-rate: '10 Gbps' is not a rate above 0 such as 10Gbps, 615Mb/s");
}

TEST(Numbers, ListsKeepEmptyParts)
{
    EXPECT_TRUE(SplitList("").empty());
    EXPECT_EQ(SplitList("a"), std::vector<std::string>{"a"});
    EXPECT_EQ(SplitList("a,,b"), (std::vector<std::string>{"a", "", "b"}));
    EXPECT_EQ(SplitList("a,b,"), (std::vector<std::string>{"a", "b", ""}));
    EXPECT_EQ(SplitList(","), (std::vector<std::string>{"", ""}));
    EXPECT_EQ(ParseList("r", "10Gbps,40", ParseRate, "Gbps"), (std::vector<uint64_t>{10'000'000'000, 40'000'000'000}));
    EXPECT_EQ(ParseList("n", "1e2,5", ParseCount, 1, 1000), (std::vector<uint64_t>{100, 5}));
    EXPECT_THROW(ParseList("n", "1,,2", ParseCount, 0, 9), InputError);
    EXPECT_THROW(ParseList("n", "1,2,", ParseCount, 0, 9), InputError);
}
