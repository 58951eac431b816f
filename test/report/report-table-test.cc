// SPDX-License-Identifier: GPL-2.0-only
// Tables as CSV, JSON and text: quotes, missing values, digits, widths.
#include "report/report-table.h"
#include "report/table-json.h"
#include "report/text-table.h"

#include "ns3/m3-input-error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

using namespace ns3::m3;

namespace
{

ReportTable ExampleOfTable()
{
    ReportTable table;
    table.name = "example";
    table.caption = "An example.";
    table.columns = {{"engine", CellStyle::WORD},
                     {"class"},
                     {"flows", CellStyle::NUMBER},
                     {"p99", CellStyle::PERCENT, 1}};
    table.rows = {{"m3", "[0, 1 KB)", 12345678, 1.23456789}, {"packet", "all", {}, std::nan("")}};
    return table;
}

} // namespace

TEST(ReportTable, CsvQuotesTextsAndLeavesMissingValuesEmpty)
{
    std::ostringstream out;
    out.precision(2); // what the stream was set to does not matter
    WriteTableCsv(ExampleOfTable(), out);
    EXPECT_EQ(out.str(), "engine,class,flows,p99\nm3,\"[0, 1 KB)\",12345678,1.23457\npacket,\"all\",,\n");
    EXPECT_EQ(out.precision(), 2);
}

TEST(CsvWriter, WritesRowsWhileTheyCome)
{
    std::ostringstream out;
    out << std::fixed;
    {
        CsvWriter writer({{"flow", CellStyle::NUMBER}, {"slowdown", CellStyle::NUMBER}}, out);
        EXPECT_EQ(out.str(), "flow,slowdown\n");
        writer.Write({uint64_t{12'345'678'901}, 1.5});
        writer.Write(std::vector<ReportCell>{2, {}});
    }
    out << 0.5;
    EXPECT_EQ(out.str(), "flow,slowdown\n12345678901,1.5\n2,\n0.500000");
}

TEST(ReportTable, JsonHasColumnsWithTheirStyleAndValuesAsTheyAre)
{
    const nlohmann::ordered_json json = TableJson(ExampleOfTable());
    EXPECT_EQ(json.at("name"), "example");
    EXPECT_EQ(json.at("on_page"), true);
    EXPECT_EQ(json.at("columns").at(0).at("style"), "text");
    EXPECT_EQ(json.at("columns").at(3).dump(), R"({"name":"p99","style":"percent","digits":1})");
    EXPECT_EQ(json.at("rows").at(0).at(3), 1.23456789);
    EXPECT_TRUE(json.at("rows").at(1).at(2).is_null());
}

TEST(ReportTable, ComesBackFromJsonAsItWasWritten)
{
    ReportTable table = ExampleOfTable();
    table.caption = "With \"quotes\".";
    table.onPage = false;
    table.rows.push_back({"negative", "all", int64_t{-5}, UINT64_MAX});
    const ReportTable back = TableOfJson(nlohmann::ordered_json::parse(TableJson(table).dump()));
    EXPECT_EQ(back.name, table.name);
    EXPECT_EQ(back.caption, table.caption);
    EXPECT_EQ(back.onPage, false);
    ASSERT_EQ(back.columns.size(), table.columns.size());
    EXPECT_EQ(back.columns[0].style, CellStyle::TEXT);
    EXPECT_EQ(back.columns[3].style, CellStyle::PERCENT);
    EXPECT_EQ(back.columns[3].digits, 1);
    EXPECT_EQ(TableJson(back).dump(), TableJson(table).dump());
    EXPECT_TRUE(back.rows[1][2].IsMissing());
    EXPECT_EQ(back.rows[2][2].Number(), -5);
    EXPECT_EQ(std::get<uint64_t>(back.rows[2][3].Get()), UINT64_MAX);
}

TEST(ReportTable, RefusesAnUnknownStyleOfAColumn)
{
    nlohmann::ordered_json json = TableJson(ExampleOfTable());
    json["columns"][1]["style"] = "bold";
    EXPECT_THROW(TableOfJson(json), InputError);
    EXPECT_TRUE(CellOfJson(true).IsMissing());
}

TEST(ReportTable, RowsAreJsonObjectsWithSixDigits)
{
    std::ostringstream out;
    out.precision(2);
    WriteTableRowsJson(ExampleOfTable(), 4, out);
    EXPECT_EQ(out.str(),
              "[\n    {\"engine\": \"m3\", \"class\": \"[0, 1 KB)\", \"flows\": 12345678, \"p99\": 1.23457},"
              "\n    {\"engine\": \"packet\", \"class\": \"all\", \"flows\": null, \"p99\": null}\n  ]");
    EXPECT_EQ(nlohmann::ordered_json::parse(out.str()).size(), 2U);
    EXPECT_EQ(JsonText("a \"b\" \\"), "\"a \\\"b\\\" \\\\\"");
}

TEST(ReportTable, MarkdownHasPercentagesDigitsAndDashes)
{
    ReportTable table = ExampleOfTable();
    table.columns[2] = {"signed_mean", CellStyle::SIGNED_PERCENT, 1};
    table.rows[0][2] = 0.0523;
    std::ostringstream out;
    WriteTableMarkdown(table, out);
    EXPECT_EQ(out.str(),
              "An example.\n\n| engine | class | signed mean, % | p99, % |\n|---|---|--:|--:|\n"
              "| m3 | [0, 1 KB) | +5.2 | 123.5 |\n| packet | all | - | - |\n\n");
}

TEST(ReportCell, KnowsNumbersTextsAndMissingValues)
{
    EXPECT_TRUE(ReportCell().IsMissing());
    EXPECT_TRUE(ReportCell(std::nan("")).IsMissing());
    EXPECT_FALSE(ReportCell(0).IsMissing());
    EXPECT_EQ(ReportCell(7U).Number(), 7);
    EXPECT_TRUE(std::isnan(ReportCell("7").Number()));
    EXPECT_EQ(ReportCell("7").Text(), "7");
    EXPECT_THROW(ReportCell(7).Text(), std::bad_variant_access);
}

TEST(TextTable, PadsCellsAndLetsLongOnesThrough)
{
    TextTable table;
    table.AddColumn("size", 6, TextTable::Align::LEFT);
    table.AddColumn("p99", 5);
    table.AddRow();
    table.AddCell("all");
    table.AddCell("1.25");
    table.AddRow();
    table.AddCell("longer than that");
    std::ostringstream out;
    table.WriteHead(out);
    table.WriteRows(out);
    EXPECT_EQ(out.str(), "size    p99\nall    1.25\nlonger than that\n");
}
