// SPDX-License-Identifier: GPL-2.0-only
// Tables as CSV, JSON and text: quotes, missing values, digits, widths.
#include "report/report-table.h"
#include "report/text-table.h"

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
    table.rows = {{"m3", "[0, 1 KB)", 12345678, 1.23456789}, {"packet", "all", nullptr, std::nan("")}};
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
