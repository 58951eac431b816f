// SPDX-License-Identifier: GPL-2.0-only
// report.csv
#include "report-rows.h"
#include "report-table.h"

#include "ns3/m3-report-writer.h"

namespace ns3::m3
{

void WriteReportCsv(const std::vector<SlowdownReport>& reports, std::ostream& out)
{
    ReportTable table;
    table.columns = {{"engine", CellStyle::WORD},
                     {"class"},
                     {"flows", CellStyle::NUMBER},
                     {"quantile", CellStyle::NUMBER},
                     {"slowdown", CellStyle::NUMBER},
                     {"low", CellStyle::NUMBER},
                     {"high", CellStyle::NUMBER}};
    for (const SlowdownReport& report : reports)
    {
        for (const ReportRow& row : ReportRows(report))
        {
            for (const auto& [level, value, interval] : WrittenValues(report, row))
            {
                table.rows.push_back(
                    {report.Engine(), row.name, row.Flows(report), level, value, interval.low, interval.high});
            }
        }
    }
    WriteTableCsv(table, out);
}

} // namespace ns3::m3
