// SPDX-License-Identifier: GPL-2.0-only
#include "eval-pictures.h"
#include "eval-suites.h"
#include "eval-tables.h"
#include "published-figures.h"

#include "ns3/m3-dctcp.h"

#include <string>
#include <vector>

namespace ns3::m3::eval
{

namespace
{

struct Options
{
    uint64_t count = 11'350'000;
    uint64_t seed = 1;
    std::string mode = "hpcc";
};

/// A mix on 384 racks of 16 hosts, 2:1.
EvalCase CaseOf(const PublishedMix& mix, const Options& options)
{
    EvalCase one;
    one.shape.pods = 8;
    one.shape.racksPerPod = 48;
    one.shape.hostsPerRack = 16;
    one.shape.planes = 4;
    one.shape.spinesPerPlane = 24;
    one.workload = PublishedWorkload("B", 2, options.count, options.seed);
    RdmaConfig& config = one.config;
    config.congestionControl = CongestionControlType::DCTCP;
    config.windowBytes = mix.windowBytes;
    config.Of<DctcpConfig>().kBytes = 10'000;
    SetMode(options.mode, config);
    one.workload.headerBytes = config.HeaderBytes();
    one.workload.payloadBytes = config.payloadBytes;
    one.group = mix.name;
    one.name = std::string(mix.name) + ", window " + std::to_string(mix.windowBytes / 1000) + " KB";
    one.facts = Json{{"matrix", "B"}, {"window_kb", mix.windowBytes / 1000}};
    return one;
}

/// p99 of all flows beside the published p99.
ReportTable PublishedTable(const EvalAnswers& all)
{
    ReportTable table{
        "p99",
        "p99 slowdown of all flows and its error against the packet engine, ours and as published (m3, SIGCOMM 2024, "
        "section 5.3; its packet engine is the HPCC simulator).",
        {{"mix"},
         {"engine"},
         {"p99", CellStyle::NUMBER, 3},
         {"low", CellStyle::NUMBER, 3},
         {"high", CellStyle::NUMBER, 3},
         {"error", CellStyle::SIGNED_PERCENT, 1},
         {"published_p99", CellStyle::NUMBER, 3},
         {"published_error", CellStyle::SIGNED_PERCENT, 1}},
        {}};
    for (const std::size_t c : all.Complete())
    {
        const PublishedMix& mix = PUBLISHED_LARGE.at(c);
        for (std::size_t e = 0; e < all.engines.size(); e++)
        {
            const std::string& name = all.engines[e].name;
            const ReportCell published = name == "packet"                     ? ReportCell(mix.packets)
                                         : name == "parsimon"                 ? ReportCell(mix.parsimon)
                                         : name == "m3-paths" || name == "m3" ? ReportCell(mix.m3)
                                                                              : ReportCell();
            const EvalAnswer::Row& row = all.Find(c, e)->All();
            table.rows.push_back(
                {mix.name,
                 name,
                 row.At(TAIL),
                 row.p99.low,
                 row.p99.high,
                 e == 0 ? ReportCell() : ErrorOf(all, c, e, AllFlows(all), TAIL),
                 published,
                 published.IsMissing() || e == 0 ? ReportCell() : published.Number() / mix.packets - 1});
        }
    }
    return table;
}

/// Errors by size class beside the published errors of m3.
ReportTable PublishedClassTable(const EvalAnswers& all)
{
    ReportTable table{"classes",
                      "Errors of the p99 by size class. The error of all flows hides errors of opposite sign.",
                      {{"mix"}, {"class"}, {"packet_p99", CellStyle::NUMBER, 2}},
                      {}};
    AddErrorColumns(all, CellStyle::SIGNED_PERCENT, table);
    table.columns.push_back({"m3_published", CellStyle::SIGNED_PERCENT, 1});
    for (const std::size_t c : all.Complete())
    {
        const PublishedMix& mix = PUBLISHED_LARGE.at(c);
        for (std::size_t row = 0; row <= AllFlows(all); row++)
        {
            const EvalAnswer::Row& truth = all.Find(c, 0)->rows[row];
            table.rows.push_back({mix.name, truth.name, truth.At(TAIL)});
            AddErrorCells(all, c, row, table.rows.back());
            table.rows.back().emplace_back(row < mix.m3ClassErrors.size() ? mix.m3ClassErrors[row]
                                                                          : mix.m3 / mix.packets - 1);
        }
    }
    return table;
}

class Large : public AnsweredSuite
{
  public:
    Large()
        : AnsweredSuite("The published network of 6,144 hosts.", "packet,flowsim,m3-paths,m3-network")
    {
    }

  protected:
    void AddOwnOptions(ProgramOptions& program) override
    {
        program.Add("count", "number of flows", m_options.count, CountOption(1, MAX_EVAL_FLOWS));
        program.Add("seed", "seed of the flows", m_options.seed, CountOption());
        AddModeOption(program,
                      "rules of the packet engine: hpcc with buffers of 400 KB, as published, or standard",
                      m_options.mode);
    }

    std::vector<EvalCase> Cases() const override
    {
        std::vector<EvalCase> cases;
        for (const PublishedMix& mix : PUBLISHED_LARGE)
        {
            cases.push_back(CaseOf(mix, m_options));
        }
        return cases;
    }

    EvalResult ResultOf(const EvalAnswers& all) const override
    {
        EvalResult result{"large-" + m_options.mode,
                          "384 racks, 6,144 hosts, " + m_options.mode + " mode",
                          "The network of the m3 paper's section 5.3: 8 pods of 48 racks of 16 hosts, 2:1, matrix B, "
                          "WebServer sizes, sigma 2, load 50 %, DCTCP with K 10 KB, PFC; " +
                              std::to_string(m_options.count) +
                              " flows. Published with 11.35 million flows. A matrix of 32 " +
                              "racks is dealt to the 384 racks in turn.",
                          all.provenance,
                          {PublishedTable(all), PublishedClassTable(all), TimeTable(all), RowsTable(all)},
                          {}};
        for (const std::size_t c : all.Complete())
        {
            result.pictures.push_back(SlowdownCurves(all, c, "slowdown-" + std::to_string(c)));
            result.pictures.push_back(TimeBars(all, all.cases[c].group));
            result.pictures.back().name = "times-" + std::to_string(c);
        }
        return result;
    }

  private:
    Options m_options;
};

} // namespace

std::unique_ptr<Command> MakeLarge()
{
    return std::make_unique<Large>();
}

} // namespace ns3::m3::eval
