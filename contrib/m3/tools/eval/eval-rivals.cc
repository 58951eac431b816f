// SPDX-License-Identifier: GPL-2.0-only
#include "eval-rivals.h"

#include "published-figures.h"

#include "core/text-format.h"

#include <algorithm>
#include <cstring>
#include <iostream>

namespace ns3::m3::eval
{

namespace
{

constexpr const char* LISTED_CONTROL = "dctcp"; // of PUBLISHED_SENSITIVITY

bool Ran(const EvalAnswers& all, const Rival& rival)
{
    return all.EngineIndex(rival.engine) < all.engines.size();
}

} // namespace

std::vector<std::vector<ReportCell>> PublishedRows(const EvalAnswers& all, const std::string& group, const Rival& rival)
{
    std::vector<std::vector<ReportCell>> rows;
    std::vector<double> errors;
    for (const std::size_t c : all.Complete(group))
    {
        const Json& facts = all.cases[c].facts;
        if (group == LISTED_CONTROL && facts.contains(rival.fact))
        {
            errors.push_back(facts.at(rival.fact));
        }
    }
    if (!errors.empty())
    {
        rows.push_back(SummaryRow("published at 10 M flows, these scenarios", rival.name, ErrorSummary(errors)));
    }
    for (const PublishedErrors& listed : PUBLISHED_SENSITIVITY)
    {
        if (group == LISTED_CONTROL && std::strcmp(listed.engine, rival.name) == 0)
        {
            rows.push_back({"published at 10 M flows, all 192",
                            listed.engine,
                            192,
                            listed.mean,
                            listed.median,
                            listed.p90,
                            listed.worst,
                            listed.signedMean,
                            listed.within10});
        }
    }
    for (const PublishedControl& control : PUBLISHED_CONTROLS)
    {
        if (group == control.control && std::strcmp("m3", rival.name) == 0)
        {
            rows.push_back({"published, other scenarios with " + group,
                            rival.name,
                            {},
                            {},
                            control.median,
                            control.p90,
                            {},
                            {},
                            {}});
        }
    }
    return rows;
}

ReportTable RivalsTable(const EvalAnswers& all)
{
    const ReportTable ours = OverallTable(all);
    ReportTable table = ours;
    table.rows.clear();
    const auto add = [&](const std::string& group, const Rival& rival)
    {
        const auto rows = PublishedRows(all, group, rival);
        table.rows.insert(table.rows.end(), rows.begin(), rows.end());
    };
    auto row = ours.rows.begin();
    for (const std::string& group : all.Groups())
    {
        for (std::size_t e = 1; e < all.engines.size(); e++)
        {
            table.rows.push_back(*row++);
            for (const Rival& rival : RIVALS)
            {
                if (all.engines[e].name == rival.engine)
                {
                    add(group, rival);
                }
            }
        }
        for (const Rival& rival : RIVALS)
        {
            if (!Ran(all, rival) && all.cases.front().facts.contains(rival.fact))
            {
                add(group, rival);
            }
        }
    }
    return table;
}

ReportTable RivalTimes(const EvalAnswers& all)
{
    ReportTable table = TimeTable(all);
    const std::string group = "published at 10 M flows, all 192";
    const auto add = [&](const char* engine, double seconds) {
        table.rows.push_back({group, engine, {}, seconds, {}, PUBLISHED_PACKET_SECONDS / seconds, {}});
    };
    add("HPCC simulator", PUBLISHED_PACKET_SECONDS);
    for (const PublishedErrors& published : PUBLISHED_SENSITIVITY)
    {
        add(published.engine, published.seconds);
    }
    return table;
}

void PrintRivals(const EvalAnswers& all, const std::string& group)
{
    constexpr std::size_t MEAN = 3; // places in a row of a summary
    constexpr std::size_t MEDIAN_ERROR = 4;
    constexpr std::size_t SIGNED = 7;
    for (const Rival& rival : RIVALS)
    {
        if (!Ran(all, rival))
        {
            continue;
        }
        for (const std::vector<ReportCell>& row : PublishedRows(all, group, rival))
        {
            const auto percent = [&](std::size_t place) { return 100 * row[place].Number(); };
            std::cout << "  " << rival.engine << " is ours; " << rival.name << " as " << row.front().Text() << ": "
                      << (row[MEAN].IsMissing()
                              ? FormatText("median %.1f of all flows", percent(MEDIAN_ERROR))
                              : FormatText("%.1f (%+.1f) of all flows", percent(MEAN), percent(SIGNED)))
                      << '\n';
        }
    }
}

} // namespace ns3::m3::eval
