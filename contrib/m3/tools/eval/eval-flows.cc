// SPDX-License-Identifier: GPL-2.0-only
#include "eval-suites.h"

#include "tools/provenance.h"

#include "core/progress.h"
#include "core/text-format.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-output-paths.h"
#include "report/quantile.h"
#include "report/text-table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <map>
#include <numeric>

namespace ns3::m3::eval
{

namespace
{

/// Whether the errors of the others are relative to those of this engine.
bool IsBaseline(const EvalEngine& one)
{
    return one.engine == EngineOfRole(EngineRole::BASELINE);
}

/// Absolute relative errors of completion times, by group, size class ("all" is one more) and engine.
using Errors = std::map<std::string, std::vector<std::vector<std::vector<double>>>>;

std::vector<double> Times(const EvalCase& one, const EvalRun& run, const std::string& engine, const FlowList& flows)
{
    M3Estimator estimator(NetworkOf(one));
    estimator.besidePackets = true;
    estimator.config = one.config;
    estimator.threads = run.threads;
    if (!run.checkpoint.empty())
    {
        estimator.Set("checkpoint", run.checkpoint);
    }
    estimator.medianFcts = true;
    std::vector<double> times;
    for (const CompletionTime& time : estimator.RunPerFlow(engine, flows))
    {
        times.push_back(time.receiverNs);
    }
    return times;
}

/// Adds the errors of a case. \param engines compared with the packet engine
void AddErrors(const EvalCase& one, const EvalRun& run, const std::vector<EvalEngine>& engines, Errors& errors)
{
    const SizeClasses classes;
    const FlowList flows = FlowsOf(one);
    const std::vector<double> truth = Times(one, run, EngineOfRole(EngineRole::TRUTH), flows);
    auto& rows = errors[one.group];
    rows.resize(classes.Count() + 1, std::vector<std::vector<double>>(engines.size()));
    for (std::size_t e = 0; e < engines.size(); e++)
    {
        const std::vector<double> times = Times(one, run, engines[e].engine, flows);
        for (std::size_t flow = 0; flow < flows.size(); flow++)
        {
            const double error = std::abs(times[flow] / truth[flow] - 1);
            if (!std::isnan(error)) // the flow finished in both
            {
                rows[classes.ClassOf(flows[flow].sizeBytes)][e].push_back(error);
                rows.back()[e].push_back(error);
            }
        }
    }
}

ReportTable TableOf(const std::vector<EvalEngine>& engines, Errors& errors)
{
    constexpr double P90 = 0.9;
    ReportTable table{
        "flows",
        "Absolute error of the completion time of single flows over the flows of all scenarios: mean, p90, and "
        "both relative to those of flowSim. The estimate of m3 is the median of the flow's predicted distribution.",
        {{"group"},
         {"class"},
         {"engine"},
         {"flows", CellStyle::NUMBER},
         {"mean", CellStyle::PERCENT, 1},
         {"p90", CellStyle::PERCENT, 1},
         {"mean_over_flowsim", CellStyle::NUMBER, 2},
         {"p90_over_flowsim", CellStyle::NUMBER, 2}},
        {}};
    const SizeClasses classes;
    const auto fluid =
        static_cast<std::size_t>(std::find_if(engines.begin(), engines.end(), IsBaseline) - engines.begin());
    for (auto& [group, rows] : errors)
    {
        for (std::size_t row = 0; row < rows.size(); row++)
        {
            std::vector<std::pair<double, double>> values; // mean and p90 by engine
            for (std::vector<double>& of : rows[row])
            {
                std::sort(of.begin(), of.end());
                values.emplace_back(std::accumulate(of.begin(), of.end(), 0.0) / static_cast<double>(of.size()),
                                    of.empty() ? std::nan("") : Quantile(of, P90));
            }
            for (std::size_t e = 0; e < engines.size(); e++)
            {
                const auto [mean, p90] = values[e];
                const auto [fluidMean, fluidP90] = values[fluid];
                table.rows.push_back({group,
                                      row < classes.Count() ? classes.Name(row) : "all",
                                      engines[e].name,
                                      rows[row][e].size(),
                                      mean,
                                      p90,
                                      mean / fluidMean,
                                      p90 / fluidP90});
            }
        }
    }
    return table;
}

void Print(const ReportTable& table)
{
    std::printf("absolute error of the completion time of single flows, %%\n");
    TextTable text;
    text.AddColumn("", 10, TextTable::Align::LEFT);
    text.AddColumn("flow size", 16, TextTable::Align::LEFT);
    text.AddColumn("engine", 10, TextTable::Align::LEFT);
    text.AddColumn("flows", 10);
    text.AddColumn("mean", 8);
    text.AddColumn("p90", 8);
    text.AddColumn("mean/flowsim", 16);
    text.AddColumn("p90/flowsim", 16);
    for (const std::vector<ReportCell>& row : table.rows)
    {
        text.AddRow({row[0].Text(),
                     row[1].Text(),
                     row[2].Text(),
                     FormatText("%.0f", row[3].Number()),
                     FormatText("%.1f", 100 * row[4].Number()),
                     FormatText("%.1f", 100 * row[5].Number()),
                     FormatText("%.2f", row[6].Number()),
                     FormatText("%.2f", row[7].Number())});
    }
    text.WriteHead(std::cout);
    text.WriteRows(std::cout);
    std::cout.flush();
}

class SingleFlows : public Suite
{
  public:
    SingleFlows()
        : Suite("Completion times of single flows.", "packet,rerun,flowsim,m3")
    {
    }

