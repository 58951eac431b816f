// SPDX-License-Identifier: GPL-2.0-only
#include "eval-suites.h"
#include "eval-tables.h"
#include "tools/provenance.h"

#include "core/progress.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-ns3-arguments.h"
#include "report/quantile.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <numeric>

namespace ns3::m3
{

namespace
{

struct Options
{
    EvalOptions eval;
    uint32_t scenarios = 2;
    uint64_t count = 40'000;
    std::string controls = "dctcp,dcqcn,hpcc,timely";
    uint64_t seed = 1;
};

/// Absolute relative errors of completion times, by group, size class ("all" is one more) and engine.
using Errors = std::map<std::string, std::vector<std::vector<std::vector<double>>>>;

std::vector<double> Times(const EvalCase& one, const EvalRun& run, Engine engine, const FlowList& flows)
{
    M3Estimator estimator(MakeThreeTier(one.shape));
    estimator.config = one.config;
    estimator.threads = run.threads;
    estimator.scope = Scope::NETWORK;
    estimator.checkpoint = engine == Engine::M3 ? run.checkpoint : "";
    estimator.medianFcts = true;
    std::vector<double> times;
    for (const CompletionTime& time : estimator.RunPerFlow(engine, flows))
    {
        times.push_back(time.receiverNs);
    }
    return times;
}

/// Adds the errors of a case. \param engines those compared with packets
void AddErrors(const EvalCase& one, const EvalRun& run, const std::vector<EvalEngine>& engines, Errors& errors)
{
    const SizeClasses classes;
    const FlowList flows = one.workload.Generate(MakeThreeTier(one.shape));
    const std::vector<double> truth = Times(one, run, Engine::PACKET, flows);
    auto& rows = errors[one.group];
    rows.resize(classes.Count() + 1, std::vector<std::vector<double>>(engines.size()));
    for (std::size_t e = 0; e < engines.size(); e++)
    {
        FlowList moved; // no copy for the others
        const std::vector<double> times =
            Times(one, run, engines[e].engine, engines[e].otherTies ? moved = WithOtherTies(flows) : flows);
        for (std::size_t flow = 0; flow < flows.size(); flow++)
        {
            const double error = std::abs(times[flow] / truth[flow] - 1);
            if (!std::isnan(error)) // both are done with it
            {
                rows[classes.ClassOf(flows[flow].sizeBytes)][e].push_back(error);
                rows.back()[e].push_back(error);
            }
        }
    }
}

EvalTable TableOf(const std::vector<EvalEngine>& engines, Errors& errors)
{
    constexpr double P90 = 0.9;
    EvalTable table{
        "flows",
        "Error of the completion time of a single flow, absolute, over the flows of all scenarios: mean, p90, and "
        "both over those of flowSim. For m3 it is that of the median of the flow's distribution.",
        {{"group"},
         {"class"},
         {"engine"},
         {"flows", Style::NUMBER},
         {"mean", Style::PERCENT, 1},
         {"p90", Style::PERCENT, 1},
         {"mean_over_flowsim", Style::NUMBER, 2},
         {"p90_over_flowsim", Style::NUMBER, 2}},
        {}};
    const SizeClasses classes;
    const auto fluid =
        static_cast<std::size_t>(std::find_if(engines.begin(),
                                              engines.end(),
                                              [](const EvalEngine& one) { return one.engine == Engine::FLOWSIM; }) -
                                 engines.begin());
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

void Print(const EvalTable& table)
{
    std::printf("error of the completion time of a single flow, absolute, %%\n");
    std::printf("%-10s%-16s%-10s%10s%8s%8s%16s%16s\n",
                "",
                "flow size",
                "engine",
                "flows",
                "mean",
                "p90",
                "mean/flowsim",
                "p90/flowsim");
    for (const std::vector<Json>& row : table.rows)
    {
        std::printf("%-10s%-16s%-10s%10llu%8.1f%8.1f%16.2f%16.2f\n",
                    row[0].get<std::string>().c_str(),
                    row[1].get<std::string>().c_str(),
                    row[2].get<std::string>().c_str(),
                    row[3].get<unsigned long long>(),
                    100 * row[4].get<double>(),
                    100 * row[5].get<double>(),
                    row[6].get<double>(),
                    row[7].get<double>());
    }
}

int Run(const Options& options)
{
    OutputPaths paths;
    CheckOutput(options.eval, paths);
    std::vector<EvalEngine> engines = EnginesAgainstPackets(options.eval);
    engines.erase(engines.begin());
    if (std::none_of(engines.begin(),
                     engines.end(),
                     [](const EvalEngine& one) { return one.engine == Engine::FLOWSIM; }))
    {
        throw InputError("--engines must have flowsim, whose errors the others are set against");
    }
    for (const EvalEngine& engine : engines)
    {
        if (engine.scope != Scope::AUTO && engine.scope != Scope::NETWORK)
        {
            throw InputError("--engines: " + engine.name + " knows no single flows");
        }
    }
    std::vector<EvalCase> cases = DrawCases(options.controls, options.scenarios, options.count, options.seed);
    SetMatrices(options.eval, cases);
    std::vector<std::pair<std::string, std::string>> facts{
        {"Command", options.eval.command},
        {"Commit", ProgramCommit()},
        {"Machine", MachineText()},
        {"Flows of a scenario", std::to_string(options.count)},
        {"Seeds of the scenarios", std::to_string(options.seed * 1000) + " and following"}};
    for (const EvalEngine& engine : engines)
    {
        if (engine.engine == Engine::M3)
        {
            const Json fingerprint = Fingerprint(cases.front(), engine, options.eval.run);
            facts.emplace_back("Model", "content " + fingerprint.at("checkpoint").get<std::string>());
        }
    }
    Errors errors;
    Progress progress("m3-eval");
    for (std::size_t i = 0; i < cases.size(); i++)
    {
        progress.Show("scenarios", i, cases.size());
        AddErrors(cases[i], options.eval.run, engines, errors);
    }
    progress.Clear();
    const EvalResult result{
        "flows",
        "Single flows",
        "Drawn from the published ranges, as `m3-eval drawn` does. A second packet run in which every second "
        "flow starts 1 ns later (rerun) says how much of a flow's completion time is chance.",
        facts,
        {TableOf(engines, errors)},
        {}};
    Print(result.tables.front());
    WriteResult(result, options.eval.out, options.eval.page);
    return 0;
}

} // namespace

int MainOfFlows(int argc, char* argv[])
{
    Options options;
    options.eval.engines = "packet,rerun,flowsim,m3";
    options.eval.command = EvalCommand(argc, argv);
    ProgramOptions program("Completion times of single flows.");
    program.Add("scenarios", "how many for each control", options.scenarios, CountOption(1));
    program.Add("count", "flows in each", options.count, CountOption(1, MAX_EVAL_FLOWS));
    program.Add("cc", "controls, separated by commas", options.controls, "NAME,NAME");
    program.Add("seed", "of the drawing of scenarios", options.seed, CountOption());
    AddPlainEvalOptions(program, options.eval);
    return ParseArguments(program, argc, argv) ? Run(options) : 0;
}

} // namespace ns3::m3
