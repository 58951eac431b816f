// SPDX-License-Identifier: GPL-2.0-only
#include "eval-pictures.h"
#include "eval-suites.h"
#include "eval-tables.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-text-file.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace ns3::m3::eval
{

namespace
{

constexpr const char* ALL_FLOWS = "m3-network, all flows";
constexpr uint64_t FLOWS_PER_CLASS = 5000; //!< of the variant that corrects some flows of the network

struct Options
{
    uint32_t scenarios = 3;
    uint64_t count = 300'000;
    std::string control = "dctcp";
    std::string paths = "100,500,2000";
    uint32_t seeds = 5;
    uint64_t seed = 1;
};

/// A way to estimate, with several seeds.
struct Variant
{
    std::string name;
    uint32_t paths;                   //!< 0: the network
    std::vector<std::size_t> engines; //!< a seed each, by index
};

/// \param option and its value
EvalEngine
Sampled(const std::string& variant, const std::string& engine, const std::string& option, uint64_t value, uint64_t seed)
{
    EvalEngine sampled = ParseEvalEngine(engine);
    sampled.name = variant + ", seed " + std::to_string(seed);
    sampled.options = {{option, std::to_string(value)}};
    sampled.seed = seed;
    return sampled;
}

/// Adds the engines of the variants.
std::vector<Variant> AddVariants(const Options& options, std::vector<EvalEngine>& engines)
{
    std::vector<Variant> variants;
    for (const uint64_t paths : ParseList("--paths", options.paths, ParseCount, 1, UINT32_MAX))
    {
        Variant variant{"m3-paths, " + std::to_string(paths), static_cast<uint32_t>(paths), {}};
        for (uint64_t seed = 1; seed <= options.seeds; seed++)
        {
            variant.engines.push_back(engines.size());
            engines.push_back(Sampled(variant.name, "m3-paths", "paths", variant.paths, seed));
        }
        variants.push_back(variant);
    }
    Variant drawn{"m3-network, " + std::to_string(FLOWS_PER_CLASS) + " flows of a class", 0, {}};
    for (uint64_t seed = 1; seed <= options.seeds; seed++)
    {
        drawn.engines.push_back(engines.size());
        engines.push_back(Sampled(drawn.name, "m3-network", "flows-per-class", FLOWS_PER_CLASS, seed));
    }
    variants.push_back(drawn);
    variants.push_back({ALL_FLOWS, 0, {engines.size()}});
    engines.push_back(Sampled(ALL_FLOWS, "m3-network", "flows-per-class", options.count, 1));
    engines.back().name = ALL_FLOWS;
    return variants;
}

/// Summary of a variant's estimates of a row.
struct Outcome
{
    std::vector<double> errors;
    double truthInside = 0; //!< share of intervals that hold the packet-level value
    double allInside = 0;   //!< share of sampling intervals that hold the estimate from all flows
    double reach = 0;       //!< mean of half a sampling interval, relative
    double seconds = 0;     //!< mean
    double cpuSeconds = 0;

    Outcome(const EvalAnswers& all, const Variant& variant, std::size_t row)
    {
        // predictions differ in the last digits of a float with the flows that are predicted together
        constexpr double ROUNDING = 1e-6;
        const auto inside = [](const ConfidenceInterval& interval, double value)
        { return interval.low <= value * (1 + ROUNDING) && value * (1 - ROUNDING) <= interval.high; };
        const std::size_t reference = all.EngineIndex(ALL_FLOWS);
        for (const std::size_t c : all.Complete())
        {
            const double truth = all.Find(c, 0)->rows[row].At(TAIL);
            const double best = all.Find(c, reference)->rows[row].At(TAIL);
            for (const std::size_t e : variant.engines)
            {
                const EvalAnswer& answer = *all.Find(c, e);
                const EvalAnswer::Row& values = answer.rows[row];
                if (std::isnan(truth) || std::isnan(values.At(TAIL)))
                {
                    continue;
                }
                errors.push_back(values.At(TAIL) / truth - 1);
                truthInside += inside(values.p99, truth);
                allInside += inside(values.sampled, best);
                reach += (values.sampled.high - values.sampled.low) / 2 / values.At(TAIL);
                seconds += answer.seconds;
                cpuSeconds += answer.cpuSeconds;
            }
        }
        const auto count = static_cast<double>(errors.size());
        for (double* sum : {&truthInside, &allInside, &reach, &seconds, &cpuSeconds})
        {
            *sum /= count;
        }
    }
};

ReportTable EstimatesTable(const EvalAnswers& all, const std::vector<Variant>& variants)
{
    ReportTable table{
        "estimates",
        "Estimates of the p99 against the packet engine, over scenarios and seeds: errors, reach of the 95 % "
        "intervals by sampling alone, and the shares of prediction intervals that hold the packet-level value and of "
        "sampling intervals that hold the estimate from all flows, which should be near 95 % for "
        "drawn flows. Sampled paths are simulated in isolation from the network, so they differ from it by more "
        "than sampling.",
        {{"class"},
         {"estimate"},
         {"estimates", CellStyle::NUMBER},
         {"mean", CellStyle::PERCENT, 1},
         {"median", CellStyle::PERCENT, 1},
         {"worst", CellStyle::PERCENT, 1},
         {"signed_mean", CellStyle::SIGNED_PERCENT, 1},
         {"interval_reach", CellStyle::PERCENT, 1},
         {"holds_packets", CellStyle::PERCENT, 0},
         {"holds_all_flows", CellStyle::PERCENT, 0},
         {"seconds", CellStyle::NUMBER, 2},
         {"cpu_seconds", CellStyle::NUMBER, 2}},
        {}};
    const std::vector<EvalAnswer::Row>& rows = all.Find(all.Complete().front(), 0)->rows;
    for (std::size_t i = 0; i < rows.size(); i++)
    {
        const std::size_t row = rows.size() - 1 - i; // all flows first
        for (const Variant& variant : variants)
        {
            const Outcome outcome(all, variant, row);
            const ErrorSummary summary(outcome.errors);
            table.rows.push_back({rows[row].name,
                                  variant.name,
                                  summary.count,
                                  summary.mean,
                                  summary.median,
                                  summary.worst,
                                  summary.signedMean,
                                  outcome.reach,
                                  outcome.truthInside,
                                  outcome.allInside,
                                  outcome.seconds,
                                  outcome.cpuSeconds});
        }
    }
    return table;
}

EvalPicture ErrorsPicture(const EvalAnswers& all, const std::vector<Variant>& variants)
{
    std::vector<EvalPanel> panels;
    const std::vector<EvalAnswer::Row>& rows = all.Find(all.Complete().front(), 0)->rows;
    for (std::size_t row = 0; row < rows.size(); row++)
    {
        EvalLine sampled{"m3-paths", {}};
        EvalLine network{"m3-network", {}};
        const double best = 100 * ErrorSummary(Outcome(all, variants.back(), row).errors).mean;
        for (const Variant& variant : variants)
        {
            const double mean = 100 * ErrorSummary(Outcome(all, variant, row).errors).mean;
            if (variant.paths > 0 && !std::isnan(mean))
            {
                sampled.points.emplace_back(variant.paths, mean);
                network.points.emplace_back(variant.paths, best);
            }
        }
        if (!sampled.points.empty())
        {
            panels.push_back({rows[row].name + (row + 1 == rows.size() ? " flows" : ""), {sampled, network}});
        }
    }
    return LinePanels("errors",
                      "Mean absolute error of the p99 in percent over the number of sampled paths; m3-network is the "
                      "estimate from all flows.",
                      "sampled paths",
                      panels);
}

class Paths : public AnsweredSuite
{
  public:
    Paths()
        : AnsweredSuite("Numbers of sampled paths.", EngineOfRole(EngineRole::TRUTH))
    {
    }

  protected:
    void AddOwnOptions(ProgramOptions& program) override
    {
        program.Add("scenarios", "number of scenarios", m_options.scenarios, CountOption(1));
        program.Add("count", "number of flows of a scenario", m_options.count, CountOption(1, MAX_EVAL_FLOWS));
        program.Add("cc", "congestion control", m_options.control, "NAME");
        program.Add("paths", "numbers of sampled paths, separated by commas", m_options.paths, "N,N");
        program.Add("seeds", "number of seeds for each number of paths", m_options.seeds, CountOption(1, 1000));
        program.Add("seed", "seed of the scenarios", m_options.seed, CountOption());
    }

    std::vector<EvalCase> Cases() const override
    {
        const CongestionControlType control = ParseCongestionControl(m_options.control);
        std::vector<EvalCase> cases;
        for (uint32_t index = 0; index < m_options.scenarios; index++)
        {
            cases.push_back(DrawCase(control, m_options.count, m_options.seed, index));
        }
        return cases;
    }

    std::vector<EvalEngine> Engines() override
    {
        std::vector<EvalEngine> engines = AnsweredSuite::Engines();
        m_variants = AddVariants(m_options, engines);
        return engines;
    }

    EvalResult ResultOf(const EvalAnswers& all) const override
    {
        return {"paths",
                "Numbers of sampled paths",
                "Scenarios drawn from the published ranges, " + std::to_string(m_options.count) +
                    " flows each on 256 hosts, estimated with several numbers of sampled paths and from all flows.",
                all.provenance,
                {EstimatesTable(all, m_variants), RowsTable(all)},
                {ErrorsPicture(all, m_variants)}};
    }

  private:
    Options m_options;
    std::vector<Variant> m_variants;
};

} // namespace

std::unique_ptr<Command> MakePaths()
{
    return std::make_unique<Paths>();
}

} // namespace ns3::m3::eval