  protected:
    void AddOwnOptions(ProgramOptions& program) override
    {
        AddDrawingOptions(program, m_drawing);
    }

    int Run() override
    {
        OutputPaths paths;
        CheckOutput(m_eval, paths);
        const std::vector<EvalEngine> engines = Compared();
        std::vector<EvalCase> cases = DrawCases(m_drawing);
        SetMatrices(m_eval, cases);
        EvalResult result{
            "flows",
            "Single flows",
            "Drawn from the published ranges, as by `m3-eval drawn`. A second packet-level run in which every second "
            "flow starts 1 ns later (rerun) shows how much of a flow's completion time is chance.",
            ProvenanceOf(cases.front(), engines),
            {},
            {}};
        Errors errors;
        Progress progress("m3-eval");
        for (std::size_t i = 0; i < cases.size(); i++)
        {
            progress.Show("scenarios", i, cases.size());
            AddErrors(cases[i], m_eval.run, engines, errors);
        }
        progress.Clear();
        result.tables = {TableOf(engines, errors)};
        Print(result.tables.front());
        WriteResult(result, m_eval.out, m_eval.page);
        return 0;
    }

  private:
    /// Returns the engines that are compared with the packet engine. \throws InputError
    std::vector<EvalEngine> Compared() const
    {
        std::vector<EvalEngine> engines = EnginesAgainstPackets(m_eval);
        engines.erase(engines.begin());
        if (std::none_of(engines.begin(), engines.end(), IsBaseline))
        {
            throw InputError("--engines must include " + EngineOfRole(EngineRole::BASELINE) +
                             ", whose errors the others are relative to");
        }
        for (const EvalEngine& engine : engines)
        {
            if (!MakeEngine(engine.engine)->GivesPerFlow())
            {
                throw InputError("--engines: " + engine.name + " gives no completion times of single flows");
            }
        }
        return engines;
    }

    Provenance ProvenanceOf(const EvalCase& first, const std::vector<EvalEngine>& engines) const
    {
        Provenance provenance;
        provenance.command = m_eval.command;
        provenance.commit = ProgramCommit();
        provenance.machine = MachineText();
        provenance.flows = std::to_string(m_drawing.flows);
        provenance.seeds = std::to_string(m_drawing.seed * 1000) + " and following";
        for (const EvalEngine& engine : engines)
        {
            if (FindEngine(engine.engine).isTrained)
            {
                const Json fingerprint = Fingerprint(first, engine, m_eval.run);
                provenance.model = "content " + fingerprint.at("checkpoint").get<std::string>();
            }
        }
        return provenance;
    }

    Drawing m_drawing{2, 40'000};
};

} // namespace

std::unique_ptr<Command> MakeFlows()
{
    return std::make_unique<SingleFlows>();
}

} // namespace ns3::m3::eval
