// SPDX-License-Identifier: GPL-2.0-only
#include "eval-list.h"

#include "core/text-format.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-text-file.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace ns3::m3::eval
{

namespace
{

/// A row as a case; controls other than DCTCP get parameters as drawn for the row. \throws InputError naming the field
EvalCase CaseOf(const TextReader& row, const SensitivityList& list, CongestionControlType control, uint32_t index)
{
    constexpr const char* SIZES[] = {"WebServer", "Hadoop", "CacheFollower"};
    constexpr std::pair<const char*, uint32_t> OVERSUBSCRIPTIONS[] = {{"1:1", 1}, {"2:1", 2}, {"4:1", 4}};
    EvalCase one = DrawCase(control, list.count, list.seed, index);
    const std::string& matrix = row.Text(1);
    if (matrix != "A" && matrix != "B" && matrix != "C")
    {
        row.Fail("matrix", "must be A, B or C, is " + Quoted(matrix));
    }
    one.workload.matrix = matrix;
    const auto sizes = std::find_if(std::begin(SIZES),
                                    std::end(SIZES),
                                    [&](const char* name) { return LowerCase(name) == LowerCase(row.Text(2)); });
    if (sizes == std::end(SIZES))
    {
        row.Fail("sizes", "unknown size distribution " + Quoted(row.Text(2)));
    }
    one.workload.sizes = *sizes;
    one.workload.lognormalSigma = row.Number(3, "sigma", 0, 10);
    one.workload.load = row.Number(4, "load", 0, 1);
    const auto ratio = std::find_if(std::begin(OVERSUBSCRIPTIONS),
                                    std::end(OVERSUBSCRIPTIONS),
                                    [&](const auto& known) { return row.Text(5) == known.first; });
    if (ratio == std::end(OVERSUBSCRIPTIONS))
    {
        row.Fail("oversubscription", "must be 1:1, 2:1 or 4:1, is " + Quoted(row.Text(5)));
    }
    one.shape = PublishedShape(ratio->second);
    RdmaConfig& config = one.config;
    config.windowBytes = row.Integer(6, "window", 1, UINT32_MAX);
    config.pfc = row.Integer(7, "PFC", 0, 1) == 1;
    config.Of<DctcpConfig>().kBytes = static_cast<uint64_t>(1000 * row.Number(8, "K", 0.001, 1e6));
    const double buffer = row.Number(9, "buffer", 0, 1e9);
    if (list.mode == EngineMode::HPCC)
    {
        config.mode = EngineMode::HPCC;
        config.bufferBytes = static_cast<uint64_t>(1000 * buffer);
    }
    const double parsimon = row.Number(10, "error of Parsimon", -1, 100);
    const double m3 = row.Number(11, "error of m3", -1, 100);
    NameCase(one);
    one.facts["id"] = row.Text(0);
    one.facts["published_parsimon"] = parsimon;
    one.facts["published_m3"] = m3;
    one.name += " #" + row.Text(0);
    return one;
}

/// i with its bits in reverse order, as a share: 0, 1/2, 1/4, 3/4, ...
double Reversed(uint32_t i)
{
    double share = 0;
    for (double bit = 0.5; i > 0; i /= 2, bit /= 2)
    {
        share += (i % 2) * bit;
    }
    return share;
}

} // namespace

std::vector<EvalCase> ReadSensitivityList(const SensitivityList& list, CongestionControlType control)
{
    constexpr std::size_t FIELDS = 12;
    TextReader reader(list.file, ',');
    reader.Require("the header line", FIELDS);
    std::vector<EvalCase> cases;
    while (reader.Next())
    {
        if (reader.Fields() != FIELDS)
        {
            reader.Fail("row", "has " + std::to_string(reader.Fields()) + " fields instead of 12");
        }
        cases.push_back(CaseOf(reader, list, control, static_cast<uint32_t>(cases.size())));
    }
    return cases;
}

std::vector<EvalCase> Spread(const std::vector<EvalCase>& cases)
{
    std::map<std::string, std::vector<const EvalCase*>> kinds;
    for (const EvalCase& one : cases)
    {
        kinds[one.workload.matrix + one.workload.sizes].push_back(&one);
    }
    std::vector<std::vector<const EvalCase*>> orders;
    for (auto& [kind, all] : kinds)
    {
        std::stable_sort(all.begin(),
                         all.end(),
                         [](const auto* a, const auto* b) { return a->workload.load < b->workload.load; });
        std::vector<bool> taken(all.size(), false);
        orders.emplace_back();
        for (uint32_t i = 1; orders.back().size() < all.size(); i++)
        {
            const auto place = static_cast<std::size_t>(Reversed(i) * static_cast<double>(all.size()));
            if (!taken[place])
            {
                taken[place] = true;
                orders.back().push_back(all[place]);
            }
        }
    }
    // rounds begin with another kind each; successive kinds differ in matrix and sizes, where there are three of both
    const std::size_t stride = orders.size() % 2 == 1 ? 4 : 1;
    std::vector<EvalCase> spread;
    for (std::size_t i = 0; spread.size() < cases.size(); i++)
    {
        for (std::size_t k = 0; k < orders.size(); k++)
        {
            const auto& order = orders[(k + i) * stride % orders.size()];
            if (i < order.size())
            {
                spread.push_back(*order[i]);
            }
        }
    }
    return spread;
}

} // namespace ns3::m3::eval
