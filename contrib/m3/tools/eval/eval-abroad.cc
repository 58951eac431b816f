// SPDX-License-Identifier: GPL-2.0-only
#include "eval-suites.h"
#include "eval-tables.h"

#include "core/random-stream.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "report/quantile.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ns3::m3::eval
{

namespace
{

/// The interval that a user of an answer sees: that of the prediction or, from engines with packets, of what is
/// sampled.
ConfidenceInterval ShownInterval(const EvalAnswer& answer)
{
    if (!std::isnan(answer.prediction.low))
    {
        return answer.prediction;
    }
    const bool given = answer.packetCounts && answer.All().p99.high > answer.All().p99.low;
    return given ? answer.All().p99 : ConfidenceInterval{std::nan(""), std::nan("")};
}

/// Errors of the p99 of all flows by kind and engine, and what the intervals hold.
ReportTable KindsTable(const EvalAnswers& all)
{
    constexpr double AS_PRINTED = 0.001; // of a slowdown: intervals of flows that meet no other are points
    ReportTable table{
        "kinds",
        "Errors of the p99 of all flows, intervals that are given and how many of them hold the value of "
        "the packet engine, to a thousandth of it, the median of upper over lower end, and the mean elapsed time.",
        {{"kind"},
         {"engine"},
         {"scenarios", CellStyle::NUMBER},
         {"mean", CellStyle::PERCENT, 1},
         {"signed_mean", CellStyle::SIGNED_PERCENT, 1},
         {"worst", CellStyle::PERCENT, 1},
         {"intervals", CellStyle::NUMBER},
         {"held", CellStyle::PERCENT, 0},
         {"high_over_low", CellStyle::NUMBER, 2},
         {"seconds", CellStyle::NUMBER, 2}},
        {}};
    for (const std::string& kind : all.Groups())
    {
        const std::vector<std::size_t> cases = all.Complete(kind);
        for (std::size_t e = 1; e < all.engines.size(); e++)
        {
            const ErrorSummary errors(ErrorsOf(all, kind, e, AllFlows(all), TAIL));
            std::vector<double> widths;
            double held = 0;
            for (const std::size_t c : cases)
            {
                const ConfidenceInterval shown = ShownInterval(*all.Find(c, e));
                if (!std::isnan(shown.low))
                {
                    const double truth = all.Find(c, 0)->All().At(TAIL);
                    held += shown.low * (1 - AS_PRINTED) <= truth && truth <= shown.high * (1 + AS_PRINTED);
                    widths.push_back(shown.high / shown.low);
                }
            }
            std::sort(widths.begin(), widths.end());
            const double nothing = std::numeric_limits<double>::quiet_NaN();
            table.rows.push_back({kind,
                                  all.engines[e].name,
                                  errors.count,
                                  errors.mean,
                                  errors.signedMean,
                                  errors.worst,
                                  widths.size(),
                                  widths.empty() ? nothing : held / static_cast<double>(widths.size()),
                                  widths.empty() ? nothing : Quantile(widths, 0.5),
                                  MeanOf(all, kind, e, &EvalAnswer::seconds)});
        }
    }
    return table;
}

class Abroad : public AnsweredSuite
{
  public:
    Abroad()
        : AnsweredSuite("Kinds of scenarios beyond the published ones.", EnginesWithRoles() + ",rerun")
    {
    }

  protected:
    void AddOwnOptions(ProgramOptions& program) override
    {
        constexpr uint32_t MAX_SCENARIOS = 10'000;
        constexpr double MAX_HOPS = 1e12;
        program.Add("scenarios", "number of scenarios of each kind", m_scenarios, CountOption(1, MAX_SCENARIOS));
        program.Add("kinds", "kinds, as in incast,mixed-rates, as m3-datagen has them; all: all of them", m_kinds);
        program.Add("packet-hops",
                    "approximate number of packet transmissions of a scenario, which sets the number of flows",
                    m_packetHops,
                    RealOption(1, MAX_HOPS));
        program.Add("max-hosts",
                    "maximum number of hosts, at most 512; fat trees may have more",
                    m_hosts.max,
                    CountOption());
        program.Add("seed", "seed of the scenarios", m_seed, CountOption());
    }

    std::vector<EvalCase> Cases() const override
    {
        constexpr uint64_t APART = 1'000'000; // of the indices of one kind from those of the next
        std::vector<EvalCase> cases;
        const std::vector<std::string> all = ScenarioKindNames();
        for (const std::string& kind : m_kinds == "all" ? all : SplitList(m_kinds))
        {
            const uint64_t first = APART * static_cast<uint64_t>(std::find(all.begin(), all.end(), kind) - all.begin());
            for (uint64_t index = 0; index < m_scenarios; index++)
            {
                cases.push_back(CaseOf(index,
                                       std::make_shared<const TrainingScenario>(
                                           DrawScenarioOfKinds(m_seed, first + index, m_packetHops, {kind}, m_hosts))));
            }
        }
        return cases;
    }

    EvalResult ResultOf(const EvalAnswers& all) const override
    {
        return {
            "abroad",
            "Kinds of scenarios beyond the published ones",
            "Scenarios of each kind of traffic, networks and configurations that m3-datagen knows beyond the usual "
            "ones, with another seed than any training.",
            all.provenance,
            {KindsTable(all), WorstTable(all), ClassTable(all), TimeTable(all), ScenariosTable(all), RowsTable(all)},
            {}};
    }

  private:
    EvalCase CaseOf(uint64_t index, std::shared_ptr<const TrainingScenario> drawn) const
    {
        EvalCase one;
        one.group = drawn->kind;
        one.name = std::to_string(index) + ", " + drawn->description;
        one.config = drawn->config;
        one.workload.flows = drawn->flows.size();
        one.workload.seed = m_seed;
        one.facts = Json{{"hosts", drawn->fabric.Hosts().size()},
                         {"cc", CongestionControlName(one.config.congestionControl)},
                         {"pfc", one.config.pfc ? "on" : "off"}};
        one.drawn = std::move(drawn);
        return one;
    }

    std::string m_kinds = "all";
    uint64_t m_scenarios = 10;
    double m_packetHops = 4e6;
    uint64_t m_seed = 9001;
    HostRange m_hosts{4, 256};
};

} // namespace

std::unique_ptr<Command> MakeAbroad()
{
    return std::make_unique<Abroad>();
}

} // namespace ns3::m3::eval
