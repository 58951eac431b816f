// SPDX-License-Identifier: GPL-2.0-only
// slowdown.png, slowdown.svg
#include "report-rows.h"
#include "run-gnuplot.h"

#include "core/text-format.h"
#include "ns3/m3-report-writer.h"

#include <cmath>

namespace ns3::m3
{

void DrawReport(const std::vector<SlowdownReport>& reports, const std::string& file)
{
    const std::vector<ReportRow> rows = ReportRows(reports.front());
    TextStream script;
    script << "set encoding utf8\n";
    for (std::size_t r = 0; r < reports.size(); r++)
    {
        for (std::size_t c = 0; c < rows.size(); c++)
        {
            script << "$data" << r << '_' << c << " << EOD\n";
            for (double p : WrittenQuantiles())
            {
                const double value = rows[c].Quantile(reports[r], p);
                if (!std::isnan(value))
                {
                    script << value << ' ' << 1 - p << '\n';
                }
            }
            script << "EOD\n";
        }
    }
    constexpr const char* COLOURS[] = {"#222222", "#d95f02", "#1b6ca8", "#7570b3"};
    script << "set multiplot layout 2,3 title 'Slowdown of flows (FCT / ideal FCT)'\n"
           << "set logscale xy\nset yrange [0.001:1]\nset xlabel 'slowdown'\nset ylabel 'share of flows above'\n"
           << "set grid lc rgb '#dddddd'\nset key top right\n";
    for (std::size_t c = 0; c < rows.size(); c++)
    {
        if (rows[c].Flows(reports.front()) == 0)
        {
            continue;
        }
        script << "set title "
               << GnuplotText(rows[c].name + ", " + std::to_string(rows[c].Flows(reports.front())) + " flows")
               << "\nplot ";
        for (std::size_t r = 0; r < reports.size(); r++)
        {
            script << (r ? ", " : "") << "$data" << r << '_' << c << " using 1:2 with lines lw 2 lc rgb '"
                   << COLOURS[r % std::size(COLOURS)] << "' title " << GnuplotText(reports[r].Engine());
        }
        script << '\n';
    }
    script << "unset multiplot\n";
    RunGnuplot(GnuplotTerminal(file) + script.str(), file);
}

} // namespace ns3::m3
