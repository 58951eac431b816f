// SPDX-License-Identifier: GPL-2.0-only
#include "foreign-locale.h"
#include "temporary-folder.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-text-file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <vector>

using namespace ns3::m3;

namespace
{

const std::string TEXT_FILE = (TemporaryFolder() / "text-file-test.txt").string();

void WriteText(const std::string& text)
{
    std::ofstream(TEXT_FILE, std::ios::binary) << text;
}

/// Fields of all lines of a file with this text.
std::vector<std::vector<std::string>> TextFields(const std::string& text, char separator = ' ')
{
    WriteText(text);
    TextReader reader(TEXT_FILE, separator);
    std::vector<std::vector<std::string>> lines;
    while (reader.Next())
    {
        lines.emplace_back();
        for (std::size_t i = 0; i < reader.Fields(); i++)
        {
            lines.back().push_back(reader.Text(i));
        }
    }
    return lines;
}

template <typename Use>
std::string TextError(const std::string& text, Use use)
{
    WriteText(text);
    try
    {
        TextReader reader(TEXT_FILE);
        use(reader);
    }
    catch (const InputError& error)
    {
        return std::string(error.what()).substr(TEXT_FILE.size());
    }
    return "";
}

} // namespace

TEST(TextFile, FieldsOfEveryKindOfLine)
{
    const std::vector<std::vector<std::string>> expected = {{"a", "b"}, {"c"}};
    EXPECT_EQ(TextFields("a b\nc\n"), expected);
    EXPECT_EQ(TextFields("a b\nc"), expected) << "no newline at the end";
    EXPECT_EQ(TextFields("\n  a\t b # comment\n# comment\n \nc#\n\n"), expected);
    EXPECT_EQ(TextFields("a b\r\nc\r\n"), expected) << "lines of Windows";
    EXPECT_EQ(TextFields("\xEF\xBB\xBF"
                         "a b\nc\n"),
              expected)
        << "byte order mark";
    EXPECT_TRUE(TextFields("").empty());
    EXPECT_TRUE(TextFields("\xEF\xBB\xBF").empty());
    EXPECT_EQ(TextFields("a\n\xEF\xBB\xBF"
                         "b\n")[1][0],
              "\xEF\xBB\xBF"
              "b")
        << "a mark elsewhere is text";
}

TEST(TextFile, CellsBetweenSeparators)
{
    // by RFC 4180 but for the blanks around cells: they may be empty, have blanks inside, and be quoted
    using Lines = std::vector<std::vector<std::string>>;
    EXPECT_EQ(
        TextFields("\xEF\xBB\xBFone, two words ,,\"a, \"\"b\"\"\" ,\r\n  # a comment\n \t\r\n,\nno#comment\n", ','),
        (Lines{{"one", "two words", "", "a, \"b\"", ""}, {"", ""}, {"no#comment"}}));
    EXPECT_EQ(TextFields("a b\t\tc\n", '\t'), (Lines{{"a b", "", "c"}}));
}

TEST(TextFile, ErrorsNameFileLineAndField)
{
    const auto size = [](TextReader& reader)
    {
        reader.Require("flow", 1);
        reader.Integer(0, "size", 1, 9);
    };
    EXPECT_EQ(TextError("5\n", size), "");
    EXPECT_EQ(TextError("\n# x\n55\n", size), ":3: size: must be in 1..9, is 55");
    EXPECT_EQ(TextError("5a\n", size), ":1: size: '5a' is not a whole number of 0 or more");
    EXPECT_EQ(TextError("5 5\n", size), ":1: flow: has 2 fields instead of 1");
    EXPECT_EQ(TextError("\n", size), ":1: flow: missing, the file ends here");
    EXPECT_EQ(TextError("\xFF\xFE"
                        "5\n",
                        size),
              ":1: is UTF-16; save it as UTF-8 or ASCII");
    EXPECT_EQ(TextError("x\n", [](TextReader& r) { r.Require("", 1), r.Rate(0, "rate"); }),
              ":1: rate: 'x' is not a rate above 0 such as 10Gbps, 615Mb/s");
    EXPECT_THROW(TextReader("/no/such/file"), InputError);
    EXPECT_THROW(TextReader(TemporaryFolder().string()), InputError);
}

TEST(TextFile, CountsAreCheckedAgainstTheLengthOfTheFile)
{
    const auto count = [](TextReader& reader)
    {
        reader.Require("header", 1);
        reader.Count(0, "flows", 1, UINT32_MAX, 4);
    };
    EXPECT_EQ(TextError("2\n1 2\n3 4\n", count), "") << "10 bytes";
    EXPECT_EQ(TextError("3\n1 2\n3 4\n", count), ":1: flows: 3 cannot be in a file of 10 bytes");
    EXPECT_EQ(TextError("4294967294\n1 2\n", count), ":1: flows: 4294967294 cannot be in a file of 15 bytes");
}

TEST(TextFile, APipeIsReadAsAFileIs)
{
    const std::string pipe = (TemporaryFolder() / "text-file-test-pipe").string();
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    std::thread writer([&] { std::ofstream(pipe) << "1\n5 6\n"; });
    TextReader reader(pipe);
    writer.join();
    reader.Require("header", 1);
    EXPECT_EQ(reader.Count(0, "flows", 1, 100, 4), 1U);
    reader.Require("flow", 2);
    EXPECT_EQ(reader.Integer(1, "size"), 6U);
    std::filesystem::remove(pipe);
}

TEST(TextFile, ALocaleChangesNeitherReadingNorWriting)
{
    const ForeignLocale foreign;
    WriteWholeFile(TEXT_FILE, [](std::ostream& out) { out << 1234567 << ' ' << 2.5 << " 2.5Gbps\n"; });
    TextReader reader(TEXT_FILE);
    reader.Require("line", 3);
    EXPECT_EQ(reader.Text(0), "1234567");
    EXPECT_EQ(reader.Number(1, "x", 0, 9), 2.5);
    EXPECT_EQ(reader.Rate(2, "rate"), 2'500'000'000U);
}
