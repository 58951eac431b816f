// SPDX-License-Identifier: GPL-2.0-only
// A new format of files is a row of a list: files with its ending go to its reader, and options name it.
#include "core/file-format.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

namespace
{

using Reader = int(int);

constexpr FileFormat<Reader> FORMATS[] = {
    {"plain lines", "", [](int value) { return value; }},
    {"a table", ".csv", [](int value) { return 10 * value; }},
    {"JSON lines", ".jsonl", [](int value) { return 100 * value; }},
};

} // namespace

TEST(FileFormat, IsThatOfTheEnding)
{
    EXPECT_EQ(FormatOf(FORMATS, "a/b.csv").read(3), 30);
    EXPECT_EQ(FormatOf(FORMATS, "b.jsonl").read(3), 300);
    for (const char* file : {"b.txt", "b.csv.txt", "csv", ".csv", "", "b.CSV"})
    {
        EXPECT_EQ(FormatOf(FORMATS, file).read(3), 3) << file;
    }
}

TEST(FileFormat, OptionsNameAll)
{
    EXPECT_EQ(FormatsText(FORMATS), "plain lines, a table (.csv), or JSON lines (.jsonl)");
    constexpr FileFormat<Reader> ONE[] = {FORMATS[0]};
    EXPECT_EQ(FormatsText(ONE), "plain lines");
    EXPECT_EQ(FormatOf(ONE, "b.csv").read(3), 3);
}
